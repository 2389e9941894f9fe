"""The table of labels, compiled from all taxonomies: where its files lie, and what it says of a sequence of words."""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import marisa_trie  # type: ignore[import-not-found]

DATA = Path(__file__).resolve().parent / "data"
# Labels as the keys of their words, with a blank between, and the beginnings of labels of several words.
TABLE = DATA / "concepts.marisa"
# The codes by number, one a line; two codes in a line are those of places with one name.
CODES = DATA / "concepts.txt"
# What people mean by names, and which labels ask for nothing, as we decided it.
NAMES = DATA / "names.csv"
LEFT_OUT = DATA / "left_out.txt"
SENSITIVE = DATA / "sensitive_skills.txt"

# Numbers that are no code's: what is no label, a label that several concepts share, and what is a label in another
# language only and another word in this.
NOTHING, SEVERAL, ANOTHER_WORD = 0, 1, 2
_FORM = struct.Struct("<4H")
_DOUBTFUL = 0x8000


class Entry(NamedTuple):
    """What a sequence of keys is the label of: by language (Finnish, Swedish, English), as the number of a code, and
    the place that it names; `doubtful` is a place whose name is a common word too."""

    labels: tuple[int, int, int]
    place: int
    doubtful: bool

    @classmethod
    def read(cls, written: bytes) -> Entry:
        """The entry that was written like this."""
        *labels, place = _FORM.unpack(written)
        return cls((labels[0], labels[1], labels[2]), place & ~_DOUBTFUL, bool(place & _DOUBTFUL))

    def written(self) -> bytes:
        """The entry as the table holds it."""
        return _FORM.pack(*self.labels, self.place | (_DOUBTFUL if self.doubtful else 0))

    def label(self, slot: int) -> int:
        """The number of the code in a text in this language: its own, or where it has none that of all others."""
        others = set(self.labels) - {NOTHING, ANOTHER_WORD}
        return self.labels[slot] or (min(others) if len(others) == 1 else NOTHING)

    def agreed(self) -> set[int]:
        """The numbers of all that the label may mean in a search."""
        return {*self.labels, self.place} - {NOTHING, ANOTHER_WORD}

    def everywhere(self) -> bool:
        """Whether a text in any language names what the label means."""
        return bool(self.agreed()) and not self.doubtful and ANOTHER_WORD not in self.labels


@lru_cache(maxsize=50_000)
def entry(path: str) -> Entry | None:
    """What the table says of keys with a blank between; None where they are neither a label nor begin one."""
    written = _table().get(path)
    return Entry.read(written[0]) if written else None


def codes(number: int) -> tuple[str, ...]:
    """The code by its number, both codes where it stands for places with one name; empty for what is no code."""
    return tuple(_codes()[number].split()) if number > ANOTHER_WORD else ()


@cache
def _table() -> marisa_trie.BytesTrie:
    # Mapped, not read: all processes of a machine share the pages, and a process starts with none of them.
    return marisa_trie.BytesTrie().mmap(str(TABLE))


@cache
def _codes() -> tuple[str, ...]:
    return tuple(CODES.read_text(encoding="utf-8").split("\n"))
