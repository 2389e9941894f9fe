"""Cuts a text into words: each with its place in the original string and its spelling in NFC and lower case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mappings.analysis import words

# Letters, digits and what may stand inside a word: marks of decomposed letters, soft hyphens, characters of no width.
_INNER = r"\w\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_FIRST = r"(?!ʼ)[^\W_]"
_REST = rf"[{_INNER}]*"
_END = rf"(?![{_INNER}])"
# C++, C#, F# and .NET have signs of their own.
_PART = rf"(?:[CcFfJj]\#{_END}|{_FIRST}{_REST}(?:\+\+{_END})?)"
_NET = rf"(?<![{_INNER}])\.[Nn][Ee][Tt]{_END}"
_ENDINGS = (
    "n|en|in|an|än|hun|hyn|on|ön|a|ä|ta|tä|tta|ttä|na|nä|ssa|ssä|issa|issä|essa|essä|sta|stä|ista|istä|esta|estä|lla|llä"
    "|illa|illä|lta|ltä|ilta|iltä|lle|ille|ksi|iksi|t|it|itä|ita|ien|iden|een|iin|aan|ään|oon|öön|uun|yyn|hin|kin|s|er|ar"
)
_DOMAINS = "com|net|org|fi|se|eu|io|ai|dev|nu|no|dk|ax"
# What joins two parts into one word: hyphens, apostrophes and ampersands; the colon of EU:n; the full stop of Node.js
# and of addresses; what stands between digits.
_JOINED = (
    rf"(?:[-‐‑'’ʼ&]\.?{_PART}"
    rf"|:(?:{_ENDINGS}|{unicodedata.normalize('NFD', _ENDINGS)}){_END}"
    rf"|\.(?:[Jj][Ss]|[Nn][Ee][Tt]|{_DOMAINS}){_END}"
    rf"|(?<=\d)[.,:/](?=\d){_REST})*"
)
_WORD = rf"(?:{_PART}|{_NET}){_JOINED}"
# Lengths as RFC 5321 has them; without a bound, a long text without blanks would be read again from each of its words.
_MAIL = rf"{_FIRST}[{_INNER}.+-]{{0,63}}@{_FIRST}[{_INNER}-]{{0,62}}(?:\.{_FIRST}[{_INNER}-]{{0,62}}){{1,8}}(?<![-_])"
_ADDRESS = rf"(?:https?://|[Ww][Ww][Ww]\.)[^\s<>|]*{_FIRST}{_REST}|{_MAIL}"
_ADDRESSES = re.compile(_ADDRESS)
_WORDS = re.compile(f"{_ADDRESS}|{_WORD}")
_PIECES = re.compile(r"\S+")
_BETWEEN_UNDERSCORES = re.compile(r"[^_]+")

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_AS_SPELLED = str.maketrans(
    {**_LIGATURES, "’": "'", "ʼ": "'", "‐": "-", "‑": "-", **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")}
)


LONGEST_WORD = 500


class Token(NamedTuple):
    """One word of a text: `text[start:end]` is the word as written, `word` its spelling, `keys` what it is found by."""

    start: int
    end: int
    word: str
    keys: tuple[str, ...]


def analyse(text: str, language: str) -> list[Token]:
    """The words of a text in a language (fi, sv, en) in their order; a text of any length, also an empty one.

    Offsets are those of the string as it is given, composed or not. Keys hold no blank and no `|`.
    """
    made = []
    for piece in _PIECES.finditer(text):
        before = piece.start()
        for start, end, word, keys in _keyed_piece(piece[0], language):
            made.append(Token(before + start, before + end, word, keys))
    return made


def cut_out(text: str, pieces: Sequence[str], language: str, ranges: Iterable[tuple[int, int]]) -> list[list[Token]]:
    """Stretches of a text as `analyse` has them, each from one of its `pieces` (the text cut at its blanks) to before
    another; the ranges in order and apart. What lies between is not looked at."""
    # With one blank between each two pieces, as in texts that were tidied up, places are sums; else each is looked up.
    tidy = len(text) == sum(map(len, pieces)) + len(pieces) - 1
    stretches: list[list[Token]] = []
    place = at = 0
    for first, end in ranges:
        stretches.append([])
        if tidy:
            place, at = place + sum(map(len, pieces[at:first])) + first - at, first
        for number in range(at, end):
            place = text.index(pieces[number], place)
            if number >= first:
                stretches[-1] += [
                    Token(place + begin, place + stop, word, found)
                    for begin, stop, word, found in _keyed_piece(pieces[number], language)
                ]
            place += len(pieces[number])
        at = end
    return stretches


def stacked(text: str, language: str) -> str:
    """The same for the index: words separated by a blank, the keys of one word by `|`."""
    return " ".join([stack for piece in text.split() if (stack := _stacked_piece(piece, language))])


def cut(text: str) -> Iterator[tuple[int, int, str]]:
    """The words of a text in their order: where each starts and ends in the string as it is, and its spelling.

    What is joined by a hyphen, an apostrophe or the colon of a case ending (EU:n) is one word, as are C++, C#, .NET,
    Node.js, R&D, 24/7, an e-mail address and an address of the web. A full stop that ends a sentence is no part of it.
    """
    for piece in _PIECES.finditer(text):
        before = piece.start()
        for start, end, word in _cut_piece(piece[0]):
            yield before + start, before + end, word


# A word never reaches over a blank, and most pieces between blanks come again: so each is cut once.
@lru_cache(maxsize=32_000)
def _stacked_piece(piece: str, language: str) -> str:
    return " ".join(["|".join(keys) for _, _, _, keys in _keyed_piece(piece, language)])


@lru_cache(maxsize=32_000)
def keys_of_piece(piece: str, language: str) -> frozenset[str]:
    """All keys of the words in a piece of a text between two blanks."""
    return frozenset(key for _, _, _, keys in _keyed_piece(piece, language) for key in keys)


@lru_cache(maxsize=32_000)
def _keyed_piece(piece: str, language: str) -> tuple[tuple[int, int, str, tuple[str, ...]], ...]:
    return tuple((start, end, word, words.keys(word, language)) for start, end, word in _cut_piece(piece))


@lru_cache(maxsize=8_000)
def _cut_piece(piece: str) -> tuple[tuple[int, int, str], ...]:
    found: list[tuple[int, int, str]] = []
    for one in _WORDS.finditer(piece):
        if "_" in one[0] and not _ADDRESSES.match(one[0]):
            # Underscores stand around words (__important__) and between them.
            for part in _BETWEEN_UNDERSCORES.finditer(one[0]):
                before = one.start() + part.start()
                found += [(before + start, before + end, word) for start, end, word in _cut_piece(part[0])]
        else:
            found.append((one.start(), one.end(), spelled(one[0])))
    return tuple(found)


def spelled(word: str) -> str:
    """A word as it is compared: NFC, lower case, plain hyphens and apostrophes, nothing unseen within."""
    # No word is so long, only what was never meant to be read, which should cost no more than it is worth.
    word = word[:LONGEST_WORD]
    if word.isascii():
        return word.lower()
    # The dot of the Turkish capital İ stays behind as a mark of its own; German ß is a letter of lower case already.
    plain = unicodedata.normalize("NFC", word.translate(_AS_SPELLED)).lower().replace("i\u0307", "i")
    return unicodedata.normalize("NFC", plain)
