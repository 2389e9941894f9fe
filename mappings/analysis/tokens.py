"""Cuts a text into words: each with its place in the original string and its spelling in NFC and lower case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mappings.analysis import words

# Letters, digits and what may stand inside a word: marks of decomposed letters, soft hyphens, characters of no width.
_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff"
_FIRST = r"[^\W_]"
_WITHIN = rf"[\w\u0300-\u036f{_UNSEEN}]"
_REST = rf"{_WITHIN}*"
_END = rf"(?!{_WITHIN})"
# C++, C#, F# and .NET have signs of their own.
_PART = rf"(?:[CcFfJj]\#{_END}|{_FIRST}{_REST}(?:\+\+{_END})?)"
_NET = rf"(?<!{_WITHIN})\.[Nn][Ee][Tt]{_END}"
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
_ADDRESS = rf"(?:https?://|[Ww][Ww][Ww]\.)[^\s<>|]*[^\W_]|{_FIRST}[\w.+-]*@{_FIRST}[\w-]*(?:\.[\w-]*[^\W_])+"
_WORDS = re.compile(_WORD)
_ADDRESSES = re.compile(_ADDRESS)
_WORDS_AND_ADDRESSES = re.compile(f"{_ADDRESS}|{_WORD}")

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_AS_SPELLED = str.maketrans(
    {**_LIGATURES, "’": "'", "ʼ": "'", "‐": "-", "‑": "-", **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")}
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: `text[start:end]` is the word as written, `word` its spelling, `keys` what it is found by."""

    start: int
    end: int
    word: str
    keys: tuple[str, ...]


def analyse(text: str, language: str) -> list[Token]:
    """The words of a text in a language (fi, sv, en) in their order; a text of any length, also an empty one.

    Offsets are those of the string as it is given, composed or not. Keys hold no blank and no `|`.
    """
    return [Token(start, end, word, words.keys(word, language)) for start, end, word in cut(text)]


def stacked(text: str, language: str) -> str:
    """The same for the index: words separated by a blank, the keys of one word by `|`."""
    return " ".join([_stack(word, language) for _, _, word in cut(text)])


@lru_cache(maxsize=100_000)
def _stack(word: str, language: str) -> str:
    return "|".join(words.keys(word, language))


def cut(text: str) -> Iterator[tuple[int, int, str]]:
    """The words of a text in their order: where each starts and ends in the string as it is, and its spelling.

    What is joined by a hyphen, an apostrophe or the colon of a case ending (EU:n) is one word, as are C++, C#, .NET,
    Node.js, R&D, 24/7, an e-mail address and an address of the web. A full stop that ends a sentence is no part of it.
    """
    pattern = _WORDS_AND_ADDRESSES if "@" in text or "://" in text or "www." in text.lower() else _WORDS
    for found in pattern.finditer(text):
        word = spelled(found[0])
        if "_" in word and not _ADDRESSES.match(word):
            yield from _between_underscores(found)
        else:
            yield found.start(), found.end(), word


def _between_underscores(found: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    for piece in re.finditer(r"[^_]+", found[0]):
        for inner in _WORDS.finditer(piece[0]):
            start = found.start() + piece.start() + inner.start()
            yield start, start + len(inner[0]), spelled(inner[0])


@lru_cache(maxsize=100_000)
def spelled(word: str) -> str:
    """A word as it is compared: NFC, lower case, plain hyphens and apostrophes, nothing unseen within."""
    if word.isascii():
        return word.lower()
    # The dot of the Turkish capital İ stays behind as a mark of its own; German ß is a letter of lower case already.
    plain = unicodedata.normalize("NFC", word.translate(_AS_SPELLED)).lower().replace("i\u0307", "i")
    return unicodedata.normalize("NFC", plain)
