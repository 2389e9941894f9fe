"""The reasons of a suggestion add up to the score that its query gives, for any CV and any listing, either way."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import cv as cv_index
from mappings import listing as listing_index
from mappings import offered, suggested
from matcher import reasons
from matcher.reasons import KINDS, Reason
from store import settings
from store.criteria import EMPLOYMENT, LANGUAGES
from store.cvs import Cv
from store.listings import Listing

NURSE = "http://data.europa.eu/esco/occupation/8d3e8aaa-791b-4c75-a465-f3f827028f50"
SPECIALIST = "http://data.europa.eu/esco/occupation/18e14e61-495b-44cc-a7c6-df4c625934ba"
AT = datetime(2026, 11, 1, tzinfo=UTC)

OCCUPATIONS = st.sampled_from(["isco-2", "isco-25", "isco-2221", "isco-2222", NURSE, SPECIALIST, "isco-5120"])
PLACES = st.sampled_from(["fi", "fi-r06", "fi-837", "fi-536", "fi-091", "se-0180"])
TITLES = st.sampled_from(["Sairaanhoitaja", "Kokki", "Software developer", "Sjuksköterska och kock", "Vastaava", ""])
SKILLS = st.sampled_from(
    ["Python", "SQL", "Java", "C++", "JavaScript", "ruotsi", "Triage", "React Native", "Excel, Word"]
)
SPOKEN = st.sampled_from(["fi", "sv", "en", "de"])


def some(what: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(what, max_size=most, unique=True)


@st.composite
def people(draw: st.DrawFn) -> Cv:
    body = {
        "headline": draw(TITLES),
        "experience": [{"title": draw(TITLES), "employer": "Python Oy", "start": "1999"}],
        "occupations": draw(some(OCCUPATIONS, 2)),
        "skills": draw(some(SKILLS, 6)),
        "places": draw(some(PLACES)),
        "languages": [{"language": code, "level": "native"} for code in draw(some(SPOKEN))],
        "wishes": {
            "employment": draw(some(st.sampled_from(EMPLOYMENT))),
            "remote": draw(st.booleans()),
            "salary_min": draw(st.sampled_from([2000, 3000.5, 19_999, 30_000])),
            "salary_currency": draw(st.sampled_from(["EUR", "SEK"])),
        },
    }
    hidden = draw(some(st.sampled_from(["occupations", "skills", "places", "languages", "experience", "wishes"])))
    return Cv(
        id=UUID(int=7),
        body=body,
        hidden=hidden,
        language=draw(st.sampled_from(LANGUAGES)),
        visible=True,
        consented=True,
        suggestible=True,
        blocked=[],
        shown_at=AT,
        version=3,
    )


@st.composite
def published(draw: st.DrawFn) -> Listing:
    low, high = draw(st.sampled_from([(None, None), (Decimal(2500), None), (Decimal(18), Decimal(25))]))
    text = ". ".join([*draw(some(SKILLS, 7)), draw(st.sampled_from(["ruotsia", "Swedish", "", "svenska, engelska"]))])
    return Listing(
        id=UUID(int=8),
        state="published",
        title=draw(TITLES) or "Työ",
        description=f"<p>{text}</p>",
        employer="Rekry Oy",
        language=draw(st.sampled_from(LANGUAGES)),
        places=draw(some(PLACES)),
        occupation=draw(OCCUPATIONS | st.none()),
        employment=draw(some(st.sampled_from(EMPLOYMENT))),
        remote=draw(st.booleans()),
        salary_min=low,
        salary_max=high,
        published_at=AT,
        deadline=None,
        salary_currency="EUR",
        salary_period="hour" if high else "month",
    )


def meets(document: dict[str, Any], query: dict[str, Any]) -> bool:
    """Whether a document meets a query, in a few lines that share nothing with the engine's."""
    [(clause, asked)] = query.items()
    if clause == "bool":
        return bool(sum(meets(document, one) for one in asked["should"]) >= asked["minimum_should_match"])
    [(field, wanted)] = asked.items()
    held = document.get(field, [])
    values = held if isinstance(held, list) else [held]
    if field == "text":
        words = [[keys.split("|") for keys in text.split()] for text in values]
        phrases = [wanted] if clause == "match_phrase" else wanted
        return any(
            all(key in keys for key, keys in zip(phrase.split(), text[start:], strict=False))
            and len(text) - start >= len(phrase.split())
            for phrase in phrases
            for text in words
            for start in range(len(text))
        )
    return bool(set(values) & ({wanted} if clause == "term" else set(wanted)))


def score(document: dict[str, Any], clauses: list[suggested.Clause]) -> int:
    return sum(one.weight for one in clauses if meets(document, one.asked))


def common(found: tuple[Reason, ...]) -> bool:
    return any("occupation" in one.kind or "skills" in one.kind for one in found)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "get", lambda: settings.Settings(secret="x" * 40))


@pytest.mark.promise("A10", "R4")
@given(cv=people(), listing=published())
def test_the_reasons_add_up_to_the_score(cv: Cv, listing: Listing) -> None:
    opening = suggested.opening_of(listing)
    own, others = offered.offer(cv.body, cv.language), offered.to_employers(cv.seen(), cv.language)
    ways = [
        (reasons.for_person(cv, listing), listing_index.document(listing), suggested.for_offer(own)),
        (reasons.for_employer(cv, listing), cv_index.document(cv), suggested.for_opening(opening)),
    ]
    for (found, document, clauses), most in zip(ways, (100, 97), strict=True):
        assert bool(found) == common(found)
        total = sum(one.weight for one in found)
        assert total <= most
        if found:
            assert total == score(document, clauses)
        assert len({one.kind for one in found}) == len(found)
        assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
        for one in found:
            for language in LANGUAGES:
                assert reasons.said(one, language)
    if not cv.hidden:
        assert [one for one in ways[0][0] if one.kind != "salary"] == list(ways[1][0])
    assert others.salary is None


def test_other_weights_are_other_rules() -> None:
    """Whoever changes a weight changes the number as well, which is noted with what was suggested, and the page."""
    assert suggested.RULES == "1"
    weights = {
        "same_occupation": [40],
        "near_occupation": [25],
        "related_occupation": [10],
        "skills": [8, 13, 16, 18],
        "other_skills": [7],
        "place": [15],
        "nearby": [8],
        "remote": [6],
        "language": [5],
        "asked_languages": [3],
        "employment": [3],
        "salary": [3],
    }
    s = suggested
    assert list(weights.values()) == [
        *([one] for one in (s.SAME, s.NEAR, s.RELATED)),
        [sum(s.SKILLS[: number + 1]) for number in range(len(s.SKILLS))],
        *([one] for one in (s.OWN_WORDS, s.PLACE, s.NEARBY, s.REMOTE, s.LANGUAGE, s.ASKED_LANGUAGE, s.EMPLOYMENT)),
        [s.SALARY],
    ]
    page = (Path(__file__).parents[2] / "docs/suggestions.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \| ([\d, ]+) \|", page, re.MULTILINE)
    assert {kind: [int(one) for one in said.split(",")] for kind, said in told} == weights
    assert set(weights) == set(KINDS)


def test_weights_are_of_one_hundred() -> None:
    most = suggested.SAME + sum(suggested.SKILLS) + suggested.OWN_WORDS + suggested.PLACE + suggested.REMOTE
    most += suggested.LANGUAGE + suggested.ASKED_LANGUAGE + suggested.EMPLOYMENT + suggested.SALARY
    assert most == 100
    assert suggested.SAME + sum(suggested.SKILLS) + suggested.OWN_WORDS == 65


@pytest.mark.parametrize("kind", KINDS)
def test_each_reason_is_said_in_each_language(kind: reasons.Kind) -> None:
    codes: dict[str, tuple[str, ...]] = {
        "same_occupation": ("isco-2221",),
        "near_occupation": (SPECIALIST,),
        "related_occupation": ("isco-2222",),
        "skills": ("http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",),
        "other_skills": ("Triage",),
        "place": ("fi-837",),
        "nearby": ("fi-536",),
        "remote": (),
        "language": ("fi",),
        "asked_languages": ("sv", "en"),
        "employment": ("full_time",),
        "salary": ("EUR", "3000"),
    }
    told = [reasons.said(Reason(kind, 1, codes[kind]), language) for language in LANGUAGES]
    assert len(set(told)) == len(LANGUAGES)
