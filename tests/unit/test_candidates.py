"""A written occupation leads to the occupation that is meant, in any language."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest

from mappings.analysis.candidates import candidates
from store import occupations

JUDGED = Path(__file__).resolve().parents[2] / "evaluation" / "cross_language.tsv"
ESCO = "http://data.europa.eu/esco/occupation/"
NURSE = f"{ESCO}8d3e8aaa-791b-4c75-a465-f3f827028f50"
DEVELOPER = f"{ESCO}f2b15a0e-e65a-438a-affb-29b9d50b77d1"
COOK = f"{ESCO}90f75f67-495d-49fa-ab57-2f320e251d7e"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("sairaanhoitaja", "fi", NURSE),
        ("Sairaanhoitajia", None, NURSE),
        ("SJUKSKÖTERSKA", "sv", NURSE),
        (unicodedata.normalize("NFD", "ohjelmistokehittäjä"), None, DEVELOPER),
        ("software developers", "en", DEVELOPER),
        ("kock", "sv", COOK),
        ("kokki", None, COOK),
    ],
)
def test_the_occupation_that_is_meant_comes_first(text: str, language: str | None, expected: str) -> None:
    assert candidates(text, language)[0] == expected


def test_a_name_of_a_group_leads_to_the_occupations_in_it() -> None:
    for text in ("opettaja", "lärare", "teacher"):
        assert all("isco-23" in occupations.ancestors(code) for code in candidates(text)), text


def test_what_comes_near_is_found_by_the_words_and_the_parts_in_common() -> None:
    for text, language, expected in (
        ("senior software developer (Java)", None, "software developer"),
        ("kuorma-auton kuljettajaksi", None, "cargo vehicle driver"),
        ("byggnadsarkitekt", "sv", "architect"),
    ):
        assert expected in {occupations.label(code, "en") for code in candidates(text, language)}


def test_at_most_so_many_are_given_and_always_the_same() -> None:
    assert len(candidates("manager", most=8)) == 8
    assert candidates("manager", most=3) == candidates("manager", most=8)[:3]
    assert candidates("manager") == candidates("Manager ")


@pytest.mark.parametrize("text", ["", "  ", "?!", "qqqqq"])
def test_nothing_is_given_where_nothing_is_alike(text: str) -> None:
    assert candidates(text) == []


@pytest.mark.promise("L2")
def test_judged_labels_lead_to_their_occupation_among_the_first_five() -> None:
    with JUDGED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))
    assert len(rows) >= 150
    assert len({(row["from"], row["to"]) for row in rows}) == 6
    assert all(occupations.known(row["occupation"]) for row in rows)
    for split in ("dev", "held"):
        judged = [row for row in rows if row["split"] == split]
        missed = [row["query"] for row in judged if row["occupation"] not in candidates(row["query"], row["from"])]
        assert len(missed) <= 0.15 * len(judged), missed


def test_every_label_of_an_occupation_leads_to_it() -> None:
    missed = 0
    sample = [one for one in occupations.all() if not one.code.startswith("isco-")][::60]
    for occupation in sample:
        for at, language in enumerate(occupations.LANGUAGES):
            assert occupation.code in candidates(occupation.labels[at], language)
            missed += sum(occupation.code not in candidates(text, language) for text in occupation.alternatives[at][:3])
    assert missed <= 0.02 * len(sample) * 3
