"""The occupations: ISCO and ESCO are whole, hang together and are named in three languages."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter

import pytest

from store import occupations
from store.taxonomy import FOLDER

ESCO = "http://data.europa.eu/esco/occupation/"
NURSE = f"{ESCO}8d3e8aaa-791b-4c75-a465-f3f827028f50"
DEVELOPER = f"{ESCO}f2b15a0e-e65a-438a-affb-29b9d50b77d1"


def test_isco_and_esco_are_whole() -> None:
    codes = [occupation.code for occupation in occupations.all()]
    assert len(codes) == len(set(codes))
    groups = [code for code in codes if code.startswith("isco-")]
    assert Counter(len(code) - len("isco-") for code in groups) == {1: 10, 2: 43, 3: 130, 4: 436}
    assert len([code for code in codes if code.startswith(ESCO)]) == 3010
    assert len(codes) == 619 + 3010


def test_everything_above_an_occupation_exists() -> None:
    for occupation in occupations.all():
        assert all(occupations.known(code) for code in occupation.broader), occupation
        assert all(occupations.known(code) for code in occupations.ancestors(occupation.code)), occupation
        assert occupation.broader or len(occupation.isco) == 1


def test_the_groups_above_an_isco_group_are_its_shorter_codes() -> None:
    assert occupations.ancestors("isco-2512") == ("isco-2512", "isco-251", "isco-25", "isco-2")
    assert occupations.ancestors("isco-0") == ("isco-0",)


def test_above_an_esco_occupation_are_its_broader_ones_and_then_its_groups() -> None:
    assert occupations.ancestors(NURSE) == (NURSE, "isco-2221", "isco-222", "isco-22", "isco-2")
    nested = [one for one in occupations.all() if one.broader and one.broader[0].startswith(ESCO)]
    assert len(nested) == 1247
    for occupation in nested:
        above = occupations.ancestors(occupation.code)
        assert above[:2] == (occupation.code, occupation.broader[0])
        assert set(occupations.ancestors(occupation.broader[0])) < set(above)
        assert above[-4:] == occupations.ancestors(f"isco-{occupation.isco}")
        assert len(above) == len(set(above))
    assert max(len(occupations.ancestors(one.code)) for one in nested) == 8


def test_every_label_is_there_in_each_language() -> None:
    for occupation in occupations.all():
        for language in occupations.LANGUAGES:
            label = occupations.label(occupation.code, language)
            assert label == " ".join(label.split()) != ""
            assert label not in occupations.alternatives(occupation.code, language)


@pytest.mark.parametrize(
    ("code", "fi", "sv", "en"),
    [
        (NURSE, "sairaanhoitaja", "sjuksköterska, grundutbildad", "nurse responsible for general care"),
        (DEVELOPER, "ohjelmistokehittäjä", "programvaruutvecklare", "software developer"),
        ("isco-2512", "Sovellussuunnittelijat", "Mjukvaruutvecklare", "Software developers"),
    ],
)
def test_labels_are_the_published_ones(code: str, fi: str, sv: str, en: str) -> None:
    assert [occupations.label(code, language) for language in ("fi", "sv", "en")] == [fi, sv, en]


@pytest.mark.parametrize("code", ["", "2512", "isco-", "isco-25121", "isco-9999", "ISCO-2512", ESCO, f"{ESCO}0"])
def test_an_unknown_code_is_known_as_such(code: str) -> None:
    assert not occupations.known(code)
    assert occupations.get(code) is None
    with pytest.raises(KeyError):
        occupations.label(code, "fi")
    with pytest.raises(KeyError):
        occupations.alternatives(code, "fi")
    with pytest.raises(KeyError):
        occupations.ancestors(code)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        occupations.label(NURSE, "de")


def found(name: str, language: str | None = None) -> list[str]:
    return [occupation.code for occupation in occupations.find(name, language)]


def test_an_occupation_is_found_by_its_label_in_any_language_and_any_writing() -> None:
    assert found("Sairaanhoitaja") == [NURSE]
    assert found(unicodedata.normalize("NFD", "ohjelmistokehittäjä"), "fi") == [DEVELOPER]
    assert found("software  DEVELOPER")[0] == DEVELOPER
    assert found("software developer", "fi") == []
    assert found("sairaanhoit") == []
    assert found("Software developers")[0] == "isco-2512"


def test_what_prefers_a_name_comes_before_what_has_it_as_an_alternative() -> None:
    cook = f"{ESCO}90f75f67-495d-49fa-ab57-2f320e251d7e"
    chef = f"{ESCO}1009be17-7efd-45f1-a033-566bf179c588"
    assert found("kokki", "fi") == [cook, chef]
    assert found("kock", "sv")[0] == chef
    assert cook in found("kock", "sv")


def test_people_find_an_occupation_by_the_word_that_they_use() -> None:
    for word in ("nurse", "registered nurse", "sjuksköterska"):
        assert found(word) == [NURSE]
    assert DEVELOPER in found("systemutvecklare")
    assert occupations.alternatives(NURSE, "sv")[0] == "sjuksköterska"


def test_every_everyday_name_belongs_to_a_known_occupation_and_adds_something() -> None:
    with (FOLDER / "everyday_names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 40
    for row in rows:
        names = occupations.alternatives(row["occupation"], row["language"])
        assert names.count(row["name"]) == 1, row


def test_the_file_stays_small_enough_to_ship() -> None:
    assert (FOLDER / "occupations.jsonl.gz").stat().st_size < 700_000
