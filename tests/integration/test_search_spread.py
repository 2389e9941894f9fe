"""The order by relevance on the real engine: what weighs how much, and that no employer floods the first page."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from mappings import client
from matcher import cursor, search, spread
from matcher.search import Found, Search
from store import clock
from store.criteria import Criteria
from store.database import transaction
from store.errors import Invalid
from tests.integration.test_search import refresh
from tests.making import publish

Work = Callable[[], int]

KOKKI = "http://data.europa.eu/esco/occupation/90f75f67-495d-49fa-ab57-2f320e251d7e"


def find(text: str, **options: object) -> Found:
    with transaction() as session:
        return search.find(session, Search(Criteria(wanted=(text,) if text else ()), "relevance", **options))  # type: ignore[arg-type]


def references(found: Found) -> list[str]:
    return [hit.listing.reference for hit in found.hits]


def made(employer: str, count: int, days: int = 0, title: str = "Kokki") -> None:
    """Listings `EMPLOYER-NUMBER`, the youngest first, from so many days ago on."""
    with transaction() as session:
        for number in range(count):
            published = clock.now() - timedelta(days=days, minutes=number)
            name = f"{employer}-{number:02}"
            publish(session, name, by=employer, employer=employer, title=title, published_at=published)


@pytest.mark.promise("L2")
def test_the_title_weighs_more_than_the_occupation_and_that_more_than_the_text(work: Work) -> None:
    """Each however old it is; of equals the freshest."""
    with transaction() as session:
        for place, given in enumerate(
            (
                {"title": "Kokki", "description": "<p>Tervetuloa.</p>"},
                {"title": "Keittiöön", "occupation": KOKKI, "description": "<p>Tervetuloa.</p>"},
                {"title": "Keittiöön", "description": "<p>Kokki auttaa.</p>"},
            )
        ):
            for young in (False, True):
                moment = clock.now() - timedelta(days=0 if young else 300 - 100 * place)
                name = f"{place}-{'young' if young else 'old'}"
                publish(session, name, by=name, employer=name, published_at=moment, **given)
    work()
    refresh()
    assert references(find("kokki")) == ["0-young", "0-old", "1-young", "1-old", "2-young", "2-old"]


@pytest.mark.promise("L2")
def test_a_skill_that_the_text_names_comes_before_a_word_that_is_there(work: Work) -> None:
    with transaction() as session:
        publish(session, "named", by="A", employer="A", title="Osaaja", description="<p>JavaScript.</p>")
        publish(session, "title", by="B", employer="B", title="JavaScript-osaaja", description="<p>Tule.</p>")
    work()
    refresh()
    assert references(find("javascript")) == ["title", "named"]


@pytest.mark.promise("L2")
def test_no_employer_floods_the_first_page(work: Work) -> None:
    made("Iso Oy", 30)
    made("Pieni Oy", 4, days=2)
    made("Toinen Oy", 9, days=3)
    work()
    refresh()
    first = find("kokki", size=10)
    by = Counter(reference.rpartition("-")[0] for reference in references(first))
    # Of others there are not enough to fill the page: what is left of everybody fills it by rank.
    assert references(first)[:9] == [f"{who}-{n:02}" for who in ("Iso Oy", "Pieni Oy", "Toinen Oy") for n in range(3)]
    assert sum(by.values()) == 10
    assert first.total == 43
    small = find("kokki", size=9)
    assert set(Counter(reference.rpartition("-")[0] for reference in references(small)).values()) == {3}
    assert references(find("kokki", size=3)) == ["Iso Oy-00", "Iso Oy-01", "Iso Oy-02"]


def test_the_engine_is_asked_again_where_the_first_hits_do_not_fill_a_page(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("Iso Oy", 40)
    made("Toinen Oy", 40, days=1)
    made("Kolmas Oy", 40, days=2)
    made("Neljäs Oy", 2, days=3)
    work()
    refresh()
    asked: list[dict[str, Any]] = []
    plain = client.search

    def counting(index: str, body: dict[str, Any]) -> dict[str, Any]:
        asked.append(body)
        return plain(index, body)

    monkeypatch.setattr(client, "search", counting)
    assert references(find("kokki", size=3))[-1] == "Iso Oy-02"
    assert len(asked) == 1
    asked.clear()
    shown = references(find("kokki", size=10))
    assert len(asked) == 1 + spread.TRIES
    assert [one.rpartition("-")[0] for one in shown[:6]] == ["Iso Oy"] * 3 + ["Toinen Oy"] * 3


@pytest.mark.promise("L2")
def test_every_listing_is_on_one_page_whatever_is_published_meanwhile(work: Work) -> None:
    """For many mixes of employers and sizes of pages, by `next` and by number."""
    chance = random.Random(5)
    names = ("Iso Oy", "Toinen Oy", "Kolmas Oy", "Neljäs Oy", "Viides Oy")
    everything: set[str] = set()
    for round_, size in enumerate((4, 5, 7, 20)):
        for number in range(12):
            days = chance.choice((0, 0, 1, 5))
            who = chance.choice(names[: round_ + 2])
            with transaction() as session:
                name = f"{round_}-{number}"
                everything.add(name)
                publish(
                    session,
                    name,
                    by=who,
                    employer=who,
                    title=chance.choice(("Kokki", "Keittiöön")),
                    description="<p>Kokki.</p>",
                    published_at=clock.now() - timedelta(days=days, minutes=number),
                )
        work()
        refresh()
        first = find("kokki", size=size)
        by = Counter(hit.listing.employer for hit in first.hits)
        assert first.total == len(everything)
        numbered = [find("kokki", size=size, page=page) for page in range(1, -(-first.total // size) + 1)]
        seen = references(first)
        with transaction() as session:
            late = f"late-{round_}"
            publish(session, late, by=names[0], employer=names[0], title="Kokki kokki", description="<p>Kokki.</p>")
        work()
        refresh()
        following = first.next
        while following is not None:
            assert cursor.read(following.token()) == following
            answer = find("kokki", size=size, after=following)
            seen += references(answer)
            following = answer.next
        assert len(seen) == len(set(seen))
        assert set(seen) - {late} == everything
        assert [one for one in seen if one != late] == [one for page in numbered for one in references(page)]
        others = [hit.listing.employer for page in numbered for hit in page.hits]
        rest = Counter(others) - by
        if max(by.values()) > cursor.OF_AN_EMPLOYER:
            # Then nobody was left who had fewer there.
            assert all(by[who] >= cursor.OF_AN_EMPLOYER for who in rest)
        everything.add(late)


@pytest.mark.parametrize(
    "kept",
    [
        [["Iso Oy", "x"]],
        [["Iso Oy", *(str(UUID(int=one)) for one in range(4))]],
        [[f"Oy {one}", str(UUID(int=1))] for one in range(11)],
        [["x" * 501, str(UUID(int=1))]],
        [[]],
        [7],
    ],
)
def test_what_no_answer_demotes_is_no_position(kept: list[object]) -> None:
    made_up = cursor.Cursor("relevance", clock.now().date(), (1.5, str(UUID(int=7)), *kept))
    with pytest.raises(Invalid):
        cursor.read(made_up.token())
