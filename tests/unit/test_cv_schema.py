"""What a person may hand in as a CV; the answer to a bad one says where, why and what would be right."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cv_parts import LONGEST_TEXT
from api.cv_schema import LARGEST, MOST_ITEMS, MOST_SKILLS, CvSchema, load_cv
from store.errors import Invalid, Problem

GOOD: dict[str, Any] = {
    "headline": "Sairaanhoitaja",
    "summary": "Kymmenen vuotta päivystyksessä.\nTyöskentelen mieluiten öisin.",
    "language": "fi",
    "experience": [
        {
            "title": "Sairaanhoitaja",
            "employer": "Saaren sairaala",
            "start": "2019-08",
            "end": "2023-01-15",
            "description": "Päivystys.",
        },
        {"title": "Hoitaja", "start": "2023"},
    ],
    "education": [
        {"title": "Sairaanhoitaja (AMK)", "school": "Saaren ammattikorkeakoulu", "field": "Hoitotyö", "end": "2019"}
    ],
    "skills": ["Triage", "Haavanhoito"],
    "languages": [{"language": "fi", "level": "native"}, {"language": "sv", "level": None}],
    "places": ["fi-091", "se-01"],
    "occupations": ["isco-2221"],
    "contact": {
        "name": "Kaisa Esimerkki",
        "email": "kaisa@mail.example",
        "phone": "+358 40 123 4567",
        "url": "https://kaisa.example/cv",
        "address": "Saarikatu 1\n00100 Helsinki",
    },
    "references": [{"name": "Olli Malli", "relation": "esihenkilö", "contact": "olli@mail.example", "consent": True}],
    "wishes": {
        "employment": ["full_time", "permanent"],
        "remote": False,
        "salary_min": 3200,
        "salary_currency": "EUR",
        "from": "2027-01-15",
        "text": "Mieluiten yövuoroja.",
    },
    "self_stated": {"gender": "nainen"},
}


def _problems(data: object) -> list[Problem]:
    with pytest.raises(Invalid) as refused:
        load_cv(data)
    return refused.value.problems


def _problem(data: object) -> Problem:
    (problem,) = _problems(data)
    return problem


def test_a_normalised_cv_stays_as_it_is() -> None:
    assert load_cv(GOOD) == GOOD


@pytest.mark.promise("A2")
@pytest.mark.parametrize("left_out", sorted(GOOD))
def test_every_member_can_be_left_out_or_said_blank(left_out: str) -> None:
    without = {name: value for name, value in GOOD.items() if name != left_out}
    assert load_cv(without) == without
    blanks: list[object] = [None, "", " \n", [], {}, [None, "", {}], {"title": None}]
    for nothing in blanks:
        assert load_cv({**without, left_out: nothing}) == without


def test_nothing_at_all_is_a_cv() -> None:
    assert load_cv({}) == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"languages": ["fi"]}, {"languages": [{"language": "fi", "level": None}]}),
        ({"languages": ["suomi"]}, {"languages": [{"language": "fi", "level": None}]}),
        ({"languages": ["Finska"]}, {"languages": [{"language": "fi", "level": None}]}),
        ({"languages": [{"name": "English (UK)"}]}, {"languages": [{"language": "en", "level": None}]}),
        ({"languages": [{"code": "pt-BR", "level": "b2"}]}, {"languages": [{"language": "pt", "level": "B2"}]}),
        (
            {"languages": [{"language": "Ruotsi", "fluency": "Native speaker"}]},
            {"languages": [{"language": "sv", "level": "native"}]},
        ),
        (
            {"languages": [{"language": "northern sami", "level": "Äidinkieli"}]},
            {"languages": [{"language": "se", "level": "native"}]},
        ),
        ({"skills": ["Python", {"name": "SQL"}, "python", " SQL "]}, {"skills": ["Python", "SQL"]}),
        (
            {"education": [{"degree": "BSc", "institution": "Saari"}]},
            {"education": [{"title": "BSc", "school": "Saari"}]},
        ),
        (
            {"experience": [{"position": "Chef", "company": "Sjön AB", "title": None}]},
            {"experience": [{"title": "Chef", "employer": "Sjön AB"}]},
        ),
        ({"experience": [{"title": "Kokki", "start": 2019}]}, {"experience": [{"title": "Kokki", "start": "2019"}]}),
        ({"places": ["Helsinki", "fi-091", "SE-0180", "Skåne"]}, {"places": ["fi-091", "se-0180", "se-12"]}),
        ({"occupations": ["2512", "ISCO-25", "isco-2512"]}, {"occupations": ["isco-2512", "isco-25"]}),
        ({"wishes": {"from": "2027-03"}}, {"wishes": {"from": "2027-03-01"}}),
        ({"wishes": {"salary_min": 3000.50}}, {"wishes": {"salary_min": 3000.5, "salary_currency": "EUR"}}),
        ({"contact": {"url": "kaisa.example/cv"}}, {"contact": {"url": "https://kaisa.example/cv"}}),
        ({"contact": {"phone": "(09) 123-456"}}, {"contact": {"phone": "(09) 123-456"}}),
        ({"headline": "<b>Kokki</b>\n &amp; leipuri"}, {"headline": "Kokki & leipuri"}),
        ({"summary": "<ul><li>yksi<li>kaksi</ul>"}, {"summary": "yksi\nkaksi"}),
        ({"summary": "3 < 5 & <senior>"}, {"summary": "3 < 5 & <senior>"}),
        ({"summary": "a\0b\x07c\u202ed\ud800"}, {"summary": "abcd"}),
        ({"headline": unicodedata.normalize("NFD", "Ääkkönen")}, {"headline": "Ääkkönen"}),
    ],
)
def test_forms_that_can_only_mean_one_thing_are_read(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert load_cv(given) == kept


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        ([], "", "is not an object"),
        ({"hedline": "x"}, "hedline", "is not a known field"),
        ({"experience": [{"salary": 1}]}, "experience[0].salary", "is not a known field"),
        ({"experience": "Kokki"}, "experience", "is not a list"),
        ({"experience": ["Kokki"]}, "experience[0]", "is not an object"),
        ({"contact": "Kaisa"}, "contact", "is not an object"),
        ({"headline": 5}, "headline", "is not text"),
        ({"headline": "a" * 201}, "headline", "is 201 characters long"),
        ({"summary": "a" * (LONGEST_TEXT + 1)}, "summary", "is 5,001 characters long"),
        ({"skills": [f"s{n}" for n in range(MOST_SKILLS + 1)]}, "skills", "has 201 entries"),
        ({"places": ["fi"] * (MOST_ITEMS + 1)}, "places", "has 101 entries"),
        ({"skills": [{"name": "SQL", "level": "Master"}]}, "skills[0]", "is an object with other members than name"),
        ({"language": "de"}, "language", "is not known"),
        ({"languages": ["Klingon"]}, "languages[0].language", "is not known"),
        ({"languages": [{"level": "B2"}]}, "languages[0].language", "is missing"),
        ({"languages": [{"language": "fi", "level": "good"}]}, "languages[0].level", "is not known"),
        ({"languages": ["fi", "Finnish"]}, "languages", "names a language twice"),
        ({"places": ["fi-091", "fi-999"]}, "places[1]", "is not known"),
        ({"occupations": ["isco-99999"]}, "occupations[0]", "is not known"),
        ({"contact": {"email": "kaisa"}}, "contact.email", "is not an e-mail address"),
        ({"contact": {"phone": "ask me"}}, "contact.phone", "is not a telephone number"),
        ({"contact": {"url": "javascript:alert(1)"}}, "contact.url", "is not a web address"),
        ({"wishes": {"employment": ["gig"]}}, "wishes.employment[0]", "is not known"),
        ({"wishes": {"remote": "yes"}}, "wishes.remote", "is neither true nor false"),
        ({"wishes": {"salary_min": -1}}, "wishes.salary_min", "is not more than 0"),
        ({"wishes": {"salary_min": float("nan")}}, "wishes.salary_min", "is not a number"),
        ({"wishes": {"salary_currency": "BTC"}}, "wishes.salary_currency", "is not known"),
    ],
)
def test_what_cannot_be_kept_is_told_by_its_path(data: object, field: str, reason: str) -> None:
    problem = _problem(data)
    assert (problem.field, problem.reason) == (field, reason)
    assert problem.right


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2019-13", "has a month that is not between 01 and 12"),
        ("2019-00", "has a month that is not between 01 and 12"),
        ("2019-02-30", "has a day that its month does not have"),
        ("2023-02-29", "has a day that its month does not have"),
        ("0001", "is before 1900"),
        ("0001-01-01", "is before 1900"),
        ("9999", "is more than 30 years ahead"),
        ("last year", "is not a date"),
        ("15.8.2019", "is not a date"),
        ("2019-8", "is not a date"),
        ("٢٠١٩", "is not a date"),
        (True, "is not text"),
        (2019.5, "is not text"),
    ],
)
@pytest.mark.parametrize("path", ["experience[0].start", "education[0].end", "wishes.from"])
def test_a_wrong_date_says_what_is_wrong_with_it(written: object, reason: str, path: str) -> None:
    part, member = path.replace("[0]", "").split(".")
    problem = _problem({part: {member: written} if part == "wishes" else [{member: written}]})
    assert (problem.field, problem.reason) == (path, reason)
    assert "2019-08" in problem.right or "2027-01-15" in problem.right


@pytest.mark.parametrize(
    ("start", "end", "good"),
    [
        ("2020", "2019", False),
        ("2020", "2019-12", False),
        ("2019-08", "2019-07-31", False),
        ("2019-08-15", "2019-08-14", False),
        ("2019-08", "2019", True),
        ("2019", "2019-01", True),
        ("2019-08-15", "2019-08", True),
        ("2019-08-15", "2019-08-15", True),
    ],
)
def test_an_end_before_the_start_is_told_as_far_as_both_are_exact(start: str, end: str, good: bool) -> None:
    data = {"experience": [{"title": "Kokki", "start": start, "end": end}]}
    if good:
        assert load_cv(data) == data
    else:
        problem = _problem(data)
        assert (problem.field, problem.reason) == ("experience[0].end", "is before start")


@pytest.mark.promise("A7")
@pytest.mark.parametrize("consent", [{}, {"consent": None}, {"consent": False}, {"consent": "true"}, {"consent": 1}])
def test_a_reference_person_without_consent_is_not_kept(consent: dict[str, Any]) -> None:
    problem = _problem({"references": [{"name": "Olli Malli", **consent}]})
    assert problem.field == "references[0].consent"
    assert "agreed" in problem.right


def test_every_problem_is_told_at_once_and_none_repeats_what_was_written() -> None:
    problems = _problems(
        {
            "headline": "a" * 201,
            "experience": [{"start": "Kaisa"}],
            "places": ["Kaisa"],
            "occupations": ["Kaisa"],
            "languages": ["Kaisa"],
            "contact": {"email": "Kaisa", "phone": "Kaisa", "url": "Kaisa"},
        }
    )
    assert [problem.field for problem in problems] == [
        "headline",
        "experience[0].start",
        "languages[0].language",
        "places[0]",
        "occupations[0]",
        "contact.email",
        "contact.phone",
        "contact.url",
    ]
    assert not any("Kaisa" in f"{problem}" for problem in problems)


def test_what_is_too_large_or_too_deep_is_refused_before_it_is_read() -> None:
    large = {"experience": [{"title": "x", "description": "å" * 4_000}] * 50}
    assert _problem(large).right == f"at most {LARGEST:,} bytes of JSON"
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert _problem({"skills": deep}).reason == "is nested too deeply"


def test_a_schema_for_the_description_of_the_api() -> None:
    assert list(CvSchema().fields) == list(GOOD)


_TEXTS = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    ["&amp;lt;b&gt;", "&amp;amp;amp;", "<p>a<p>b", "a\r\n\n\tb", "<script>x</script>", "a\u0338>", "&#x3c;b>"]
)


@given(_TEXTS, _TEXTS)
def test_reading_again_changes_nothing(line: str, text: str) -> None:
    once = load_cv({"headline": line, "summary": text, "skills": [line], "experience": [{"description": text}]})
    assert load_cv(once) == once


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "title", "x"]), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "x"]), _ANYTHING))
def test_anything_is_either_read_or_refused_with_paths(data: dict[str, Any]) -> None:
    problems = None
    try:
        read = load_cv(data)
    except Invalid as invalid:
        problems = invalid.problems
    if problems is None:
        assert load_cv(read) == read
    else:
        assert problems
        assert all(problem.reason and problem.right for problem in problems)
