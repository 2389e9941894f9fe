"""English words are found by their base forms in every form and spelling, and by nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mappings.analysis import analyse, asked, english
from mappings.analysis.english_spelling import one_spelling

JUDGED = Path(__file__).resolve().parents[2] / "evaluation" / "inflection_en.tsv"


def judged() -> list[dict[str, str]]:
    with JUDGED.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return [row for row in rows if row["split"] == "dev"]


def keys(text: str) -> set[str]:
    return {key for token in analyse(text, "en") for key in token.keys}


@pytest.mark.promise("L3")
def test_inflected_forms_are_found_by_their_base_form() -> None:
    rows = judged()
    found = [row for row in rows if set(asked(row["base"])) & keys(row["form"])]
    assert len(rows) > 400
    assert len(found) / len(rows) >= 0.99


@pytest.mark.promise("L3")
def test_base_forms_are_found_by_an_inflected_form() -> None:
    rows = judged()
    found = [row for row in rows if set(asked(row["form"])) & keys(row["base"])]
    assert len(found) / len(rows) >= 0.99


def test_forms_are_found_by_no_other_base_form() -> None:
    rows = judged()
    own = {(one_spelling(row["base"]), row["form"]) for row in rows}
    bases = {base for base, _ in own}
    words = [(row["form"], row["form"].removesuffix("'").removesuffix("'s")) for row in rows]
    found = [(base, form) for form, word in words for base in english.bases(word) if base in bases]
    assert sum(pair in own for pair in found) / len(found) >= 0.99


@pytest.mark.parametrize(
    ("form", "bases"),
    [
        ("nurses", ("nurse",)),
        ("nursing", ("nursing",)),
        ("cooking", ("cooking",)),
        ("teaching", ("teaching", "teach")),
        ("registered", ("register",)),
        ("midwives", ("midwife",)),
        ("tradespeople", ("tradesperson",)),
        ("programmes", ("program",)),
        ("organizations", ("organisation",)),
        ("organizers", ("organizer",)),
        ("organisers", ("organizer",)),
        ("advertisers", ("advertiser",)),
        ("labourers", ("laborer",)),
        ("travelling", ("traveling", "travel")),
        ("paediatricians", ("pediatrician",)),
        ("cafés", ("cafe",)),
        ("four", ("four",)),
    ],
)
def test_a_form_has_the_readings_that_it_can_have(form: str, bases: tuple[str, ...]) -> None:
    assert english.bases(form) == bases


@pytest.mark.parametrize(
    ("form", "base"),
    [("webdevelopers", "webdeveloper"), ("mixologists", "mixologist"), ("aestheticians", "esthetician")],
)
def test_words_of_no_dictionary_are_told_by_their_ends(form: str, base: str) -> None:
    assert english.bases(form) == (base,)


@pytest.mark.parametrize("word", ["sairaanhoitajia", "undersköterskor", "kubernetes", "xyz", "s", ""])
def test_words_of_other_languages_are_unknown(word: str) -> None:
    assert english.bases(word) == ()


@pytest.mark.parametrize(
    ("base", "heads"),
    [
        ("metalworker", ("worker",)),
        ("neurosurgeon", ("surgeon",)),
        ("underwriter", ()),
        ("bookkeeper", ()),
        ("salesperson", ()),
        ("midwife", ()),
    ],
)
def test_heads_say_what_somebody_does(base: str, heads: tuple[str, ...]) -> None:
    assert english.heads(base) == heads
