"""Suggestions on the real engine: what more open listings have comes first, and what closed is suggested no more."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from matcher import popular
from matcher.suggest import Suggestion, suggest
from store import clock, employers, listings, occupations
from store.database import transaction
from tests.integration.test_search import refresh
from tests.making import publish

Work = Callable[[], int]


def suggested(text: str, language: str = "fi") -> list[Suggestion]:
    with transaction() as session:
        return suggest(session, text, language)


@pytest.mark.promise("L2")
def test_what_more_open_listings_have_comes_first(work: Work) -> None:
    with transaction() as session:
        for number, place in enumerate(("se-1283", "fi-091", "se-1283")):
            publish(session, f"a-{number}", title="Kokki", places=(place,))
    work()
    refresh()
    clock.set_ahead(clock.ahead() + 2 * popular.AGE)
    assert [one.code for one in suggested("helsing", "sv")[:2]] == ["se-1283", "fi-091"]
    with transaction() as session:
        by = employers.named(session, "Pohjolan hoiva")
        for number in (0, 2):
            listings.close(session, by, f"a-{number}")
    work()
    refresh()
    assert [one.code for one in suggested("helsing", "sv")[:2]] == ["se-1283", "fi-091"]
    clock.set_ahead(clock.ahead() + popular.AGE + timedelta(seconds=1))
    assert [one.code for one in suggested("helsing", "sv")[:2]] == ["fi-091", "se-1283"]


@pytest.mark.promise("L2")
def test_occupations_and_skills_count_as_well(work: Work) -> None:
    with transaction() as session:
        (developer,) = occupations.find("web developer", "en")
        publish(
            session, "a-1", title="Osaaja", occupation=developer.code, description="<p>Write JavaScript Framework</p>"
        )
    work()
    refresh()
    clock.set_ahead(clock.ahead() + 2 * popular.AGE)
    assert suggested("develop", "en")[0].text == "web developer"
    known = popular.now()
    assert known.count(developer.code) == 1
    assert [known.count(one.code or "") for one in suggested("javas", "en") if one.text == "JavaScript"] == [1]


@pytest.mark.promise("L1")
def test_a_title_is_suggested_while_its_listing_is_open(work: Work) -> None:
    """From the answer to the call that closes it on, before the index is told."""
    with transaction() as session:
        publish(session, "a-1", title="Öljylautan kokki")
    work()
    refresh()
    title = Suggestion("title", "Öljylautan kokki")
    assert title in suggested("öljyl")
    with transaction() as session:
        listings.close(session, employers.named(session, "Pohjolan hoiva"), "a-1")
    assert title not in suggested("öljyl")


def test_an_answer_takes_milliseconds(work: Work) -> None:
    """Names, counts and titles, the second time; ten times what it takes, since others use this machine."""
    with transaction() as session:
        publish(session, "a-1", title="Öljylautan kokki")
    work()
    refresh()
    typed = ["kok", "kokki", "sairaanhoi", "tamp", "software dev", "öljyl", "lärar"]
    for text in typed:
        suggested(text)
    with transaction() as session:
        started = time.perf_counter()
        for text in typed:
            suggest(session, text, "fi")
        assert (time.perf_counter() - started) / len(typed) < 0.1
