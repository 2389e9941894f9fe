"""What occupations, places and skills are called, found by the beginning of any word of a name."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Literal, NamedTuple

from mappings.analysis.labels import decided
from store import occupations, places, skills, terms
from store.criteria import LANGUAGES

Kind = Literal["occupation", "place", "skill"]


class Use(IntEnum):
    """Whether a name is what a taxonomy prefers, what people say every day, or another that there is."""

    PREFERRED = 0
    EVERYDAY = 1
    OTHER = 2


# Nobody types so much before choosing; what is longer is compared as far as this.
LONGEST = 60
# ESCO says many skills in half a sentence ("manage the handling of promotional materials"): nobody looks for those.
WORDS_OF_SKILL = 3
# The shortest parts of a compound that count: "hoitaja" begins within "lähihoitaja", "ja" does not.
BEFORE, TAIL = 3, 4
_REST = re.compile(r"\n|$| \(")
_WORD = re.compile(r"[^\W_][\w+#]*")


class Label(NamedTuple):
    """A name of something in a language; names of places that belong to no language have none."""

    kind: Kind
    code: str
    text: str
    language: str | None
    use: Use


class Begun(NamedTuple):
    """A label of which a word begins as was typed: `whole` where that is the label's own beginning, `itself` where it
    is the label, but for a remark in brackets."""

    label: Label
    whole: bool
    itself: bool


@dataclass(frozen=True)
class _Table:
    labels: tuple[Label, ...]
    text: str
    # Where each label starts in `text`; where words begin there, in the order of what begins, and whose label it is.
    starts: array[int]
    begins: array[int]
    owners: array[int]


def begun(text: str, *, whole: bool = False) -> Iterator[Begun]:
    """The labels of which a word, or the last part of a compound, begins with the text, which is `terms.plain`: each
    at least once; with `whole` only those that begin so themselves. Words behind the first go on in the label:
    "software dev" begins within "senior software developer".
    """
    table = _table()
    typed = text[:LONGEST]

    def part(place: int) -> str:
        return table.text[place : place + len(typed)]

    first = bisect_left(table.begins, typed, key=part)
    for number in range(first, bisect_right(table.begins, typed, lo=first, key=part)):
        place, owner = table.begins[number], table.owners[number]
        starts = place == table.starts[owner]
        if (starts or not whole) and table.text.startswith(text, place):
            end = place + len(text)
            # What goes on in brackets only says more exactly what is meant.
            yield Begun(table.labels[owner], starts, starts and _REST.match(table.text, end) is not None)


def shown(label: Label, language: str) -> str:
    """What the thing is called in `fi`, `sv` or `en`: the label itself where it is of that language, else the
    preferred one."""
    if label.language == language:
        return label.text
    if label.kind == "place":
        return places.label(label.code, language)
    return occupations.label(label.code, language) if label.kind == "occupation" else skills.label(label.code, language)


@cache
def words() -> dict[str, int]:
    """Every word of the labels, in lower case, with the number of labels that have it."""
    counted: dict[str, int] = {}
    for label in all_labels():
        for word in _WORD.findall(terms.plain(label.text)):
            counted[word] = counted.get(word, 0) + 1
    return counted


@cache
def all_labels() -> tuple[Label, ...]:
    """Every name: of occupations and their groups, of places, of skills as far as they are short."""
    return (*_of_occupations(), *_of_places(), *_of_skills())


@cache
def everyday() -> dict[str, frozenset[str]]:
    """What people speak of every day: by code, the names that they have for it."""
    found: dict[str, set[str]] = {}
    for name in decided():
        found.setdefault(name.code, set()).add(name.text)
    return {code: frozenset(names) for code, names in found.items()}


def _of_occupations() -> Iterator[Label]:
    for name in decided():
        if occupations.known(name.code) and name.text not in occupations.alternatives(name.code, name.language):
            yield Label("occupation", name.code, name.text, name.language, Use.EVERYDAY)
    for one in occupations.all():
        for language, preferred, others in zip(LANGUAGES, one.labels, one.alternatives, strict=True):
            # What a group is called ("Software developers") is no name that anybody types.
            yield Label(
                "occupation",
                one.code,
                preferred,
                language,
                Use.OTHER if one.code.startswith("isco-") else Use.PREFERRED,
            )
            for other in others:
                yield Label(
                    "occupation",
                    one.code,
                    other,
                    language,
                    Use.EVERYDAY if other in everyday().get(one.code, ()) else Use.OTHER,
                )


def _of_places() -> Iterator[Label]:
    for one in places.all():
        for language, name in one.names().items():
            yield Label("place", one.code, name, language, Use.PREFERRED)
        for name in one.other_names:
            yield Label("place", one.code, name, None, Use.OTHER)


def _of_skills() -> Iterator[Label]:
    for one in skills.all():
        for language, name in zip(LANGUAGES, one.labels, strict=True):
            if len(name.split()) <= WORDS_OF_SKILL:
                yield Label("skill", one.code, name, language, Use.PREFERRED)


@cache
def _table() -> _Table:
    labels = all_labels()
    compared = [terms.plain(label.text) for label in labels]
    heads = _heads(zip(labels, compared, strict=True))
    begins: list[tuple[int, int]] = []
    starts = array("I")
    at = 0
    for owner, (label, name) in enumerate(zip(labels, compared, strict=True)):
        starts.append(at)
        for word in _WORD.finditer(name):
            begins.append((at + word.start(), owner))
            if label.language in heads and len(word[0]) >= BEFORE + TAIL:
                begins += [(at + word.start() + tail, owner) for tail in _tails(word[0], heads[label.language])]
        at += len(name) + 1
    text = "\n".join(compared)
    begins.sort(key=lambda begin: text[begin[0] : begin[0] + LONGEST])
    return _Table(
        labels, text, starts, array("I", [place for place, _ in begins]), array("I", [owner for _, owner in begins])
    )


def _heads(named: Iterable[tuple[Label, str]]) -> dict[str | None, set[str]]:
    """The words that may stand at the end of a compound, in the languages that join words: those that labels have."""
    found: dict[str | None, set[str]] = {"fi": set(), "sv": set()}
    for label, name in named:
        if label.language in found:
            found[label.language].update(word for word in _WORD.findall(name) if len(word) >= TAIL)
    return found


def _tails(word: str, heads: set[str]) -> list[int]:
    return [offset for offset in range(BEFORE, len(word) - TAIL + 1) if word[offset:] in heads]
