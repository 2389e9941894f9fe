"""The job search on the real engine: it finds exactly what alerts are told, in an order that pages can follow."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from mappings import search as requests
from mappings.client import client
from mappings.indexes import alias
from matcher import cursor, search
from matcher.search import Found, Search
from store import clock, criteria, employers, listings, unsynced
from store.database import transaction
from store.deliveries import Delivery
from store.errors import Invalid
from tests.conftest import Services
from tests.making import alert, publish

Work = Callable[[], int]

TITLES = ("Sairaanhoitaja", "Kokki", "Kokki ja leipuri", "Sjuksköterska", "Nurse", "C++ developer", "Öljyalan kokki")
TEXTS = ("Työtä kokille.", "Vi söker en sjuksköterska.", "We need a nurse & a cook.", "Remote C# work", "e-mail t&k")
ASKED: list[dict[str, Any]] = [
    {"text": "kokki"},
    {"text": "kokki -leipuri"},
    {"text": '"kokki ja leipuri"'},
    {"text": "sjuksköterskan"},
    {"text": "nurses", "languages": ["en"]},
    {"text": "c++"},
    {"text": "e-mail"},
    {"places": ["fi-r06"]},
    {"places": ["se", "fi-091"], "exclude": "kokki"},
    {"near": {"place": "fi-837", "km": 20}},
    {"text": "kokki", "near": {"place": "se-0180", "km": 100}, "places": ["se", "fi-r06"]},
    {"occupations": ["isco-22"]},
    {"employment": ["part_time"], "remote": True},
    {"salary_min": 3000},
    {"text": "kokki", "salary_min": 2500, "places": ["fi"]},
    {"employers": ["POHJOLAN hoiva"]},
]


def refresh() -> None:
    client().indices.refresh(index=alias("listings"))


def find(asked: dict[str, Any], **options: Any) -> Found:
    chosen = criteria.read(asked, anything=True)
    with transaction() as session:
        return search.find(session, Search(chosen, options.pop("sort", "newest"), **options))


@pytest.mark.invariant(6)
@pytest.mark.promise("L3")
def test_a_search_finds_what_the_alert_with_the_same_criteria_was_told(work: Work) -> None:
    """Alerts first, then listings: what the ledger holds for each alert is what its search finds, ranked or not."""
    chance = random.Random(7)
    with transaction() as session:
        made = [alert(session, f"a{number}@mail.example", **given).id for number, given in enumerate(ASKED)]
    work()
    with transaction() as session:
        for number in range(60):
            publish(
                session,
                f"a-{number}",
                by=chance.choice(("Pohjolan hoiva", "Muu Oy")),
                employer=chance.choice(("Pohjolan hoiva", "Muu Oy")),
                title=f"{chance.choice(TITLES)} {number}",
                description=f"<p>{chance.choice(TEXTS).replace('&', '&amp;')}</p>",
                language=chance.choice(("fi", "sv", "en")),
                places=(chance.choice(("fi-837", "fi-536", "fi-091", "se-0180", "fi-r06")),),
                occupation=chance.choice((None, "isco-2221", "isco-5120")),
                employment=(chance.choice(("full_time", "part_time")),),
                remote=chance.random() < 0.5,
                salary=chance.choice((None, 2600, 3100)),
            )
    work()
    refresh()
    for alert_id, given in zip(made, ASKED, strict=True):
        with transaction() as session:
            told = set(session.scalars(select(Delivery.listing_id).where(Delivery.alert_id == alert_id)))
        for sort in ("relevance", "newest", "deadline"):
            found = find(given, sort=sort, size=100)
            assert {hit.listing.id for hit in found.hits} == told, (given, sort)
            assert found.total == len(told)
    assert 0 < find(ASKED[0]).total < 60


def test_a_score_depends_on_the_listing_alone(work: Work) -> None:
    """Pages of an answer fit together because nothing that is published meanwhile moves what is there already."""
    with transaction() as session:
        for number in range(5):
            publish(session, f"a-{number}", title=f"Kokki {number}", published_at=clock.now() - timedelta(days=number))
    work()
    refresh()
    first = find({"text": "kokki"}, sort="relevance", size=2)
    assert first.next is not None
    with transaction() as session:
        for number in range(50):
            publish(session, f"b-{number}", title="Kokki kokki", by="Muu Oy", employer=f"Muu {number}")
    work()
    refresh()
    later = find({"text": "kokki"}, sort="relevance", size=100, after=first.next)
    old = [hit.listing.reference for hit in later.hits if hit.listing.reference.startswith("a-")]
    assert old == ["a-2", "a-3", "a-4"]


@pytest.mark.invariant(5)
def test_what_is_owed_to_the_index_is_left_out_in_the_query(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        rows = [publish(session, f"a-{number}", title=f"Kokki {number}") for number in range(4)]
        publish(session, "late", deadline=clock.now() + timedelta(minutes=1), title="Kokki")
    work()
    refresh()
    with transaction() as session:
        by = employers.named(session, "Pohjolan hoiva")
        for number in range(2):
            listings.close(session, by, f"a-{number}")
        session.delete(listings.by_ids(session, [rows[2].id])[rows[2].id])
        publish(session, "new", title="Kokki")
    clock.set_ahead(timedelta(minutes=2))
    with transaction() as session:
        assert set(unsynced.withdrawn(session)) == {str(row.id) for row in rows[:3]}
    assert find({"text": "kokki"}, facets=True).total == 1
    monkeypatch.setattr(unsynced, "MOST", 1)
    found = find({"text": "kokki"})
    assert [hit.listing.id for hit in found.hits] == [rows[3].id]


def test_positions_in_an_answer() -> None:
    good = cursor.Cursor("newest", clock.now().date(), (1_700_000_000_000, str(UUID(int=7))))
    assert cursor.read(good.token()) == good
    scored = cursor.Cursor("relevance", clock.now().date(), (3.25, str(UUID(int=7))))
    assert cursor.read(scored.token()) == scored
    for broken in (
        good.token()[:-2],
        good.token() + "x",
        "é",
        "1",
        cursor.Cursor("newest", clock.now().date(), (-1, str(UUID(int=7)))).token(),
        cursor.Cursor("newest", clock.now().date(), (requests.NO_DEADLINE + 1, str(UUID(int=7)))).token(),
        cursor.Cursor("newest", clock.now().date(), (True, str(UUID(int=7)))).token(),
        cursor.Cursor("newest", clock.now().date(), ("x", str(UUID(int=7)))).token(),
        cursor.Cursor("newest", clock.now().date(), (1, "x")).token(),
        cursor.Cursor("salary", clock.now().date(), (1, str(UUID(int=7)))).token(),  # type: ignore[arg-type]
    ):
        with pytest.raises(Invalid):
            cursor.read(broken)


def test_a_page_beyond_what_the_engine_counts_through(clean: Services) -> None:
    with pytest.raises(Invalid):
        find({}, page=101, size=100)
