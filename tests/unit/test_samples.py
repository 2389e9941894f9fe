"""The sample listings: in the shape that an employer sends, varied, lawful, and never stale."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store import occupations, places

FILE = Path(__file__).resolve().parents[2] / "samples" / "listings.ndjson"
MUST = {"reference", "title", "description", "language", "employer", "places", "employment", "apply"}
MAY = {"occupation", "remote", "salary", "deadline"}
EMPLOYMENT = {
    "full_time",
    "part_time",
    "temporary",
    "permanent",
    "seasonal",
    "internship",
    "freelance",
    "apprenticeship",
}
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
SITE = re.compile(r"(?:https?://|www\.)([\w.-]*\w)")
TELEPHONE = re.compile(r"(?:\+\d|\(0\d+\)|\b0\d{1,2}[ -]\d{3})[\d -]{4,}|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b")


@pytest.fixture(scope="module")
def listings() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_each_has_the_fields_of_a_listing_and_no_other(listings: list[dict[str, Any]]) -> None:
    for one in listings:
        assert MUST <= one.keys() <= MUST | MAY, one["reference"]
        for field in ("reference", "title", "description", "employer"):
            assert one[field] == one[field].strip() != "", one["reference"]
        assert len(one["title"]) <= 120
        assert isinstance(one["remote"], bool)
        assert set(one["employment"]) <= EMPLOYMENT
        assert len(one["employment"]) == len(set(one["employment"]))


def test_references_are_unique_and_there_are_enough_in_each_language(listings: list[dict[str, Any]]) -> None:
    assert len({one["reference"] for one in listings}) == len(listings)
    languages = Counter(one["language"] for one in listings)
    assert languages.keys() == {"fi", "sv", "en"}
    assert min(languages.values()) >= 110
    assert FILE.stat().st_size <= 900_000


def test_every_code_is_known(listings: list[dict[str, Any]]) -> None:
    for one in listings:
        assert one["places"], one["reference"]
        assert all(places.known(code) for code in one["places"]), one["reference"]
        assert len(one["places"]) == len(set(one["places"]))
        assert occupations.known(one.get("occupation", "isco-1")), one["reference"]


def test_a_text_names_the_place_that_the_code_says(listings: list[dict[str, Any]]) -> None:
    """The first four letters, at most, survive Finnish inflection of every municipality in the sample but these."""
    stems = {"Lahti": "Lah", "Turku": "Tur", "Vantaa": "Vant"}
    for one in listings:
        for code in one["places"]:
            name = places.label(code, one["language"])
            if one["language"] == "fi":
                name = stems.get(name, name[:4])
            assert code == "fi" or name in one["description"], (one["reference"], code)


def test_work_is_spread_over_both_countries_with_most_in_the_large_towns(listings: list[dict[str, Any]]) -> None:
    counted = Counter(code for one in listings for code in one["places"])
    assert len([code for code in counted if code.startswith("fi-")]) >= 30
    assert len([code for code in counted if code.startswith("se-")]) >= 28
    assert counted["fi-091"] > counted["fi-837"] > counted["fi-609"]
    assert counted["se-0180"] > counted["se-1480"] > counted["se-2584"]


@pytest.mark.parametrize(
    ("language", "word", "place", "least"),
    [
        ("fi", "sairaanhoitaja", "fi-837", 3),
        ("fi", "sairaanhoitaja", "fi-091", 3),
        ("fi", "ohjelmistokehittäjä", "fi-r01", 2),
        ("fi", "kokki", "fi", 6),
        ("fi", "opettaja", "fi", 8),
        ("fi", "kuljettaja", "fi", 6),
        ("sv", "sjuksköterska", "se-0180", 2),
        ("sv", "utvecklare", "se", 8),
        ("sv", "kock", "se", 4),
        ("sv", "sjuksköterska", "fi", 1),
        ("en", "developer", "fi", 2),
        ("en", "nurse", "se", 2),
    ],
)
def test_the_searches_of_the_demo_find_something(
    listings: list[dict[str, Any]], language: str, word: str, place: str, least: int
) -> None:
    found = [
        one["reference"]
        for one in listings
        if one["language"] == language
        and word in one["title"].lower()
        and any(place in places.ancestors(code) for code in one["places"])
    ]
    assert len(found) >= least


def test_nurses_carry_the_occupation_of_nurses(listings: list[dict[str, Any]]) -> None:
    nurses = [one for one in listings if one["title"].lower().startswith(("sairaanhoitaja", "sjuksköterska"))]
    assert len(nurses) >= 25
    assert all("isco-2221" in occupations.ancestors(one["occupation"]) for one in nurses)


def test_kinds_of_work_and_pay_are_varied(listings: list[dict[str, Any]]) -> None:
    assert {kind for one in listings for kind in one["employment"]} == EMPLOYMENT
    assert 20 <= sum(one["remote"] for one in listings) <= 80
    paid = [one["salary"] for one in listings if "salary" in one]
    assert Counter(pay["currency"] for pay in paid).keys() == {"EUR", "SEK"}
    assert {pay["period"] for pay in paid} == {"hour", "month"}
    assert 150 < len(paid) < len(listings)


def test_pay_is_a_span_in_the_money_of_the_country_and_possible(listings: list[dict[str, Any]]) -> None:
    possible = {
        ("EUR", "month"): (1500, 10_000),
        ("EUR", "hour"): (10, 40),
        ("SEK", "month"): (20_000, 110_000),
        ("SEK", "hour"): (120, 300),
    }
    currency = {"fi": "EUR", "se": "SEK"}
    for one in listings:
        pay = one.get("salary")
        if pay is None:
            continue
        assert pay.keys() == {"min", "max", "currency", "period"}
        low, high = possible[pay["currency"], pay["period"]]
        assert low <= pay["min"] <= pay["max"] <= high, one["reference"]
        assert pay["currency"] == currency[one["places"][0][:2]]


def test_the_sample_does_not_grow_stale(listings: list[dict[str, Any]]) -> None:
    deadlines = [one["deadline"] for one in listings if "deadline" in one]
    assert 3 <= len(deadlines) <= 20
    assert all(date.fromisoformat(deadline).year == 2099 for deadline in deadlines)
    for one in listings:
        assert not re.search(r"\b\d{1,2}\.\d{1,2}\.20\d\d\b", one["description"]), one["reference"]


def test_applications_go_nowhere_and_nobody_real_can_be_reached(listings: list[dict[str, Any]]) -> None:
    for one in listings:
        assert one["apply"].keys() in ({"url"}, {"email"})
        (way,) = one["apply"].values()
        reached = ADDRESS.findall(way) + SITE.findall(way)
        reached += ADDRESS.findall(one["description"]) + SITE.findall(one["description"])
        assert reached, one["reference"]
        assert all(host.endswith(".example") for host in reached), (one["reference"], reached)
        assert not TELEPHONE.search(one["description"]), one["reference"]


def test_a_third_of_the_composed_texts_are_marked_up_simply_and_soundly(listings: list[dict[str, Any]]) -> None:
    marked = [one["description"] for one in listings if "<" in one["description"]]
    assert 0.25 < len(marked) / len(listings) < 0.4
    for text in marked:
        tags = re.findall(r"<(/?)(\w+)>", text)
        assert {name for _, name in tags} <= {"p", "ul", "li", "strong"}
        opened = Counter(name for closing, name in tags if not closing)
        assert opened == Counter(name for closing, name in tags if closing)
        assert "<" not in re.sub(r"</?\w+>", "", text)


def test_no_placeholder_was_left_in_a_text(listings: list[dict[str, Any]]) -> None:
    for one in listings:
        assert not re.search(r"[{}`]|\bNone\b|  |\.\.|\btill \w+ till [A-ZÅÄÖ]", one["description"]), one["reference"]
        assert one["description"].rstrip(">/pul")[-1] not in ",:;"
