"""The places: the official lists are whole, hang together and are named in three languages."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections import Counter

import pytest

from store import places


def test_every_municipality_and_region_is_there_once() -> None:
    codes = [place.code for place in places.all()]
    assert len(codes) == len(set(codes))
    assert Counter((place.code[:2], place.kind) for place in places.all()) == {
        ("fi", "country"): 1,
        ("fi", "region"): 19,
        ("fi", "municipality"): 308,
        ("se", "country"): 1,
        ("se", "region"): 21,
        ("se", "municipality"): 290,
    }


def test_every_parent_exists_and_is_the_next_larger_kind() -> None:
    larger = {"municipality": "region", "region": "country", "country": None}
    for place in places.all():
        parent = places.get(place.parent) if place.parent else None
        assert (parent.kind if parent else None) == larger[place.kind], place
        assert parent is None or parent.code[:2] == place.code[:2]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fi-837", ("fi-837", "fi-r06", "fi")),
        ("fi-091", ("fi-091", "fi-r01", "fi")),
        ("fi-478", ("fi-478", "fi-r21", "fi")),
        ("se-0180", ("se-0180", "se-01", "se")),
        ("se-1480", ("se-1480", "se-14", "se")),
        ("se-12", ("se-12", "se")),
        ("fi", ("fi",)),
    ],
)
def test_ancestors_run_outwards_from_the_place_itself(code: str, expected: tuple[str, ...]) -> None:
    assert places.ancestors(code) == expected


def test_every_place_has_a_name_in_each_language() -> None:
    for place in places.all():
        for language in ("fi", "sv", "en"):
            name = places.label(place.code, language)
            assert name == name.strip() != ""
            assert name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("code", "fi", "sv", "en"),
    [
        ("fi-837", "Tampere", "Tammerfors", "Tampere"),
        ("fi-478", "Maarianhamina", "Mariehamn", "Mariehamn"),
        ("fi-r06", "Pirkanmaa", "Birkaland", "Pirkanmaa"),
        ("se-0180", "Tukholma", "Stockholm", "Stockholm"),
        ("se-1480", "Göteborg", "Göteborg", "Gothenburg"),
        ("se-01", "Tukholman lääni", "Stockholms län", "Stockholm County"),
        ("se-12", "Skoonen lääni", "Skåne län", "Skåne County"),
        ("se-0380", "Uppsala", "Uppsala", "Uppsala"),
        ("se", "Ruotsi", "Sverige", "Sweden"),
    ],
)
def test_labels_are_those_in_use(code: str, fi: str, sv: str, en: str) -> None:
    assert [places.label(code, language) for language in ("fi", "sv", "en")] == [fi, sv, en]


@pytest.mark.parametrize("code", ["", "fi-999", "FI-091", "fi-91", "se-180", "no", "fi-r20", " fi"])
def test_an_unknown_code_is_known_as_such(code: str) -> None:
    assert not places.known(code)
    assert places.get(code) is None
    with pytest.raises(KeyError):
        places.label(code, "fi")
    with pytest.raises(KeyError):
        places.ancestors(code)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        places.label("fi-091", "de")


def found(name: str, language: str | None = None) -> list[str]:
    return [place.code for place in places.find(name, language)]


def test_a_place_is_found_by_its_name_in_any_language_and_any_writing() -> None:
    assert found("Tammerfors") == found("tampere") == found("  TAMPERE ") == ["fi-837"]
    assert found(unicodedata.normalize("NFD", "Jyväskylä")) == ["fi-179"]
    assert found("upplands  väsby") == ["se-0114"]
    assert found("Tampere", "sv") == []
    assert found("Tammerfors", "sv") == ["fi-837"]
    assert found("Tamper") == []


def test_a_town_comes_before_the_county_that_shares_its_name_and_a_county_is_found_by_its_short_name() -> None:
    assert found("Stockholm") == ["se-0180"]
    assert found("Stockholms län") == ["se-01"]
    assert found("Skåne") == found("Skoone") == ["se-12"]
    assert found("Gotland") == ["se-0980"]


def test_namesakes_in_two_countries_are_both_found() -> None:
    assert found("Övertorneå") == ["fi-976", "se-2518"]


def test_every_municipality_has_a_point_in_its_country_near_the_others_of_its_region() -> None:
    by_region: dict[str | None, list[tuple[float, float]]] = {}
    for place in places.all():
        if place.kind != "municipality":
            assert place.point is None
            continue
        assert place.point is not None, place
        latitude, longitude = place.point
        assert 55 < latitude < 70.1
        assert (
            (19 if place.code.startswith("fi") else 10.5) < longitude < (31.6 if place.code.startswith("fi") else 24.3)
        )
        by_region.setdefault(place.parent, []).append(place.point)
    for region, points in by_region.items():
        span = max(p[0] for p in points) - min(p[0] for p in points)
        assert span < 4.5, region


def test_import_reads_no_file() -> None:
    watch = (
        "import sys; opened = []; "
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None); "
        "import store.places, store.occupations; "
        "sys.exit(any(name.endswith(('.csv', '.gz')) for name in opened))"
    )
    assert subprocess.run([sys.executable, "-c", watch], check=False).returncode == 0
