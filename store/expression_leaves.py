"""The words and phrases of an expression: how they are normalised, and what a wildcard may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lark import Token

from store.expression_fields import nearest_language, nearest_place, place_codes
from store.expression_mistakes import Written
from store.languages import code_of
from store.terms import plain

WILDCARD_AFTER = 3  # letters or digits


@dataclass(frozen=True)
class Word:
    """A word, in lower case and NFC, anywhere or in one field; with `prefix` every word that begins with it."""

    text: str
    prefix: bool = False
    field: str | None = None


@dataclass(frozen=True)
class Phrase:
    """Words side by side, in lower case and NFC, separated by one space; anywhere or in one field."""

    text: str
    field: str | None = None


Leaf = Word | Phrase


def read(token: Token, written: Written, field: str | None) -> Leaf:
    """The word or phrase of a token. Raises SyntaxMistake for a misplaced wildcard, a phrase without a word, and for a
    language or place that is unknown."""
    leaf = _phrase(token, written, field) if token.type == "PHRASE" else _word(token, written, field)
    _check_value(leaf, token.start_pos or 0, written)
    return leaf


def _word(token: Token, written: Written, field: str | None) -> Word:
    at, right = token.start_pos or 0, "letters first, the wildcard at the end: prog*"
    text, star, rest = plain(token).partition("*")
    if not star:
        return Word(text, field=field)
    if not any(letter.isalnum() for letter in text + rest):
        raise written.mistake(at, "the wildcard stands alone", right)
    if not any(letter.isalnum() for letter in text):
        raise written.mistake(at, "the wildcard stands at the beginning of the word", right)
    if rest:
        raise written.mistake(at + token.index("*"), "the wildcard stands inside the word", right)
    if not text.isalnum():
        raise written.mistake(at, "a wildcard goes with letters and digits only", f"{right}; or without the wildcard")
    if len(text) < WILDCARD_AFTER:
        reason = f"fewer than {WILDCARD_AFTER} letters stand before the wildcard"
        raise written.mistake(at, reason, f"at least {WILDCARD_AFTER} letters: prog*")
    return Word(text, prefix=True, field=field)


def _phrase(token: Token, written: Written, field: str | None) -> Leaf:
    at, text = token.start_pos or 0, " ".join(plain(token)[1:-1].split())
    if "*" in text:
        right = f"whole words in {written.quoted(at)}, or the word with the wildcard outside of it"
        raise written.mistake(at + token.index("*"), "a wildcard stands in a phrase", right)
    if not any(letter.isalnum() for letter in text):
        raise written.mistake(
            at, "the phrase holds no word", "at least one letter or digit between the quotation marks"
        )
    # The analysis is the same with and without quotation marks: a phrase of one word is that word.
    return Word(text, field=field) if text.isalnum() else Phrase(text, field)


def _check_value(leaf: Leaf, at: int, written: Written) -> None:
    known: Callable[[str], object]
    if leaf.field == "language":
        known, nearest, right = code_of, nearest_language, "its name (Swedish, svenska, ruotsi) or code (sv)"
    elif leaf.field == "place":
        known, nearest, right = place_codes, nearest_place, "a country, region or municipality by name or code (fi-837)"
    else:
        return
    if isinstance(leaf, Word) and leaf.prefix:
        raise written.mistake(at, f"a {leaf.field} takes no wildcard", right)
    if not known(leaf.text):
        meant = nearest(leaf.text)
        guess = f"{meant} instead of {written.quoted(at)}; " if meant else ""
        raise written.mistake(at, f"there is no such {leaf.field}", f"{guess}{right}")
