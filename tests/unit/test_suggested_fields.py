"""What suggestions go by: each field of a CV is declared as used or not, and what is not used changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from api.cv_schema import CvSchema
from mappings import offered
from mappings.offered import FOR_EMPLOYERS, UNUSED, USED, offer

CV: dict[str, Any] = {
    "headline": "Sairaanhoitaja",
    "summary": "Kokki",
    "language": "fi",
    "experience": [
        {"title": "Lähihoitaja", "employer": "Seurakunta", "start": "1981", "end": "1999", "description": "Opettaja"}
    ],
    "education": [
        {"title": "Ylioppilas", "school": "Koulu", "field": "Hoitotyö", "start": "1978", "end": "1981"},
        {"description": "Python"},
    ],
    "skills": ["Python", "projektinhallinta"],
    "languages": [{"language": "sv", "level": "native"}],
    "places": ["fi-837"],
    "occupations": ["isco-2512"],
    "contact": {
        "name": "Aino Esimerkki",
        "email": "aino@mail.example",
        "phone": "+358401234567",
        "url": "https://aino.example",
        "address": "Tampere",
    },
    "references": [{"name": "Risto", "relation": "kokki", "contact": "050", "consent": True}],
    "wishes": {
        "employment": ["full_time"],
        "remote": True,
        "salary_min": 3000,
        "salary_currency": "EUR",
        "from": "2027-01-01",
        "text": "opettaja",
    },
    "self_stated": {"gender": "nainen", "ethnicity": "romani"},
}
# Another value for each field that is used, and what else the CV must lack for it to count.
OTHER: dict[str, tuple[Any, tuple[str, ...]]] = {
    "headline": ("Kokki", ("occupations", "experience")),
    "experience.title": ("Kokki", ("occupations", "headline")),
    "skills": (["Java"], ()),
    "occupations": (["isco-5120"], ()),
    "places": (["fi-091"], ()),
    "language": ("en", ()),
    "languages.language": ("en", ()),
    "wishes.employment": (["part_time"], ()),
    "wishes.remote": (False, ()),
    "wishes.salary_min": (3500, ()),
    "wishes.salary_currency": ("USD", ()),
}


def paths_of(schema: Any, prefix: str = "") -> set[str]:
    """Every field of a schema that has no fields of its own, by its path."""
    found: set[str] = set()
    for name, field in schema._declared_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            found |= paths_of(inner.schema, f"{prefix}{name}.")
        else:
            found.add(f"{prefix}{name}")
    return found


def changed(cv: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The CV with another value in this field, wherever it stands; in a list of objects, in each."""
    member, _, field = path.partition(".")
    if not field:
        return {**cv, member: value}
    old = cv.get(member, {})
    new = [{**one, field: value} for one in old] if isinstance(old, list) else {**old, field: value}
    return {**cv, member: new}


def offers(cv: dict[str, Any]) -> tuple[offered.Offer, offered.Offer]:
    """What it offers to the person and to employers."""
    language = cv.get("language", "fi")
    return offer(cv, language), offer(cv, language, FOR_EMPLOYERS)


@pytest.mark.promise("A10", "A6")
def test_every_field_of_a_cv_is_declared_used_or_not() -> None:
    """A field that is added to CVs fails here until somebody decides about it, with a reason."""
    assert paths_of(CvSchema) == USED.keys() | UNUSED.keys()
    assert not USED.keys() & UNUSED.keys()
    assert all({**USED, **UNUSED}.values())
    assert not [path for path in USED if path.endswith((".start", ".end", ".from", ".level"))]
    assert {path.partition(".")[0] for path in USED}.isdisjoint({"self_stated", "references", "contact", "education"})


@pytest.mark.promise("A10", "A6")
@pytest.mark.parametrize("path", sorted(UNUSED))
@given(value=st.text(max_size=30) | st.sampled_from(["Kokki", "Helsinki", "Java, ruotsi", "isco-5120", "2001", None]))
def test_what_is_not_used_changes_nothing(path: str, value: str | None) -> None:
    assert offers(changed(CV, path, value)) == offers(CV)
    bare = {name: one for name, one in CV.items() if name not in ("occupations", "headline", "skills")}
    assert offers(changed(bare, path, value)) == offers(bare)


@pytest.mark.parametrize("path", sorted(USED))
def test_what_is_used_changes_something(path: str) -> None:
    value, without = OTHER[path]
    cv = {name: one for name, one in CV.items() if name not in without}
    if path == "headline":
        cv["headline"] = CV["headline"]
    (own, others), (own_changed, others_changed) = offers(cv), offers(changed(cv, path, value))
    assert own != own_changed
    assert (others != others_changed) == (path in FOR_EMPLOYERS)


def test_a_member_that_nobody_declared_is_not_read() -> None:
    assert offers({**CV, "hobbies": ["kokki"], "skills_of_others": {"title": "Java"}}) == offers(CV)


def test_titles_count_where_no_occupation_is_chosen() -> None:
    chosen = offer(CV, "fi")
    assert chosen.occupations == {"isco-2512"}
    named = offer({**CV, "occupations": ["isco-2"]}, "fi").occupations  # half of all work says nothing
    assert named == offer({name: one for name, one in CV.items() if name != "occupations"}, "fi").occupations
    assert len(named) == 2


def test_skills_are_those_of_esco_or_their_own_words() -> None:
    said = offer({"skills": ["Python", "ruotsi", "Triage", "React Native", "olen aina ollut hyvä tässä", "!"]}, "fi")
    assert len(said.skills) == 1
    assert said.own_words == {"Triage": ("triage",), "React Native": ("react native",)}
    assert {"words:triage", "words:react native", "language:sv"} <= set(said.named())
    many = [f"taito{number} toinen" for number in range(200)]
    assert list(offer({"skills": many}, "fi").own_words) == many[: offered.MOST_SKILLS]


def test_languages_and_salaries_as_they_are_compared() -> None:
    cv = {"skills": ["ruotsi", "Python"], "wishes": {"salary_min": 3050.5, "salary_currency": "EUR"}}
    said = offer(cv, "fi")
    assert said.spoken == {"fi", "sv"}
    assert len(said.skills) == 1
    assert said.salary == ("EUR", 3100)
    assert offer({"wishes": {"salary_min": 20_001, "salary_currency": "EUR"}}, "fi").salary is None
