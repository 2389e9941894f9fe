"""schema.org JobPosting as it is found in the wild: documents, graphs and pages, in the shapes that JSON-LD allows."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import feeds
from api.feed_places import code
from api.feed_record import Record
from store.listing_input import ListingInput
from store.places import all as all_places

POSTING: dict[str, Any] = {
    "@context": "https://schema.org/",
    "@type": "JobPosting",
    "title": "Lähihoitaja",
    "description": "<p>Etsimme lähihoitajaa kotihoidon tiimiin Ouluun.</p>",
    "datePosted": "2026-06-01",
    "validThrough": "2099-06-30",
    "inLanguage": "fi-FI",
    "employmentType": ["FULL_TIME", "PERMANENT"],
    "hiringOrganization": {"@type": "Organization", "name": "Hoiva Oy", "sameAs": "https://hoiva.example.fi"},
    "jobLocation": {
        "@type": "Place",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Kirkkokatu 1",
            "addressLocality": "Oulu",
            "postalCode": "90100",
            "addressCountry": "FI",
        },
    },
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "EUR",
        "value": {"@type": "QuantitativeValue", "minValue": 2500, "maxValue": "2800.50", "unitText": "MONTH"},
    },
    "identifier": {"@type": "PropertyValue", "name": "Hoiva Oy", "value": "H-1"},
    "occupationalCategory": "5322",
    "url": "https://hoiva.example.fi/tyot/1",
    "applicationContact": {"@type": "ContactPoint", "email": "mailto:rekry@hoiva.example.fi"},
    "directApply": True,
}
LEFT_OUT = object()


def posting(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**POSTING, **changes}.items() if value is not LEFT_OUT}


def read(feed: Any, format: str | None = None) -> list[Record]:
    written = feed if isinstance(feed, str) else json.dumps(feed, ensure_ascii=False)
    records = list(feeds.read(io.BytesIO(written.encode()), format))
    assert all((record.data is None) == bool(record.problems) for record in records)
    return records


def listing(**changes: Any) -> ListingInput:
    (record,) = read(posting(**changes))
    assert record.problems == []
    assert record.data is not None
    return record.data


def page(*scripts: str) -> str:
    inside = "\n".join(f'<script type="application/ld+json">\n{script}\n</script>' for script in scripts)
    return f"<!DOCTYPE html>\n<html lang=fi><head><meta charset=utf-8><title>Työ</title>\n{inside}</head><p>Hei</html>"


@pytest.mark.promise("L1")
def test_a_posting_becomes_a_listing() -> None:
    assert listing() == ListingInput(
        reference="H-1",
        title="Lähihoitaja",
        description="<p>Etsimme lähihoitajaa kotihoidon tiimiin Ouluun.</p>",
        language="fi",
        employer="Hoiva Oy",
        places=("fi-564",),
        occupation="isco-5322",
        employment=("full_time", "permanent"),
        remote=False,
        salary_min=Decimal("2500"),
        salary_max=Decimal("2800.5"),
        salary_currency="EUR",
        salary_period="month",
        published_at=datetime(2026, 5, 31, 21, 0, tzinfo=UTC),
        deadline=datetime(2099, 6, 30, 20, 59, 59, tzinfo=UTC),
        apply_url="https://hoiva.example.fi/tyot/1",
        apply_email="rekry@hoiva.example.fi",
        site=None,
    )


def test_the_least_that_a_posting_must_have() -> None:
    known = ("title", "description", "hiringOrganization", "jobLocation", "url", "@type", "@context", "inLanguage")
    least = listing(**{key: LEFT_OUT for key in POSTING if key not in known})
    assert least.reference == least.apply_url == "https://hoiva.example.fi/tyot/1"
    assert (least.salary_currency, least.deadline, least.occupation) == (None, None, None)


@pytest.mark.promise("L1")
def test_arrays_graphs_and_what_is_no_posting() -> None:
    one, two = json.dumps(posting()), json.dumps(posting(identifier="H-2"))
    other = '{"@type": "BreadcrumbList", "itemListElement": []}'
    for feed, lines in (
        (f"[{one},\n{other},\n{two}]", [1, 3]),
        (f'{{"@context": "https://schema.org", "@graph": [\n{one},\n{other},\n{two}]}}', [2, 4]),
        (f'[{{"@graph": [{one}, {other}, {two}]}}]', [1, 1]),
        (json.dumps(posting(**{"@type": ["Thing", "https://schema.org/JobPosting"]}), indent=1), [1]),
    ):
        records = read(feed, "jobposting")
        assert [record.line for record in records if record.data] == lines
    for nothing in (other, "[]", "{}", "3", "null", page(), page(other), "<p>"):
        (record,) = read(nothing, "jobposting")
        assert record.problems[0].reason == "holds no JobPosting"


@pytest.mark.promise("L1")
def test_pages_hold_postings_for_search_engines() -> None:
    one, two = (
        json.dumps(posting()),
        json.dumps(posting(identifier="H-2", description="Yksi\n\nKaksi")).replace("\\n", "\n"),
    )
    web = page(one, "{broken", '{"@type": "WebSite"}', two)
    for text in (web, web.replace("\n", "\r\n")):
        records = read(text)
        assert [record.line for record in records] == [4, 7, 13]
        assert [record.data and record.data.reference for record in records] == ["H-1", None, "H-2"]
        assert records[1].problems[0].reason == "is not JSON: expecting a name in double quotes"
        assert records[2].data is not None
        assert records[2].data.description == "<p>Yksi</p><p>Kaksi</p>"


def test_unreadable_bytes_of_a_page_hurt_one_posting() -> None:
    web = page(json.dumps(posting()), json.dumps(posting(identifier="H-2", title="Ä"), ensure_ascii=False))
    records = list(feeds.read(io.BytesIO(web.replace("Työ", "Tyo").encode("latin-1")), None))
    assert [record.data is not None for record in records] == [True, False]
    assert records[1].problems[0].reason.startswith("byte 70 of line 7 (0xC4) is not UTF-8")


def test_pages_in_old_encodings_say_so() -> None:
    web = page(json.dumps(posting(title="Lähihoitaja"), ensure_ascii=False)).replace("utf-8", '"iso-8859-1"')
    (record,) = feeds.read(io.BytesIO(web.encode("latin-1")), None)
    assert record.data is not None
    assert record.data.title == "Lähihoitaja"


def test_a_page_that_is_nested_too_deeply_says_where_reading_ended() -> None:
    web = page(json.dumps(posting())).replace(
        "<p>Hei", "\n" + "<div>" * 300 + f"<script>{json.dumps(posting())}</script>"
    )
    good, last = read(web)
    assert good.data is not None
    assert (last.line, last.problems[0].reason) == (6, "cannot be read beyond this line")


def test_a_document_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.feed_jobposting.LONGEST_DOCUMENT", 1000)
    (record,) = read(posting(description="x" * 1000))
    assert record.problems[0].reason == "is longer than 1,000 characters"


@pytest.mark.parametrize(
    ("location", "places"),
    [
        ([POSTING["jobLocation"], {"address": {"addressLocality": "Uleåborg"}}], ("fi-564",)),
        (
            [POSTING["jobLocation"], {"address": {"addressLocality": "Umeå", "addressCountry": "SE"}}],
            ("fi-564", "se-2480"),
        ),
        (
            {"address": {"addressRegion": "Uusimaa", "addressCountry": {"@type": "Country", "name": "Suomi"}}},
            ("fi-r01",),
        ),
        ({"address": {"addressCountry": "FIN"}}, ("fi",)),
        ({"address": "Oulu"}, ("fi-564",)),
        ({"@type": "PostalAddress", "addressLocality": "Oulu"}, ("fi-564",)),
        ("90100 Oulu, Suomi", ("fi-564",)),
    ],
)
def test_places(location: Any, places: tuple[str, ...]) -> None:
    assert listing(jobLocation=location).places == places


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_place_is_found_by_its_names_and_country(language: str) -> None:
    found = {}
    for place in all_places():
        around = {place.kind: place.names()[language]}
        country = place.code[:2].upper()
        found[place.code] = code(around.get("municipality", ""), around.get("region", ""), country)
    assert {asked: answer for asked, answer in found.items() if asked != answer} == {}


def test_work_from_home() -> None:
    home = listing(
        jobLocation=LEFT_OUT, jobLocationType="TELECOMMUTE", applicantLocationRequirements={"name": "Finland"}
    )
    assert (home.remote, home.places) == (True, ("fi",))
    assert listing(jobLocation=LEFT_OUT, jobLocationType=["TELECOMMUTE"]).places == ()
    assert listing(jobLocationType="TELECOMMUTE", applicantLocationRequirements={"name": "FI"}).places == ("fi-564",)


@pytest.mark.parametrize(
    ("category", "occupation"),
    [
        ("isco-5322", "isco-5322"),
        ("ISCO-08: 53", "isco-53"),
        ("http://data.europa.eu/esco/isco/C5322", "isco-5322"),
        ({"@type": "CategoryCode", "codeValue": "5322", "inCodeSet": "ISCO-08"}, "isco-5322"),
        ({"@type": "CategoryCode", "codeValue": "5322", "inCodeSet": {"name": "SSYK 2012"}}, None),
        (["31-1120.00", "5322"], "isco-5322"),
        ("31-1120.00 Home Health Aides", None),
        ("53", None),
        ("0000", None),
        (5322, "isco-5322"),
    ],
)
def test_occupations_are_taken_from_isco_and_esco(category: Any, occupation: str | None) -> None:
    assert listing(occupationalCategory=category).occupation == occupation


@pytest.mark.parametrize(
    ("changes", "salary"),
    [
        ({"baseSalary": LEFT_OUT}, (None, None, None, None)),
        ({"baseSalary": {"currency": "EUR", "value": {"unitText": "MONTH"}}}, (None, None, None, None)),
        ({"baseSalary": {"currency": "sek", "value": {"value": 200, "unitText": "HUR"}}}, (200, 200, "SEK", "hour")),
        (
            {"baseSalary": [{"currency": "EUR", "minValue": "2500", "unitText": "Monthly"}]},
            (2500, None, "EUR", "month"),
        ),
        ({"baseSalary": {"currency": "EUR", "value": 40000, "unitText": "YEAR"}}, (40000, 40000, "EUR", "year")),
        (
            {"baseSalary": {"value": {"maxValue": 3000, "unitText": "MON"}}, "salaryCurrency": "EUR"},
            (None, 3000, "EUR", "month"),
        ),
    ],
)
def test_salaries(changes: dict[str, Any], salary: tuple[Any, ...]) -> None:
    found = listing(**changes)
    assert (found.salary_min, found.salary_max, found.salary_currency, found.salary_period) == salary


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"identifier": "H-9"}, {"reference": "H-9"}),
        ({"identifier": 17}, {"reference": "17"}),
        ({"identifier": [{"value": "H-9"}]}, {"reference": "H-9"}),
        (
            {"identifier": LEFT_OUT, "url": LEFT_OUT, "@id": "https://hoiva.example.fi/2"},
            {"reference": "https://hoiva.example.fi/2"},
        ),
        (
            {"url": LEFT_OUT, "mainEntityOfPage": {"@id": "https://hoiva.example.fi/3"}},
            {"apply_url": "https://hoiva.example.fi/3"},
        ),
        ({"title": LEFT_OUT, "name": "Sairaanhoitaja"}, {"title": "Sairaanhoitaja"}),
        ({"title": {"@value": "Sairaanhoitaja", "@language": "fi"}}, {"title": "Sairaanhoitaja"}),
        ({"hiringOrganization": "Hoiva"}, {"employer": "Hoiva"}),
        ({"inLanguage": {"@type": "Language", "name": "Finnish", "alternateName": "fi"}}, {"language": "fi"}),
        ({"inLanguage": LEFT_OUT}, {"language": "fi"}),
        ({"employmentType": "https://schema.org/PART_TIME, Intern"}, {"employment": ("part_time", "internship")}),
        ({"employmentType": ["OTHER", "FULL_TIME", "full-time"]}, {"employment": ("full_time",)}),
        ({"employmentType": None}, {"employment": ()}),
    ],
)
def test_the_same_thing_is_written_in_many_ways(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    found = listing(**changes)
    assert {field: getattr(found, field) for field in expected} == expected


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"title": LEFT_OUT}, "title", "is missing"),
        ({"title": []}, "title", "is missing"),
        ({"description": {"de": "Wir"}}, "description", "is missing"),
        ({"inLanguage": "de"}, "inLanguage", 'is "de", which is not known'),
        ({"hiringOrganization": {"@type": "Organization"}}, "hiringOrganization.name", "is missing"),
        ({"jobLocation": LEFT_OUT}, "jobLocation", "names no place"),
        ({"jobLocation": {"address": {"postalCode": "90100"}}}, "jobLocation", "names no place"),
        ({"jobLocation": {"address": {"addressLocality": "Oz"}}}, "jobLocation", 'is "Oz", which is not known here'),
        (
            {"jobLocation": {"address": {"addressCountry": "Norge"}}},
            "jobLocation",
            'is "Norge", which is not known here',
        ),
        ({"jobLocation": "x" * 99}, "jobLocation", 'is "…", which is not known here'),
        (
            {
                "jobLocation": LEFT_OUT,
                "jobLocationType": "TELECOMMUTE",
                "applicantLocationRequirements": [{"name": "USA"}],
            },
            "applicantLocationRequirements",
            'is "USA"',
        ),
        ({"employmentType": "VOLUNTEER"}, "employmentType", 'is "VOLUNTEER", which is not known'),
        (
            {"baseSalary": {"currency": "EUR", "value": {"value": "n. 3000", "unitText": "MONTH"}}},
            "baseSalary",
            '"n. 3000"',
        ),
        (
            {"baseSalary": {"currency": "EUR", "value": {"value": 600, "unitText": "WEEK"}}},
            "baseSalary.value.unitText",
            "WEEK",
        ),
        ({"baseSalary": {"currency": "EUR", "value": 600}}, "baseSalary.value.unitText", "is missing"),
        ({"baseSalary": {"value": {"value": 600, "unitText": "MONTH"}}}, "baseSalary.currency", "is missing"),
        (
            {"baseSalary": {"currency": "EUR", "value": {"value": 0, "unitText": "HOUR"}}},
            "baseSalary.value.minValue",
            "more than 0",
        ),
        ({"validThrough": "2099"}, "validThrough", "ISO 8601"),
        ({"datePosted": "1.6.2026"}, "datePosted", "ISO 8601"),
        ({"url": "/tyot/1"}, "url", "is not a web address"),
        ({"applicationContact": {"email": "rekry"}}, "applicationContact.email", "is not an e-mail address"),
        ({"identifier": "x" * 201}, "identifier", "201 characters"),
    ],
    ids=lambda value: str(value)[:50],
)
@pytest.mark.promise("L1")
def test_a_problem_is_told_in_the_words_of_schema_org(changes: dict[str, Any], field: str, reason: str) -> None:
    (record,) = read(posting(**changes))
    told = {problem.field: problem for problem in record.problems}
    assert reason in told[field].reason
    assert told[field].right


def test_a_doubtful_posting_is_refused_whole() -> None:
    (record,) = read(json.dumps(posting())[:-1] + ', "title": "Toinen"}')
    assert record.problems[0].reason == "is there twice"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@value", "value", "name", "address", "minValue", "@graph"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([*POSTING, "jobLocationType", "applicantLocationRequirements"]), _json, max_size=5)
)
def test_whatever_a_posting_holds_is_a_listing_or_problems(changes: dict[str, Any]) -> None:
    for record in read(posting(**changes), "jobposting"):
        assert all(problem.reason and problem.right for problem in record.problems)
