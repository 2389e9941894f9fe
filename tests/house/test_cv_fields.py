"""The CV index holds what employers may see and nothing else: each field is allowed here by name, and is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from mappings import cv, cv_search, indexes, stored_search
from store import cv_criteria, cv_fields, settings
from store.cvs import Cv
from store.saved_searches import SavedSearch
from store.visibility import Viewer
from tests.house.test_fields import fields_of

pytestmark = pytest.mark.invariant(10)

# What searches of CVs can ask.
CANDIDATES = {
    *("text", "title", "skill_text", "employer", "education", "concept"),
    *("language", "place", "occupation", "spoken", "wished", "remote", "skill"),
}
# Whether it may be found and by whom not, as digests; when it could first be found as it is; what its titles name; what
# suggestions go by.
CVS = CANDIDATES | {"id", "visible", "consented", "barred", "shown_at", "title_concept", "named"}
# Of saved searches: a number, a query, whether its employer is approved, and by which digests it is blocked.
SEARCHES = {"search", "stored", "approved", "keys", "query"}

# Words that stand for what nobody may find, each in a member of its own.
SECRETS = {
    "contact": {
        "name": "Salanimi Salainen",
        "email": "salasähköposti@mail.example",
        "phone": "+358 000 salapuhelin",
        "url": "https://salaosoite.example",
        "address": "Salakatu 1",
    },
    "references": [{"name": "Salareferenssi", "relation": "salasuhde", "contact": "salayhteys", "consent": True}],
    "self_stated": {"gender": "salasukupuoli", "ethnicity": "salatausta"},
}
BODY: dict[str, Any] = {
    "headline": "Headline",
    "summary": "Summary 131052-308T and 811228-9874",
    "experience": [{"title": "Title", "employer": "Employer", "start": "2019", "description": "Description"}],
    "education": [{"title": "Degree", "school": "School", "field": "Field", "description": "Studies"}],
    "skills": ["Skill"],
    "languages": [{"language": "fi", "level": "native"}],
    "places": ["fi-837"],
    "occupations": ["isco-2221"],
    "wishes": {"employment": ["full_time"], "remote": True, "text": "Wish", "salary_min": 4321},
    **SECRETS,
}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "get", lambda: settings.Settings(secret="x" * 40))


def row(**given: Any) -> Cv:
    members = {
        "id": UUID(int=7),
        "account_id": UUID(int=8),
        "body": BODY,
        "hidden": [],
        "language": "fi",
        "visible": True,
        "consented": True,
        "suggestible": True,
        "blocked": ["name:salatyönantaja", "id:fi:01120389"],
        "contact": "open",
        "shown_at": datetime(2026, 11, 1, tzinfo=UTC),
        "version": 3,
    }
    return Cv(**{**members, **given})


def words(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [word for one in value.values() for word in words(one)]
    if isinstance(value, list):
        return [word for one in value for word in words(one)]
    return [value] if isinstance(value, str) else []


def search(**given: Any) -> SavedSearch:
    asked = {
        "text": "title:kokki skill:triage employer:nokia education:amk language:fi place:tampere sairaanhoitaja word",
        "places": ["fi-837"],
        "near": {"place": "fi-837", "km": 20},
        "occupations": ["isco-2221"],
        "employment": ["full_time"],
        "remote": True,
        "languages": ["sv"],
        "skills": ["Triage"],
        "language": "fi",
    }
    made = SavedSearch(
        id=3, account_id=UUID(int=8), employer_id=UUID(int=9), name="Salanimi", asked=cv_criteria.read(asked).body()
    )
    made.viewer = Viewer(True, frozenset({"name:salatyönantaja"}))
    return made


def test_the_mappings_are_what_is_allowed() -> None:
    assert set(indexes.fields("cvs")) == CVS
    assert set(indexes.fields("searches")) == SEARCHES | CANDIDATES
    assert set(indexes.candidate_fields()) == CANDIDATES
    for kind in ("cvs", "searches"):
        assert indexes.body(kind)["mappings"]["dynamic"] == "strict"


def test_every_field_is_written_for_some_cv_and_no_other() -> None:
    written = {name for language in ("fi", "sv", "en") for name in cv.document(row(language=language))}
    assert written == CVS
    assert set(stored_search.document(search())) == SEARCHES


def test_searches_ask_every_field_that_can_be_asked_and_no_other() -> None:
    asked = fields_of(cv_search.asked(search().criteria()))
    assert asked == CANDIDATES


@pytest.mark.promise("A6")
@pytest.mark.promise("A7")
@pytest.mark.promise("S4")
def test_nothing_that_employers_may_not_see_is_in_a_document() -> None:
    held = repr(cv.document(row()))
    for word in (
        *words(SECRETS),
        "131052-308T",
        "308T",
        "811228",
        "salatyönantaja",
        "01120389",
        str(UUID(int=8)),
        "4321",
    ):
        assert word not in held
    stored = repr(stored_search.document(search()))
    for word in ("Salanimi", "salatyönantaja", str(UUID(int=8)), str(UUID(int=9))):
        assert word not in stored


@pytest.mark.promise("A2")
@pytest.mark.parametrize("path", sorted(cv_fields.HIDEABLE))
def test_a_hidden_field_is_neither_in_the_document_nor_shown(path: str) -> None:
    """Each path by itself takes its own values out and nothing else."""
    member, _, field = path.partition(".")
    whole, without = row().seen(), row(hidden=[path]).seen()
    if member == "contact":
        assert without == whole
        assert row(hidden=[path]).contact_details() == (
            {name: value for name, value in SECRETS["contact"].items() if name != field} if field else {}  # type: ignore[attr-defined]
        )
        return
    expected = {**whole}
    if not field:
        expected.pop(member)
    elif isinstance(whole[member], list):
        expected[member] = [{name: value for name, value in one.items() if name != field} for one in whole[member]]
    else:
        expected[member] = {name: value for name, value in whole[member].items() if name != field}
    assert without == expected


@pytest.mark.promise("A3")
@pytest.mark.parametrize("hiding", [{"visible": False}, {"consented": False}])
def test_a_tombstone_says_nothing(hiding: dict[str, bool]) -> None:
    assert cv.document(row(**hiding)) == cv.document(None) == {"visible": False}
    assert stored_search.document(None) == {"stored": False}


def test_a_member_that_nobody_decided_about_is_not_shown() -> None:
    assert "hobby" not in row(body={**BODY, "hobby": "x"}).seen()
