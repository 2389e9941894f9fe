"""What a word that nothing has was perhaps meant to be: slips of the keys, and letters without their dots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from matcher import labels

# A slip: one letter too many, missing, other, or two in the wrong order. Words from so many letters on may have one,
# and two; in shorter ones everything is a slip of something else.
ONE_FROM, TWO_FROM = 4, 8
MOST = 3
LOOKED_AT = 50
# Not everybody has these letters on the keyboard.
_WITHOUT_DOTS = str.maketrans("åäöéüø", "aaoeuo")


def slips(word: str) -> int:
    """How many slips a word may have."""
    return (len(word) >= ONE_FROM) + (len(word) >= TWO_FROM)


def begun(text: str) -> Iterator[str]:
    """What the beginning of a name, in `terms.plain`, was perhaps meant to be: its last word may go on."""
    *before, last = text.split(" ")
    known = labels.words()
    mended = [word if word in known else next(iter(nearest(word)), word) for word in before]
    for beginning in _nearest_beginnings(last):
        yield " ".join((*mended, beginning))


def nearest(word: str) -> list[str]:
    """The words of labels that a word was perhaps meant to be, the nearest and then the most frequent first."""
    return _nearest(word, _words(plain(word)[:1]))


def plain(word: str) -> str:
    """A word without the dots and rings of its letters."""
    return word.translate(_WITHOUT_DOTS)


def _nearest(word: str, among: Mapping[str, str]) -> list[str]:
    most = slips(word)
    if not most:
        return []
    found = process.extract(plain(word), among, scorer=OSA.distance, score_cutoff=most, limit=LOOKED_AT)
    counts = labels.words()
    ranked = sorted((distance, OSA.distance(word, one), -counts.get(one, 0), one) for _, distance, one in found)
    return [one for *_, one in ranked][:MOST]


@lru_cache(maxsize=2_000)
def _nearest_beginnings(word: str) -> tuple[str, ...]:
    lengths = range(len(word) - 1, len(word) + 2) if slips(word) else ()
    found = [one for length in lengths for one in _nearest(word, _beginnings(plain(word)[:1], length))]
    return tuple(sorted(set(found), key=lambda one: (OSA.distance(plain(word), plain(one)), found.index(one)))[:MOST])


@lru_cache(maxsize=500)
def _beginnings(letter: str, length: int) -> dict[str, str]:
    return {word[:length]: compared[:length] for word, compared in _words(letter).items() if len(word) >= length}


def _words(letter: str) -> dict[str, str]:
    return _by_letter().get(letter, {})


@cache
def _by_letter() -> dict[str, dict[str, str]]:
    """The words of labels by their first letter, each with how it is compared."""
    found: dict[str, dict[str, str]] = {}
    for word in labels.words():
        found.setdefault(plain(word)[:1], {})[word] = plain(word)
    return found
