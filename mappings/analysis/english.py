"""English words: their base forms, careful guesses for unknown ones, and the heads of compounds."""

from __future__ import annotations

from mappings.analysis import lexicon


def bases(word: str) -> tuple[str, ...]:
    """The plausible base forms of a word in lower case, the likeliest first; empty when it is unknown."""
    return lexicon.bases(word, "en")


def guesses(word: str) -> tuple[str, ...]:
    """Careful guesses at the base form of a word that no language knows, such as the name of a company."""
    return ()


def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form: keeper for bookkeeper. Never what stands before the head."""
    return ()
