"""The files in which the labels of concepts are compiled: where they lie and what an entry of them says."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent / "data"
# Labels as the keys of their words, with a blank between, and the beginnings of labels of several words.
TABLE = DATA / "concepts.marisa"
# The codes by number, one a line; two codes in a line are those of places with one name.
CODES = DATA / "concepts.txt"
LEFT_OUT = DATA / "left_out.txt"

# Numbers that are no code's: what is no label, and a label that several concepts share.
NOTHING, SEVERAL = 0, 1
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
        """The number of the code in a text in this language: that of all languages, or where they differ its own."""
        different = set(self.labels) - {NOTHING}
        return min(different) if len(different) == 1 else self.labels[slot]

    def agreed(self) -> set[int]:
        """The numbers of all that the label may mean in a search."""
        return {*self.labels, self.place} - {NOTHING}
