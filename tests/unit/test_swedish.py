"""Swedish words are found by their base forms and by the heads of compounds, and by nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mappings.analysis import asked, swedish, words

JUDGED = Path(__file__).resolve().parents[2] / "evaluation"


def judged(name: str) -> list[dict[str, str]]:
    with (JUDGED / name).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return [row for row in rows if row["split"] == "dev"]


@pytest.mark.promise("L3")
def test_inflected_forms_are_found_by_their_base_form() -> None:
    rows = judged("inflection_sv.tsv")
    found = [row for row in rows if row["base"] in swedish.bases(row["form"])]
    assert len(rows) > 900
    assert len(found) / len(rows) >= 0.99


@pytest.mark.promise("L3")
def test_base_forms_are_found_by_an_inflected_form() -> None:
    rows = judged("inflection_sv.tsv")
    found = [row for row in rows if set(asked(row["form"])) & set(words.keys(row["base"], "sv"))]
    assert len(found) / len(rows) >= 0.99


def test_forms_are_found_by_no_other_base_form() -> None:
    rows = judged("inflection_sv.tsv")
    own = {(row["base"], row["form"]) for row in rows}
    bases = {row["base"] for row in rows}
    found = [(base, row["form"]) for row in rows for base in swedish.bases(row["form"]) if base in bases]
    assert sum(pair in own for pair in found) / len(found) >= 0.99


@pytest.mark.promise("L3")
@pytest.mark.parametrize(("relation", "least"), [("finds", 0.98), ("must not find", 1.0)])
def test_heads_find_compounds_and_nothing_else_does(relation: str, least: float) -> None:
    rows = [row for row in judged("compounds_sv.tsv") if row["relation"] == relation]
    found = [bool(set(asked(row["head"])) & set(words.keys(row["compound"], "sv"))) for row in rows]
    assert len(rows) > 100
    assert sum(one == (relation == "finds") for one in found) / len(rows) >= least


@pytest.mark.parametrize(
    ("form", "bases"),
    [
        ("tolkar", ("tolk", "tolka")),
        ("tekniker", ("tekniker", "teknik")),
        ("butiker", ("butik",)),
        ("legitimerade", ("legitimerad", "legitimera")),
        ("brandmännens", ("brandman",)),
        ("traineer", ("trainee",)),
        ("polisen", ("polis",)),
        ("tolkarna", ("tolkare", "tolk")),
        ("anställda", ("anställd", "anställa")),
    ],
)
def test_a_form_has_the_readings_that_it_can_have(form: str, bases: tuple[str, ...]) -> None:
    assert swedish.bases(form) == bases


@pytest.mark.parametrize(
    ("form", "base"),
    [
        ("molnarkitekterna", "molnarkitekt"),
        ("kubernetesingenjörernas", "kubernetesingenjör"),
        ("implementatörerna", "implementatör"),
        ("vitlöksostens", "vitlöksost"),
        ("skeppningsorter", "skeppningsort"),
        ("socialvårdarna", "socialvårdare"),
        ("headhunterna", "headhunter"),
    ],
)
def test_words_of_no_dictionary_are_told_by_their_ends(form: str, base: str) -> None:
    assert base in swedish.bases(form)


@pytest.mark.parametrize("word", ["developers", "sairaanhoitajia", "kubernetes", "xyz", "n", ""])
def test_words_of_other_languages_are_unknown(word: str) -> None:
    assert swedish.bases(word) == ()


@pytest.mark.parametrize(
    ("base", "heads"),
    [
        ("barnsjuksköterska", ("sjuksköterska", "sköterska")),
        ("försäljningschef", ("chef",)),
        ("trafikskola", ("skola",)),
        ("sekreterare", ()),
        ("läkare", ()),
        ("journalist", ()),
        ("redaktör", ()),
        ("medarbetare", ()),
        ("inredare", ()),
        ("maskinförare", ("förare",)),
        ("projektansvarig", ("ansvarig",)),
        ("arbetsort", ()),
        ("erfarenhet", ()),
    ],
)
def test_heads_are_words_of_their_own_that_are_meant(base: str, heads: tuple[str, ...]) -> None:
    assert swedish.heads(base) == heads


def test_names_are_guessed_at_without_their_endings() -> None:
    assert swedish.guesses("volvos") == ("volvo",)
    assert "kubernetes" in swedish.guesses("kubernetesen")
    assert swedish.guesses("spotify") == ()
