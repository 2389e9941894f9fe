"""Swedish compounds: the base forms of unknown ones by their last part, and the heads of all."""

from __future__ import annotations

from functools import lru_cache

from mappings.analysis import lexicon, swedish_inflection
from mappings.analysis.swedish_inflection import is_noun
from mappings.analysis.word_lists import listed

LEAST_HEAD = 4


def readings(word: str) -> tuple[str, ...]:
    """The base forms of a compound that the dictionary does not have, by the longest last part that it has."""
    unsure: tuple[str, ...] = ()
    for cut in range(2, len(word) - 2):
        before, tail = word[:cut], word[cut:]
        if tail in _listed("no tails"):
            continue
        found = tuple(base for base in swedish_inflection.known(tail) if is_noun(base) or not base.endswith("a"))
        if not found:
            continue
        # Short ends stand in many words by chance: there the rest must be one word, and not two.
        if is_modifier(before) if len(tail) > 4 else len(before) > 3 and _is_single(before):
            return tuple(before + base for base in found)
        if not unsure and len(before) > 2:
            unsure = tuple(before + base for base in found if _names_people(base))
    return unsure


def nouns(word: str) -> tuple[str, ...]:
    """The nouns that a word is a form of as a compound, where the dictionary takes it for another kind of word."""
    for cut in range(2, len(word) - LEAST_HEAD + 1):
        if _stands_before_a_head(word[:cut]):
            known = swedish_inflection.known(word[cut:])
            found = tuple(word[:cut] + base for base in known if _can_be_head(base))
            if found:
                return found
    return ()


@lru_cache(maxsize=32_000)
def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form, the longest first: sjuksköterska and sköterska of barnsjuksköterska."""
    if base in _listed("no compounds"):
        return ()
    known = lexicon.is_base(base, "sv")
    for cut in range(2, len(base) - LEAST_HEAD + 1):
        before, tail = base[:cut], base[cut:]
        if not _can_be_head(tail):
            continue
        # Anything may stand before who does something, but not in words of the dictionary: "sekret" in "sekreterare".
        if _stands_before_a_head(before) or (not known and len(before) > 2 and _names_people(tail)):
            return (tail, *heads(tail))
    return ()


@lru_cache(maxsize=32_000)
def is_modifier(before: str) -> bool:
    """Whether a string can stand before the last part of a compound: a word or its stem, with or without a link."""
    if _is_single(before):
        return True
    return any(
        _is_single(before[cut:]) and (before[:cut] in _listed("particles") or _is_single(before[:cut]))
        for cut in range(2, len(before) - 2)
    )


def _stands_before_a_head(before: str) -> bool:
    if len(before) < 4:
        return before in _listed("two letters") or before in _listed("three letters")
    return before not in _listed("particles") and is_modifier(before)


def _is_single(before: str) -> bool:
    if len(before) < 3:
        return before in _listed("two letters")
    if before in _listed("stems") or before in _listed("three letters") or lexicon.bases(before, "sv"):
        return True
    if before.endswith(("ings", "ions", "hets", "itets")):
        return True
    stem = before[:-1]
    if before[-1] in "soeu" and any(lexicon.is_base(stem + vowel, "sv") for vowel in ("", "a", "e")):
        return True
    return any(lexicon.is_base(before + vowel, "sv") for vowel in "ae")


def _can_be_head(base: str) -> bool:
    return len(base) >= LEAST_HEAD and base not in _listed("no heads") and is_noun(base)


def _names_people(base: str) -> bool:
    return len(base) >= LEAST_HEAD and base.endswith(tuple(_listed("people"))) and _can_be_head(base)


def _listed(kind: str) -> frozenset[str]:
    return listed("swedish_compounds", kind)
