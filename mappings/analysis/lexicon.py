"""The base forms of the words of three languages, as compiled into the files under `data/`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]

LANGUAGES = ("fi", "sv", "en")
DATA = Path(__file__).parent / "data"
OF_WORK = "of_work.marisa"

# What is left out of the files because a shorter form tells it: the least lengths of what stands before and after.
LEAST_MODIFIER = 2
LEAST_TAIL = 4
# One edit: how many letters to cut off, as a letter (A for none), then what to add.
EDIT = re.compile(r"([A-Z])([^A-Z]*)")


@lru_cache(maxsize=32_000)
def bases(word: str, language: str) -> tuple[str, ...]:
    """The base forms that the dictionary of a language gives for a word in lower case and NFC, the likeliest first.

    Empty when the dictionary does not have it. Never a guess: each is a word of the dictionary, and the word is one of
    its forms, or a known compound's form (lähihoitajille, since hoitajille is there and lähihoitaja is a base form).
    """
    exact = _exact(word, language)
    if exact or len(word) < LEAST_MODIFIER + LEAST_TAIL:
        return exact
    return shorter(word, lambda form: _exact(form, language), lambda base: is_base(base, language))


def is_base(word: str, language: str) -> bool:
    """Whether a word is a base form in the dictionary of a language."""
    return word in _exact(word, language)


def of_work(word: str, language: str) -> bool:
    """Whether the names of occupations in a language have the word or a form of it: such words are meant."""
    return f"{language}:{word}" in _words_of_work()


def shorter(word: str, exact: Callable[[str], tuple[str, ...]], known: Callable[[str], bool]) -> tuple[str, ...]:
    """The base forms of a word of which only the end is in the dictionary, longest end first."""
    found: dict[str, None] = {}
    for cut in range(LEAST_MODIFIER, len(word) - LEAST_TAIL + 1):
        for tail in exact(word[cut:]):
            if known(word[:cut] + tail):
                found[word[:cut] + tail] = None
    return tuple(found)


def edits(form: str, several: tuple[str, ...]) -> bytes:
    """How the base forms are made of a form: the value that the files hold; empty where it cannot be written."""
    written = ""
    for base in several:
        same = 0
        while same < min(len(form), len(base)) and form[same] == base[same]:
            same += 1
        cut = len(form) - same
        if cut > ord("Z") - ord("A"):
            return b""
        written += chr(ord("A") + cut) + base[same:]
    return written.encode()


def edited(form: str, written: bytes) -> tuple[str, ...]:
    """The base forms of a form, from what `edits` wrote."""
    return tuple([form[: len(form) - cut] + add for cut, add in _read(written)])


@lru_cache(maxsize=8_000)
def _read(written: bytes) -> tuple[tuple[int, str], ...]:
    return tuple((ord(cut) - ord("A"), add) for cut, add in EDIT.findall(written.decode()))


def _exact(word: str, language: str) -> tuple[str, ...]:
    written = _trie(language).get(word)
    return edited(word, written[0]) if written else ()


@cache
def _trie(language: str) -> marisa_trie.BytesTrie:
    # Mapped, not read: all processes of a machine share the pages, and only those that are asked for are loaded.
    return marisa_trie.BytesTrie().mmap(str(DATA / f"{language}.marisa"))


@cache
def _words_of_work() -> marisa_trie.Trie:
    return marisa_trie.Trie().mmap(str(DATA / OF_WORK))
