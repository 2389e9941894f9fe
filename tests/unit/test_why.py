"""Why a listing was found: the members of the criteria that it meets, in the reader's words, and no others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from matcher.why import in_words, why
from store import criteria
from store.listings import Listing

WHOLE: dict[str, Any] = {
    "text": 'sairaanhoitaja "yö vuoro"',
    "exclude": 'esimies "osa aika"',
    "places": ["fi-r06", "fi-853"],
    "occupations": ["isco-2221", "isco-51"],
    "employment": ["full_time", "permanent"],
    "remote": True,
    "salary_min": 3050,
    "languages": ["fi", "sv"],
    "employers": ["POHJOLAN Hoiva"],
}


def a_listing(**given: Any) -> Listing:
    whole: dict[str, Any] = {
        "title": "Sairaanhoitaja",
        "description": "<p>Yö vuoro.</p>",
        "employer": "Pohjolan hoiva",
        "language": "fi",
        "places": ["fi-837"],
        "occupation": "isco-2221",
        "employment": ["full_time", "temporary"],
        "remote": True,
        "salary_min": Decimal(2900),
        "salary_max": Decimal(3300),
        "salary_currency": "EUR",
        "salary_period": "month",
    }
    return Listing(**{**whole, **given})


def plain(said: list[str]) -> list[str]:
    return [one.replace("\xa0", " ") for one in said]


@pytest.mark.promise("W4")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fi",
            ["Pirkanmaa", "kokoaikatyö", "etätyö", "vähintään 3 000 €/kk", "suomeksi", "Pohjolan hoiva"],
        ),
        ("sv", ["Birkaland", "heltid", "distansarbete", "minst 3 000 €/mån", "på finska", "Pohjolan hoiva"]),
        ("en", ["Pirkanmaa", "full-time", "remote work", "at least €3,000 a month", "in Finnish", "Pohjolan hoiva"]),
    ],
)
def test_each_member_is_said_as_the_language_says_it(language: str, said: list[str]) -> None:
    found = plain(why(criteria.read(WHOLE), a_listing(), language))
    assert found[:2] == ["sairaanhoitaja", '"yö vuoro"']
    assert found[3:] == said
    assert found == plain(why(criteria.read(WHOLE), a_listing(), language)), "always in the same order"


@pytest.mark.parametrize(
    ("asked", "listing"),
    [
        ({"places": ["fi-853", "se"]}, {}),
        ({"occupations": ["isco-51"]}, {}),
        ({"occupations": ["isco-2221"]}, {"occupation": None}),
        ({"employment": ["seasonal"]}, {}),
        ({"remote": True}, {"remote": False}),
        ({"salary_min": 3400}, {}),
        ({"salary_min": 3000}, {"salary_currency": "SEK"}),
        ({"salary_min": 3000}, {"salary_min": None, "salary_max": None, "salary_currency": None}),
        ({"text": "a", "languages": ["sv"]}, {}),
        ({"employers": ["Pohjola"]}, {}),
    ],
)
def test_what_a_listing_does_not_offer_is_not_said(asked: dict[str, Any], listing: dict[str, Any]) -> None:
    assert [one for one in why(criteria.read(asked), a_listing(**listing), "fi") if one != "a"] == []


@pytest.mark.parametrize(
    ("amount", "period", "met"),
    [(19, "hour", True), (18, "hour", False), (36_000, "year", True), (35_999, "year", False)],
)
def test_salaries_compare_by_the_month(amount: int, period: str, met: bool) -> None:
    listing = a_listing(salary_min=Decimal(amount), salary_max=None, salary_period=period)
    assert bool(why(criteria.read({"salary_min": 3000}), listing, "en")) == met


def test_criteria_in_words_say_everything_and_which_are_alternatives() -> None:
    said = plain(in_words(criteria.read(WHOLE), "en"))
    assert said[:2] == ["sairaanhoitaja", '"yö vuoro"']
    assert said[3:] == [
        "Turku or Pirkanmaa",
        "full-time or permanent",
        "remote work",
        "at least €3,000 a month",
        "in Finnish or in Swedish",
        "employer: pohjolan hoiva",
        'without: esimies, "osa aika"',
    ]
