"""The form of an alert: what people type becomes criteria, goes back as it was, or is explained in their language."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from werkzeug.datastructures import MultiDict

from api.pages import form, places_field
from matcher import addresses
from store import criteria, places
from store.near import Near
from store.wording import LANGUAGES

OTHERWISE = {"fi": "Tätä arvoa ei voi", "sv": "Det här värdet kan", "en": "This value cannot"}


def filled(**fields: Any) -> MultiDict[str, str]:
    pairs = [(name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    return MultiDict(pairs)


def read(language: str = "en", **fields: Any) -> form.Reading:
    return form.read_criteria(form.typed_in(filled(**fields), language), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_is_read_back_from_the_name_that_is_offered_for_it(language: str) -> None:
    for place in places.all():
        assert places_field.read(places_field.written([place.code], language), language) == ([place.code], [])


@pytest.mark.parametrize(
    ("typed", "language", "codes"),
    [
        ("Tampere, Uusimaa", "fi", ["fi-837", "fi-r01"]),
        ("tammerfors;  ÅBO ", "sv", ["fi-837", "fi-853"]),
        ("Turku\nSkåne", "en", ["fi-853", "se-12"]),
        ("Stockholm", "sv", ["se-0180"]),
        ("Sverige", "sv", ["se"]),
        (" , ", "fi", []),
    ],
)
def test_places_are_read_in_any_language_and_any_case(typed: str, language: str, codes: list[str]) -> None:
    assert places_field.read(typed, language) == (codes, [])


def test_namesakes_are_a_question_that_its_own_options_answer() -> None:
    codes, [question] = places_field.read("Övertorneå", "sv")
    assert codes == []
    assert "Övertorneå (Finland)" in question
    assert places_field.read("Övertorneå (Sverige)", "sv") == (["se-2518"], [])


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [("Tamppere", "fi", "Tarkoititko: Tampere?"), ("Helsingfros", "sv", "Helsingfors"), ("Xyzzyq", "en", "")],
)
def test_an_unknown_place_is_named_with_what_was_perhaps_meant(typed: str, language: str, meant: str) -> None:
    codes, [sentence] = places_field.read(typed, language)
    assert codes == []
    assert typed in sentence
    assert meant in sentence
    assert sentence.endswith("?") == bool(meant)


def test_who_mistypes_the_only_place_is_told_of_that_alone() -> None:
    assert [mistake.field for mistake in read(places="Tamppere").mistakes] == ["places"]


@pytest.mark.parametrize("typed", ["3000", "3 000 €", "3\xa0000", "3.000", "3,000", "3000,50", "3000.-", "3000 EUR"])
def test_a_salary_is_read_as_people_write_it(typed: str) -> None:
    read_ = read(salary_min=typed)
    assert read_.mistakes == []
    assert read_.criteria is not None
    assert read_.criteria.salary_min == 3000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "text"),
        ({"languages": "fi"}, "text"),
        ({"text": "!!"}, "text"),
        ({"text": "a" * 301}, "text"),
        ({"text": " ".join(f"w{number}" for number in range(13))}, "text"),
        ({"text": "kokki", "exclude": "kokki"}, "exclude"),
        ({"salary_min": "nan"}, "salary_min"),
        ({"salary_min": "1e99"}, "salary_min"),
        ({"salary_min": "-3000"}, "salary_min"),
        ({"salary_min": "0"}, "salary_min"),
        ({"places": ", ".join(place.name_fi for place in places.all()[30:70])}, "places"),
    ],
)
def test_each_mistake_has_a_sentence_of_its_own(language: str, fields: dict[str, Any], field: str) -> None:
    [mistake] = read(language, **fields).mistakes
    assert mistake.field == field
    assert not mistake.sentence.startswith(OTHERWISE[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_our_form_cannot_send_is_refused_all_the_same(language: str) -> None:
    for fields in (
        {"employment": "gig"},
        {"languages": ["fi", "de"]},
        {"salary_min": "3000", "salary_currency": "X"},
    ):
        [mistake] = read(language, text="kokki", **fields).mistakes
        assert mistake.sentence.startswith(OTHERWISE[language])
    sent = form.typed_in(filled(text="kokki", email="a@mail.example", accept_terms="1", frequency="hourly"), language)
    [mistake] = form.read_whole(sent, language).mistakes
    assert mistake.field == "frequency"


def test_characters_that_no_database_keeps_do_not_come_through() -> None:
    read_ = read(text="ko\0kki \ud800", employers="Ko\0ne")
    assert read_.criteria is not None
    assert read_.criteria.wanted == ("kki", "ko")
    assert read_.criteria.employers == ("ko ne",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_an_alert_means_the_alert(language: str) -> None:
    asked = criteria.read(
        {
            "text": 'sairaanhoitaja "yö vuoro"',
            "exclude": "esimies",
            "places": ["fi-r06", "fi-976", "se-2518"],
            "near": {"place": "fi-837", "km": 30},
            "occupations": ["isco-2221"],
            "employers": ["Kone Oyj"],
            "employment": ["full_time", "permanent"],
            "remote": True,
            "salary_min": 30000,
            "salary_currency": "SEK",
            "languages": ["sv"],
        }
    )
    typed = form.filled_with(asked, "weekly", language)
    assert form.read_criteria(typed, language).criteria == asked
    assert typed.frequency == "weekly"
    link: MultiDict[str, str] = MultiDict(parse_qsl(urlencode(addresses.asked_for(asked), doseq=True)))
    assert form.read_criteria(form.prefilled(link, language), language).criteria == asked


def test_a_distance_that_no_form_of_ours_has_is_none() -> None:
    for fields in ({"near": "fi-837"}, {"km": "30"}, {"near": "fi-r06", "km": "30"}, {"near": "fi-837", "km": "1e9"}):
        assert form.typed_in(filled(**fields), "en").near is None
    assert form.typed_in(filled(near="fi-837", km="30"), "en").near == Near("fi-837", 30)


def test_a_link_fills_the_form_but_neither_the_address_nor_the_consent() -> None:
    link = filled(
        text="kokki", places=["fi-837", "Turku"], occupations=["isco-5120", "nonsense"], email="a@mail.example",
        accept_terms="1", frequency="hourly",
    )  # fmt: skip
    typed = form.prefilled(link, "sv")
    assert (typed.text, typed.places, typed.occupations) == ("kokki", "Tammerfors, Turku", ("isco-5120",))
    assert (typed.email, typed.accepted, typed.frequency) == ("", False, "instant")
