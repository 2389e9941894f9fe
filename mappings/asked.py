"""What searched words ask of the index: keys of words, sequences of keys for phrases, codes for what they name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from mappings import analysis
from mappings.analysis import concepts

# What is asked is short and asked again and again: by every page of an answer, by every listing that is explained.
REMEMBERED = 4096


@dataclass(frozen=True)
class Term:
    """One searched word or phrase as it is written, and the sequences of keys of which one must stand in the text."""

    text: str
    sequences: tuple[tuple[str, ...], ...]

    @cached_property
    def keys(self) -> tuple[str, ...] | None:
        """The keys of which one must be there; None for a phrase."""
        return tuple(keys[0] for keys in self.sequences) if all(len(keys) == 1 for keys in self.sequences) else None


@dataclass(frozen=True)
class Piece:
    """Words that are sought together: all of them must be there, or, where they name something, its code.

    With `whole`, everything that has the words has the code, so that asking for the code is enough.
    """

    terms: tuple[Term, ...]
    code: str | None = None
    whole: bool = False

    @property
    def text(self) -> str:
        """The words as they were written."""
        return " ".join(term.text for term in self.terms)


@lru_cache(REMEMBERED)
def term(text: str) -> Term:
    """A word or phrase, in lower case and NFC as `store.terms` reads it."""
    if len(analysis.analyse(text, "en")) == 1:
        return Term(text, tuple((key,) for key in analysis.asked(text)))
    return Term(text, analysis.asked_phrase(text))


@lru_cache(REMEMBERED)
def pieces(wanted: tuple[str, ...], expand: bool = True) -> tuple[Piece, ...]:
    """What these words and phrases ask for: equal sets give equal pieces. Without `expand`, words only.

    A phrase means itself, word by word: only single words are looked up among what things are called.
    """
    terms = {text: term(text) for text in wanted}
    words = {text for text, one in terms.items() if one.keys is not None and " " not in text}
    named = concepts.asked(words) if expand else []
    found = [Piece(tuple(terms[word] for word in sorted(one.words)), one.code, one.whole) for one in named]
    covered = {word for one in named for word in one.words}
    found += [Piece((one,)) for text, one in terms.items() if text not in covered]
    return tuple(sorted(found, key=lambda piece: piece.text))
