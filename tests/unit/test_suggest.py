"""What is suggested by names while somebody types: any word's beginning, three languages, forms and slips."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matcher import labels, misspelt
from matcher.popular import Popularity
from matcher.suggest import MOST, Suggestion, named
from store import occupations, terms
from store.criteria import LANGUAGES

NOTHING = Popularity(datetime(2026, 11, 24, tzinfo=UTC), {})
NURSE = "http://data.europa.eu/esco/occupation/8d3e8aaa-791b-4c75-a465-f3f827028f50"
DEVELOPER = "http://data.europa.eu/esco/occupation/f2b15a0e-e65a-438a-affb-29b9d50b77d1"


def texts(typed: str, language: str, known: Popularity = NOTHING) -> list[str]:
    return [one.text for one in named(terms.plain(typed), language, known)]


@pytest.mark.promise("L2")
@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("hoitaja", "fi", ["lähihoitaja", "sairaanhoitaja"]),  # the last part of a compound
        ("dev", "en", ["software developer"]),  # a word within
        ("software dev", "en", ["software developer"]),
        ("SJUKSK", "sv", ["sjuksköterska"]),
        ("siivo", "fi", ["siivooja"]),  # what people say beside what the taxonomy prefers
        ("helsin", "sv", ["Helsingfors"]),
        ("uusim", "fi", ["Uusimaa"]),
        ("java", "en", ["JavaScript", "Java (computer programming)"]),
        ("sairaanhoitajia", "fi", ["sairaanhoitaja"]),  # inflected
        ("tampereella", "fi", ["Tampere"]),
        ("kokkeja", "fi", ["kokki"]),
        ("sairanhoi", "fi", ["sairaanhoitaja"]),  # a letter too few
        ("teahcer", "en", ["teacher"]),  # two in the wrong order
        ("sofware devlo", "en", ["software developer"]),
        ("jyvaskyl", "en", ["Jyväskylä"]),  # no dots on the keyboard
        ("lappeenrnat", "fi", ["Lappeenranta"]),
    ],
)
def test_a_name_is_found_by_the_beginning_of_any_word(typed: str, language: str, expected: list[str]) -> None:
    found = texts(typed, language)
    assert set(expected) <= set(found)
    assert len(found) <= MOST


@pytest.mark.promise("L2")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["nurse", "sjukskötersk", "sairaanhoit"])
def test_names_of_other_languages_are_found_and_shown_in_the_readers(typed: str, language: str) -> None:
    nurse = [one for one in named(typed, language, NOTHING) if one.code == NURSE]
    assert len(nurse) == 1
    own = {occupations.label(NURSE, language), *occupations.alternatives(NURSE, language)}
    assert nurse[0].text in own


def test_the_readers_language_comes_first() -> None:
    found = named("dev", "fi", NOTHING)
    assert found[0].text == "DevOps-asiantuntija"
    assert occupations.label(DEVELOPER, "fi") in [one.text for one in found]


def test_what_more_listings_have_comes_first_then_what_is_shorter() -> None:
    assert texts("helsin", "fi") == ["Helsinki", "Helsingborg"]
    busy = Popularity(NOTHING.counted_at, {"se-1283": 3, "fi-091": 2})
    busier = Popularity(NOTHING.counted_at, {"se-1283": 3, "fi-091": 4})
    assert texts("helsing", "sv", busy)[:2] == ["Helsingborg", "Helsingfors"]
    assert texts("helsing", "sv", busier)[:2] == ["Helsingfors", "Helsingborg"]


@pytest.mark.parametrize("typed", ["xqzzy", "hxi", "kok kxyzw"])
def test_nothing_is_made_up(typed: str) -> None:
    assert named(typed, "fi", NOTHING) == ()


def test_a_slip_is_heard_only_where_nothing_begins_as_typed() -> None:
    assert set(texts("timmer", "sv")).isdisjoint(texts("tammer", "sv"))
    assert texts("tammer", "sv") == ["Tammerfors"]
    assert misspelt.slips("abc") == 0
    assert misspelt.slips("abcd") == 1
    assert misspelt.slips("abcdefgh") == 2


@pytest.mark.parametrize("typed", ["s", "ma", "kok", "prog", "å", "c++", "it-", '"nurse"', "a" * 300])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_there_once_and_always_in_the_same_order(typed: str, language: str) -> None:
    found = named(typed, language, NOTHING)
    assert len(found) <= MOST
    assert len({one.text for one in found}) == len({one.code for one in found}) == len(found)
    again = named(typed, language, Popularity(NOTHING.counted_at, {}))
    assert again == found
    assert all(isinstance(one, Suggestion) and one.code for one in found)


def test_a_label_is_found_by_each_of_its_words() -> None:
    """Of every label in the table, by the first four letters of a word of it."""
    for number, label in enumerate(labels.all_labels()):
        if number % 997 == 0:
            for word in terms.plain(label.text).split():
                if word[0].isalnum():
                    assert label in {begun.label for begun in labels.begun(word[:4])}, (label, word)
