"""Help with spelling on the real engine: what was perhaps meant finds more, and what was asked stays what is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matcher import preview, search, spelling
from matcher.search import Found, Search
from store import criteria
from store.database import transaction
from tests.integration.test_search import refresh
from tests.making import publish

Work = Callable[[], int]

ADS = (
    ("fi", "Sairaanhoitaja"),
    ("fi", "Lähihoitaja kotihoitoon"),
    ("fi", "Ohjelmistokehittäjä"),
    ("sv", "Sjuksköterska"),
    ("en", "Zyxelian developer"),
    ("fi", "Kirjanpitäjä"),
    ("fi", "Kirjanpito ja palkat"),
    ("fi", "Kirjanpito ja laskut"),
)


def find(text: str, **given: Any) -> Found:
    chosen = criteria.read({"text": text, **given}, anything=True)
    with transaction() as session:
        return search.find(session, Search(chosen, "relevance", text=text))


@pytest.fixture
def ads(work: Work) -> None:
    with transaction() as session:
        for number, (language, title) in enumerate(ADS):
            publish(session, f"a-{number}", title=title, language=language, description="<p>Tule, kom, come.</p>")
    work()
    refresh()


@pytest.mark.promise("L2")
@pytest.mark.usefixtures("ads")
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sairanhoitaja", "sairaanhoitaja"),
        ("Ohjelmistokehitäjä", "ohjelmistokehittäjä"),
        ("sjuksköterka", "sjuksköterska"),
        ("kirjanpitjä", "kirjanpitäjä"),  # nearer than kirjanpitoa, of which there is more
        ("zyxelain developer", "zyxelian developer"),  # a name that only the title has
        ("develpoer zyxelian", "developer zyxelian"),
        ("ohjelmistokehittaja", "ohjelmistokehittäjä"),
        ('sairanhoitaja -kokki "tule kom"', 'sairaanhoitaja -kokki "tule kom"'),
        ("sairanhoitaja -sairaanhoitja", "sairaanhoitaja -sairaanhoitja"),
        ("sairaanhoitaja", None),  # enough of it, or at least well spelt
        ("kokki", None),  # known, and nothing of it
        ("xqzzyw", None),
        ('"sairanhoitaja tule"', None),
        ("kokki -sairanhoitaja", None),
        ("sairanhoitaja -sairaanhoitaja", None),
        ("sairanhoitaja kokki", None),  # would find nothing either
        ("abc", None),
        ("", None),
    ],
)
def test_a_text_that_finds_more(text: str, meant: str | None) -> None:
    found = find(text)
    assert found.did_you_mean == meant
    if meant is not None:
        better = find(meant)
        assert better.total > found.total
        assert better.did_you_mean is None


@pytest.mark.usefixtures("ads")
def test_everything_else_that_is_asked_counts() -> None:
    assert find("sairanhoitaja", places=["fi-837"]).did_you_mean == "sairaanhoitaja"
    assert find("sairanhoitaja", places=["fi-091"]).did_you_mean is None


@pytest.mark.invariant(6)
@pytest.mark.promise("L3")
@pytest.mark.usefixtures("ads")
def test_help_never_changes_what_is_found_nor_what_an_alert_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt word finds what it finds, with and without help, in a search and as an alert."""
    helped = find("sairanhoitaja")
    assert helped.did_you_mean
    previewed = []
    for help_ in (True, False):
        if not help_:
            monkeypatch.setattr(spelling, "did_you_mean", lambda *_: None)
        found = find("sairanhoitaja")
        assert (found.total, found.hits, found.next) == (0, (), None)
        with transaction() as session:
            previewed.append(preview.preview(session, criteria.read({"text": "sairanhoitaja"})))
    assert previewed[0] == previewed[1]
    assert previewed[0].open == 0
    assert criteria.read({"text": "sairanhoitaja"}).wanted == ("sairanhoitaja",)


def test_enough_needs_no_help(work: Work) -> None:
    with transaction() as session:
        for number in range(7):
            title = "Kokkki" if number < spelling.ENOUGH else "Kokki"
            publish(session, f"a-{number}", title=title, description="<p>Tule.</p>")
    work()
    refresh()
    assert find("kokkki").total == spelling.ENOUGH
    assert find("kokkki").did_you_mean is None
    assert find("kokkki", exclude="kokki").did_you_mean is None
