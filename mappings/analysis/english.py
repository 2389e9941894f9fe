"""English words: their base forms, careful guesses for unknown ones, and the heads of compounds."""

from __future__ import annotations

from functools import lru_cache

from mappings.analysis import english_inflection, lexicon
from mappings.analysis.english_spelling import one_spelling
from mappings.analysis.word_lists import listed

_LEAST_MODIFIER = 3


def bases(word: str) -> tuple[str, ...]:
    """The plausible base forms of a word in lower case, the likeliest first; empty when it is unknown.

    In one spelling of those that there are: program for programmes, laborer for labourers.
    """
    spelling = one_spelling(word)
    # Of "counselling" the dictionary has the verb only, of "counseling" the noun too.
    found = english_inflection.known(spelling if lexicon.is_base(spelling, "en") else word) or _of_compound(word)
    if not found and not any(lexicon.bases(word, language) for language in ("fi", "sv")):
        found = english_inflection.by_suffix(word) or _respelled(word)
    return tuple(dict.fromkeys(one_spelling(base) for base in found))


def guesses(word: str) -> tuple[str, ...]:
    """Careful guesses at the base form of a word that no language knows, such as the name of a company."""
    return (word[:-1],) if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else ()


@lru_cache(maxsize=32_000)
def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form: worker for metalworker. Never what stands before the head."""
    for cut in range(2, len(base) - 3):
        if base[cut:] in listed("english_words", "heads") and _is_modifier(base[:cut]):
            return (base[cut:],)
    return ()


def _respelled(word: str) -> tuple[str, ...]:
    """The base forms of a word that only its American spelling is known of, or that has a British one by its looks."""
    spelling = one_spelling(word)
    return () if spelling == word else english_inflection.known(spelling) or (spelling,)


def _of_compound(word: str) -> tuple[str, ...]:
    """The base form of a closed compound that the dictionary does not have: webdeveloper for webdevelopers."""
    base = word.removesuffix("s")
    return (base,) if heads(base) else ()


def _is_modifier(before: str) -> bool:
    if before in listed("english_words", "stems"):
        return True
    return (
        before not in listed("english_words", "particles")
        and len(before) >= _LEAST_MODIFIER
        and lexicon.is_base(before, "en")
    )
