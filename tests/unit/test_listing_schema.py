"""What an employer may hand in as a listing; the answer to a bad one says where, why and what would be right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.listing_schema import ListingSchema, load_listing
from api.schema_problems import MOST_PROBLEMS
from store import clock
from store.errors import Invalid, Problem
from store.listing_input import ListingInput

GOOD: dict[str, Any] = {
    "reference": "A-1",
    "title": "Kokki",
    "description": "<p>Etsimme kokkia.</p>",
    "language": "fi",
    "employer": "Ravintola Saari Oy",
    "places": ["fi-091"],
    "occupation": "isco-5120",
    "employment": ["full_time", "permanent"],
    "salary": {"min": 2500, "max": 2800.5, "currency": "EUR", "period": "month"},
    "published_at": "2026-06-01",
    "deadline": "2099-06-30",
    "apply": {"url": "https://saari.example.fi/tyot/1", "email": "rekry@Saari.example.fi"},
    "site": "ravintolat",
}

LEFT_OUT = object()


def _with(**changes: Any) -> dict[str, Any]:
    return {field: value for field, value in {**GOOD, **changes}.items() if value is not LEFT_OUT}


def _problems(data: object, reference: str | None = None) -> list[Problem]:
    with pytest.raises(Invalid) as refused:
        load_listing(data, reference)
    return refused.value.problems


@pytest.mark.promise("L1")
def test_a_good_listing_comes_out_normalised() -> None:
    assert load_listing(GOOD) == ListingInput(
        reference="A-1",
        title="Kokki",
        description="<p>Etsimme kokkia.</p>",
        language="fi",
        employer="Ravintola Saari Oy",
        places=("fi-091",),
        occupation="isco-5120",
        employment=("full_time", "permanent"),
        remote=False,
        salary_min=Decimal("2500"),
        salary_max=Decimal("2800.5"),
        salary_currency="EUR",
        salary_period="month",
        published_at=datetime(2026, 5, 31, 21, 0, tzinfo=UTC),
        deadline=datetime(2099, 6, 30, 20, 59, 59, tzinfo=UTC),
        apply_url="https://saari.example.fi/tyot/1",
        apply_email="rekry@saari.example.fi",
        site="ravintolat",
    )


def test_what_is_optional_may_be_missing_or_null() -> None:
    optional = ("occupation", "employment", "salary", "published_at", "deadline", "site", "remote")
    missing = load_listing(_with(**dict.fromkeys(optional, LEFT_OUT)))
    null = load_listing(_with(**dict.fromkeys(optional, None)))
    assert missing == null
    assert missing.employment == ()
    assert missing.remote is False
    assert (missing.salary_min, missing.salary_currency, missing.deadline, missing.published_at) == (None,) * 4


@pytest.mark.parametrize(
    ("changes", "field", "reason", "right"),
    [
        ({"title": LEFT_OUT}, "title", "is missing", "1 to 200"),
        ({"title": None}, "title", "is null", "1 to 200"),
        ({"title": 5}, "title", "is not text", "1 to 200"),
        ({"title": "<b> </b>"}, "title", "has no words", "1 to 200"),
        ({"title": "x" * 201}, "title", "is 201 characters long", "1 to 200"),
        ({"title": "x" * 100_000}, "title", "is 100,000 characters long", "1 to 200"),
        ({"employer": ""}, "employer", "has no words", "1 to 200"),
        ({"reference": LEFT_OUT}, "reference", "is missing", "200"),
        ({"reference": "  "}, "reference", "is empty", "200"),
        ({"reference": "a\0"}, "reference", "cannot be printed", "200"),
        ({"reference": "x" * 201}, "reference", "is 201 characters long", "200"),
        ({"description": "<p><img src=x></p>"}, "description", "has no words", "1 to 50,000"),
        ({"description": "x" * 50_001}, "description", "has 50,001 characters", "1 to 50,000"),
        ({"description": "<p>" * 70_000}, "description", "is 210,000 characters long", "200,000"),
        ({"language": "de"}, "language", 'is "de", which is not known', "fi, sv or en"),
        ({"places": "fi-091"}, "places", "is not a list", "1 to 50"),
        ({"places": {"fi-091": 1}}, "places", "is not a list", "1 to 50"),
        ({"places": []}, "places", "names no place", "remote"),
        ({"places": LEFT_OUT}, "places", "names no place", "remote"),
        ({"places": ["fi"] * 51}, "places", "has 51 entries", "1 to 50"),
        ({"places": ["fi-091", "fi-999"]}, "places[1]", 'is "fi-999"', "an official code"),
        ({"places": ["Helsinki"]}, "places[0]", 'is "Helsinki"', 'did you mean "fi-091"?'),
        ({"places": ["SE-0180"]}, "places[0]", 'is "SE-0180"', 'did you mean "se-0180"?'),
        ({"places": [91]}, "places[0]", "is not text", "an official code"),
        ({"occupation": "2512"}, "occupation", 'is "2512"', "isco-2512"),
        ({"employment": ["Full-time"]}, "employment[0]", 'is "Full-time"', 'did you mean "full_time"?'),
        ({"employment": ["x" * 99]}, "employment[0]", "is not known", "full_time"),
        ({"remote": "true"}, "remote", "is neither true nor false", "without quotes"),
        ({"remote": 1}, "remote", "is neither true nor false", "without quotes"),
        ({"salary": 2500}, "salary", "is not an object", "min, max, currency and period"),
        ({"salary": {"currency": "EUR", "period": "month"}}, "salary", "names no amount", "min, max or both"),
        ({"salary": {"min": 1, "period": "month"}}, "salary.currency", "is missing", "SEK"),
        ({"salary": {"min": 1, "currency": "GBP", "period": "month"}}, "salary.currency", "GBP", "SEK"),
        ({"salary": {"min": 1, "currency": "EUR", "period": "week"}}, "salary.period", "week", "hour, month, year"),
        ({"salary": {**GOOD["salary"], "min": 3000}}, "salary.max", "is less than min", "min first"),
        ({"salary": {**GOOD["salary"], "min": 0}}, "salary.min", "is not more than 0", "above 0"),
        ({"salary": {**GOOD["salary"], "min": "2500"}}, "salary.min", "is not a number", "without quotes"),
        ({"salary": {**GOOD["salary"], "min": True}}, "salary.min", "is not a number", "without quotes"),
        ({"salary": {**GOOD["salary"], "min": float("nan")}}, "salary.min", "is not a number", "without quotes"),
        ({"salary": {**GOOD["salary"], "min": Decimal("1e-99999")}}, "salary.min", "two decimals", "two decimals"),
        (
            {"salary": {**GOOD["salary"], "max": Decimal("1e99999")}},
            "salary.max",
            "is more than 99,999,999.99",
            "above 0",
        ),
        ({"salary": {**GOOD["salary"], "curency": "EUR"}}, "salary.curency", "is not a known field", '"currency"'),
        ({"deadline": "30.6.2099"}, "deadline", "ISO 8601", "2026-11-30"),
        ({"deadline": "2098-02-29"}, "deadline", "is not in the calendar", "2026-11-30"),
        ({"deadline": "9999-12-31"}, "deadline", "is not in this century", "2026-11-30"),
        ({"deadline": 1782777600}, "deadline", "is not text", "2026-11-30"),
        ({"published_at": "2001-06-01", "deadline": "2001-06-02"}, "deadline", "is in the past", "still to come"),
        ({"published_at": "2099-07-01"}, "deadline", "is before published_at", "after published_at"),
        ({"apply": LEFT_OUT}, "apply", "is missing", "url, email or both"),
        ({"apply": {}}, "apply", "neither where nor to whom", "url, email or both"),
        ({"apply": "https://saari.example.fi"}, "apply", "is not an object", "url, email or both"),
        ({"apply": {"url": "javascript:alert(1)"}}, "apply.url", "is not a web address", "https://"),
        ({"apply": {"url": "https://saari"}}, "apply.url", "is not a web address", "https://"),
        ({"apply": {"url": "https://[saari.example.fi"}}, "apply.url", "is not a web address", "https://"),
        ({"apply": {"url": "https://saari.example.fi:port/"}}, "apply.url", "is not a web address", "https://"),
        ({"apply": {"url": "https://saari.example.fi/a b"}}, "apply.url", "holds blanks", "https://"),
        ({"apply": {"url": "https://a:b@saari.example.fi/"}}, "apply.url", "holds a user name", "https://"),
        (
            {"apply": {"url": "https://saari.example.fi/" + "x" * 2000}},
            "apply.url",
            "is 2,025 characters long",
            "2,000",
        ),
        ({"apply": {"email": "rekry at saari"}}, "apply.email", "is not an e-mail address", "rekry@example.fi"),
        ({"apply": {"email": 1}}, "apply.email", "is not text", "rekry@example.fi"),
        ({"site": "Our Site"}, "site", "is no key of a site", "a-z"),
        ({"titel": "Kokki"}, "titel", "is not a known field", 'did you mean "title"?'),
        ({"colour": "red"}, "colour", "is not a known field", "only: reference, title"),
        ({"x" * 1_000_000: 1}, "…", "is not a known field", "only: reference, title"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_problem_says_which_field_why_and_what_is_right(
    changes: dict[str, Any], field: str, reason: str, right: str
) -> None:
    (problem,) = _problems(_with(**changes))
    assert problem.field == field
    assert reason in problem.reason
    assert right in problem.right


def test_all_problems_come_at_once_in_the_order_of_the_schema() -> None:
    problems = _problems(
        {"titel": "x", "reference": "A", "description": 1, "language": "fi", "employer": "E", "apply": {"email": "x"}}
    )
    assert [problem.field for problem in problems] == ["title", "description", "places", "apply.email", "titel"]


def test_of_countless_problems_the_first_are_told() -> None:
    problems = _problems(_with(**{f"field_{number}": 1 for number in range(1000)}))
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].reason == f"has {1000 - MOST_PROBLEMS} more problems"


@pytest.mark.parametrize("data", [None, [], "listing", 3])
def test_what_is_no_object_is_no_listing(data: object) -> None:
    assert _problems(data) == [Problem("", "is not an object", "a JSON object with the fields of a listing")]


def test_the_address_can_name_the_reference() -> None:
    assert load_listing(_with(reference=LEFT_OUT), "B-2").reference == "B-2"
    assert load_listing(_with(reference=None), "B-2").reference == "B-2"
    assert load_listing(GOOD, "A-1").reference == "A-1"
    (problem,) = _problems(GOOD, "B-2")
    assert (problem.field, problem.reason) == ("reference", "differs from the one in the address")


@pytest.mark.parametrize(
    ("place", "language", "published_at", "deadline", "in_utc"),
    [
        ("fi-091", "fi", "2026-06-01", "2099-06-30", ("2026-05-31T21:00:00", "2099-06-30T20:59:59")),
        ("se-0180", "sv", "2026-06-01", "2099-06-30", ("2026-05-31T22:00:00", "2099-06-30T21:59:59")),
        ("se-0180", "en", "2026-12-01T08:00", "2099-01-15T16:00:00", ("2026-12-01T07:00:00", "2099-01-15T15:00:00")),
        ("fi-091", "en", "2026-12-01T08:00", "2099-01-15T16:00:00", ("2026-12-01T06:00:00", "2099-01-15T14:00:00")),
        (None, "sv", "2026-12-01T08:00", "2099-01-15T16:00:00", ("2026-12-01T07:00:00", "2099-01-15T15:00:00")),
        (
            None,
            "fi",
            "2026-12-01 08:00:00.5",
            "2099-01-15T16:00",
            ("2026-12-01T06:00:00.500000", "2099-01-15T14:00:00"),
        ),
        ("fi", "fi", "2026-12-01T08:00:00Z", "2099-01-15T16:00+0100", ("2026-12-01T08:00:00", "2099-01-15T15:00:00")),
    ],
)
def test_times_without_offset_are_local_and_a_deadline_includes_its_day(
    place: str | None, language: str, published_at: str, deadline: str, in_utc: tuple[str, str]
) -> None:
    where = {"places": [place] if place else [], "remote": not place}
    listing = load_listing(_with(language=language, published_at=published_at, deadline=deadline, **where))
    assert (listing.published_at, listing.deadline) == tuple(datetime.fromisoformat(f"{at}+00:00") for at in in_utc)


def test_a_deadline_today_is_still_to_come() -> None:
    today = clock.now().astimezone(UTC).date()
    listing = load_listing(_with(published_at=LEFT_OUT, deadline=(today + timedelta(days=1)).isoformat()))
    assert listing.deadline is not None
    assert listing.deadline > clock.now()


def test_codes_are_kept_once_and_remote_work_needs_no_place() -> None:
    assert load_listing(_with(places=["fi-091", "fi", "fi-091"])).places == ("fi-091", "fi")
    listing = load_listing(_with(places=[], remote=True))
    assert listing.remote is True
    assert listing.places == ()


def test_text_is_made_safe() -> None:
    listing = load_listing(_with(title="<b>Kokki</b>,\n Turku ", description="Yksi\n\n<script>kaksi</script>kolme"))
    assert listing.title == "Kokki, Turku"
    assert listing.description == "<p>Yksi</p><p>kolme</p>"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fi", "Etsimme osaavaa lähihoitajaa kotihoidon tiimiin Ouluun. Työ on vakituinen ja alkaa heti."),
        ("sv", "Vi söker en undersköterska till hemtjänsten i Umeå. Tjänsten är på heltid och du börjar snart."),
        ("en", "We are looking for a nurse to join our home care team. You enjoy meeting people and work well alone."),
    ],
)
def test_a_missing_language_is_recognised(language: str, text: str) -> None:
    assert load_listing(_with(language=LEFT_OUT, description=text)).language == language
    assert load_listing(_with(language=None, description=text)).language == language


@pytest.mark.parametrize(
    "text",
    [
        "Vi søker en dyktig medarbeider til vårt kontor i Oslo. Du har erfaring fra lignende stillinger.",
        "Vi søger en dygtig medarbejder til vores kontor i København, hvor du får en spændende hverdag.",
        "Otsime müüjat kauplusesse Tallinnas. Töö on täiskohaga ja algab kohe.",
        "+358 40 123 4567",
    ],
)
def test_a_language_in_doubt_is_asked_for(text: str) -> None:
    (problem,) = _problems(_with(language=LEFT_OUT, title="12", description=text))
    assert problem.field == "language"
    assert "is missing, and the text does not show it" in problem.reason
    assert "fi, sv or en" in problem.right


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_fields = st.sampled_from([*ListingSchema().fields, "_schema", "x"])


@given(st.dictionaries(_fields, _json, max_size=6), st.booleans())
def test_whatever_json_is_handed_in_is_a_listing_or_problems(changes: dict[str, Any], alone: bool) -> None:
    problems: list[Problem] = []
    try:
        load_listing(changes if alone else {**GOOD, **changes}).description.encode()
    except Invalid as invalid:
        problems = invalid.problems
        assert problems, "refused for no reason"
    assert all(problem.reason and problem.right for problem in problems)
