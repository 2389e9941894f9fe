"""The judged sets under `evaluation/`, as they are read: one class a set, one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "evaluation"
LANGUAGES = ("fi", "sv", "en")
SPLITS = ("dev", "held")
KINDS = ("inflection", "compound", "cross-language", "place", "typo", "phrase")


class NotJudged(ValueError):
    """A line of a set that does not say what it should."""


@dataclass(frozen=True)
class Form:
    """A word as it is written in a text, and the base form that must find it."""

    split: str
    base: str
    form: str


@dataclass(frozen=True)
class Compound:
    """A word that is searched, and a word of a text that it must find (`finds`) or must not."""

    split: str
    search: str
    word: str
    finds: bool


@dataclass(frozen=True)
class PlaceText:
    """A sentence of an ad, and the place that it names; `-` for a word that only looks like a place's name."""

    split: str
    language: str
    text: str
    code: str


@dataclass(frozen=True)
class Label:
    """An alternative name of an ESCO occupation in one language, to be found in the ads of another."""

    split: str
    language: str
    other: str
    label: str
    uri: str


@dataclass(frozen=True)
class Judged:
    """A search of the sample ads, and the grade of each ad that has one, by its number: 3 what is searched for, 2 good,
    1 better than nothing; the others have 0."""

    split: str
    language: str
    kind: str
    query: str
    grades: dict[str, int]


def forms(language: str) -> list[Form]:
    """`inflection_<language>.tsv`"""
    return [
        Form(_of(row, "split", SPLITS), row["base"], row["form"])
        for row in _rows(f"inflection_{language}", ("base", "form"))
    ]


def compounds(language: str) -> list[Compound]:
    """`compounds_<language>.tsv`"""
    return [
        Compound(
            _of(row, "split", SPLITS),
            row["head"],
            row["compound"],
            _of(row, "relation", ("finds", "must not find")) == "finds",
        )
        for row in _rows(f"compounds_{language}", ("head", "compound"))
    ]


def place_texts() -> list[PlaceText]:
    """`places.tsv`"""
    return [
        PlaceText(_of(row, "split", SPLITS), _of(row, "language", LANGUAGES), row["text"], row["code"])
        for row in _rows("places", ("text", "code"))
    ]


def labels() -> list[Label]:
    """`cross_language.tsv`"""
    return [
        Label(
            _of(row, "split", SPLITS),
            _of(row, "from", LANGUAGES),
            _of(row, "to", LANGUAGES),
            row["query"],
            row["occupation"],
        )
        for row in _rows("cross_language", ("query", "occupation"))
    ]


def ranking() -> list[Judged]:
    """`ranking.tsv`"""
    judged = []
    for row in _rows("ranking", ("query", "perfect")):
        columns = (("fair", 1), ("good", 2), ("perfect", 3))
        grades = {number: grade for column, grade in columns for number in row.get(column, "").split()}
        judged.append(
            Judged(
                _of(row, "split", SPLITS),
                _of(row, "language", LANGUAGES),
                _of(row, "kind", KINDS),
                row["query"],
                grades,
            )
        )
    return judged


def _rows(name: str, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The lines of a set by the names of its columns; one that begins with # is a remark. None for a language without
    such a set. Raises NotJudged where a line lacks what it needs."""
    if not (FOLDER / f"{name}.tsv").exists():
        return
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line and not line.startswith("#")]
    columns = numbered[0][1].split("\t")
    for number, line in numbered[1:]:
        row = dict(zip(columns, line.split("\t"), strict=False))
        missing = [column for column in needed if not row.get(column)]
        if missing:
            raise NotJudged(f"evaluation/{name}.tsv, line {number}: has no {', '.join(missing)}")
        yield row


def _of(row: dict[str, str], column: str, allowed: tuple[str, ...]) -> str:
    value = row.get(column) or ""
    if value not in allowed:
        raise NotJudged(f"{column} is {value!r}, and not one of {', '.join(allowed)}: {row}")
    return value
