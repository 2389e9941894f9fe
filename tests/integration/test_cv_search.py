"""The search of CVs on the real engine: what is found, counted, marked and paged, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from matcher import cv_search
from matcher.cv_search import CvFound, CvSearch
from store import access_log, accounts, consents, cv_criteria, cvs, employers, visibility
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from tests.conftest import Services

NURSE: dict[str, Any] = {
    "headline": "Sairaanhoitaja",
    "summary": "Kokenut sairaanhoitaja päivystyksestä.",
    "language": "fi",
    "experience": [
        {"title": "Sairaanhoitaja", "employer": "Tampereen sairaala", "start": "2019-01", "description": "Päivystys."}
    ],
    "education": [{"title": "Sairaanhoitaja (AMK)", "school": "Tampereen ammattikorkeakoulu"}],
    "skills": ["Ensihoito", "Triage"],
    "languages": [{"language": "fi", "level": "native"}, {"language": "sv", "level": "B1"}],
    "places": ["fi-837"],
    "occupations": ["isco-2221"],
    "contact": {"name": "Aino Esimerkki", "email": "aino@mail.example"},
}
DEVELOPER: dict[str, Any] = {
    "headline": "Backend developer",
    "summary": "I build services in Python and C++.",
    "language": "en",
    "experience": [{"title": "Software developer", "employer": "Nokia Oyj", "start": "2015"}],
    "skills": ["Python", "C++", "PostgreSQL"],
    "languages": [{"language": "en", "level": "C2"}, {"language": "fi", "level": "B2"}],
    "places": ["fi-091"],
    "occupations": ["isco-2512"],
    "wishes": {"remote": True, "employment": ["full_time"]},
}


def person(body: dict[str, Any], *, visible: bool = True) -> UUID:
    """Somebody with this CV; returns the CV's id."""
    with transaction() as session:
        account = accounts.create(session, accounts.PERSON)
        consents.give(session, account.id, consents.TERMS, "test")
        cv, _ = cvs.save(session, account.id, body)
        cvs.show(session, cv, visible)
        return cv.id


def recruiter(name: str = "Rekry Oy", email: str | None = None) -> Account:
    """A recruiter of an approved employer."""
    with transaction() as session:
        employer = employers.named(session, name)
        employers.approve(session, employer)
        return accounts.create(session, accounts.RECRUITER, email, employer=employer)


def look(by: Account, text: str = "", **more: Any) -> CvFound:
    """Search as this recruiter."""
    options = {name: more.pop(name) for name in ("facets", "size", "page", "after", "sort") if name in more}
    with transaction() as session:
        return cv_search.find(session, by, CvSearch(cv_criteria.read(more, text), **options))


def ids(found: CvFound) -> list[UUID]:
    return [hit.cv.id for hit in found.hits]


def test_what_is_asked_is_found_marked_and_explained(clean: Services, work: Callable[[], int]) -> None:
    nurse, developer = person(NURSE), person(DEVELOPER)
    work()
    by = recruiter()
    assert set(ids(look(by))) == {nurse, developer}
    found = look(by, "title:developer AND (python OR java) NOT metso", places=["fi"], remote=True, facets=True)
    assert ids(found) == [developer]
    assert found.total == 1
    assert "developer" in found.hits[0].why
    assert "python" in found.hits[0].why
    assert "java" not in found.hits[0].why
    assert [(one.value, one.count) for one in found.facets["skill"]] == [("c++", 1), ("postgresql", 1), ("python", 1)]
    assert "<mark>Python</mark>" in " ".join(found.hits[0].highlights["text"])
    assert ids(look(by, "sairaanhoitaja", near={"place": "fi-536", "km": 30})) == [nurse]  # Nokia is 15 km away
    assert ids(look(by, "", near={"place": "fi-091", "km": 30})) == [developer]
    assert ids(look(by, "kieli:ruotsi")) == [nurse]


@pytest.mark.promise("R2")
def test_what_words_name_is_found_in_every_language(clean: Services, work: Callable[[], int]) -> None:
    nurse, developer = person(NURSE), person(DEVELOPER)
    work()
    by = recruiter()
    found = look(by, "nurses Tammerfors")
    assert ids(found) == [nurse]
    assert found.hits[0].why[:2] == ("nurses → Sairaanhoitaja", "tammerfors → Tampereen")
    assert found.hits[0].highlights["title"][0] == "<mark>Sairaanhoitaja</mark>"
    assert ids(look(by, "nurses", expand=False)) == []
    assert ids(look(by, "sairaanhoitajia", expand=False)) == [nurse]
    assert ids(look(by, "ohjelmistokehittäjä OR quorum")) == [developer]
    assert ids(look(by, "python NOT ohjelmistokehittäjä")) == [developer], "who excludes a word means the word"
    # What was asked in one field is words there, and nothing else.
    assert ids(look(by, "title:nurse")) == []


@pytest.mark.promise("A3")
def test_hiding_holds_at_the_commit_before_anything_is_synced(clean: Services, work: Callable[[], int]) -> None:
    nurse = person(NURSE)
    by = recruiter()
    assert look(by, facets=True).total == 0
    work()
    assert look(by, facets=True).total == 1
    with transaction() as session:
        cvs.show(session, session.get_one(Cv, nurse), False)
    hidden = look(by, "sairaanhoitaja", facets=True)
    assert (hidden.total, hidden.hits) == (0, ())
    assert all(not counted for counted in hidden.facets.values())


@pytest.mark.promise("A8")
def test_a_blocked_employer_finds_nothing(clean: Services, work: Callable[[], int]) -> None:
    nurse = person(NURSE)
    by, other = recruiter("Nokia Oyj", "hr@nokia.example"), recruiter("Rekry Oy")
    work()
    assert look(by).total == 1
    with transaction() as session:
        cvs.block(session, session.get_one(Cv, nurse), [visibility.name_key("Nokia")])
    assert look(by).total == 0
    assert look(other).total == 0  # what is owed to the index is left out for everybody
    work()
    assert look(by).total == 0
    assert look(other).total == 1


@pytest.mark.promise("A9")
def test_whoever_is_found_is_told_by_whom_and_by_what(clean: Services, work: Callable[[], int]) -> None:
    nurse = person(NURSE)
    work()
    by = recruiter()
    number = look(by, "sairaanhoitaja").number
    with transaction() as session:
        [entry] = session.query(access_log.Access).all()
        assert (entry.cv_id, entry.action, entry.search_id) == (nurse, "found", number)
        assert session.get_one(access_log.SearchRow, number).asked == {"text": "sairaanhoitaja"}
