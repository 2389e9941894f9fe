"""Finnish words of the judged sets are found by their base forms and heads, and by nothing else."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from mappings import analysis
from mappings.analysis import words

EVALUATION = Path(__file__).parent.parent.parent / "evaluation"
# Measured 0.99 and 1.00 for forms, 1.00 and 1.00 for compounds: room for a word or two.
LEAST_RECALL = 0.985
LEAST_PRECISION = 0.985


def judged(name: str) -> list[dict[str, str]]:
    with (EVALUATION / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return [row for row in csv.DictReader(lines, delimiter="\t") if row["split"] == "dev"]


def found_by(search: str, word: str) -> bool:
    return not set(analysis.asked(search)).isdisjoint(words.keys(word, "fi"))


def test_every_form_is_found_by_its_base_form_and_no_other() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for row in judged("inflection_fi.tsv"):
        owners[row["form"]].add(row["base"])
    bases = {base for several in owners.values() for base in several}
    asked = {base: set(analysis.asked(base)) for base in bases}
    right = wrong = missed = 0
    for form, its in owners.items():
        keys = words.keys(form, "fi")
        for base in bases:
            found = not asked[base].isdisjoint(keys)
            right += found and base in its
            missed += not found and base in its
            # A compound is found by its head too.
            wrong += found and not any(one.endswith(base) for one in its)
    assert right > 3_000
    assert right / (right + missed) >= LEAST_RECALL
    assert right / (right + wrong) >= LEAST_PRECISION


def test_a_head_finds_its_compounds_and_nothing_else_does() -> None:
    rows = judged("compounds_fi.tsv")
    heads = [found_by(row["head"], row["compound"]) for row in rows if row["relation"] == "finds"]
    others = [found_by(row["head"], row["compound"]) for row in rows if row["relation"] == "must not find"]
    assert sum(heads) / len(heads) >= LEAST_RECALL
    assert sum(heads) / (sum(heads) + sum(others)) >= LEAST_PRECISION
