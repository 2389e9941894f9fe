"""Finnish compounds: which words can stand before a head, and what the heads of a compound are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from mappings.analysis import lexicon
from mappings.analysis.finnish_inflection import nominal_forms
from mappings.analysis.word_lists import listed

LEAST_HEAD = 4
# From this length on a word is recognised as a head behind whatever stands before it, such as a name.
LEAST_SURE_HEAD = 6
_LEAST_MODIFIER = 4
# How verbs and adverbs end; many nouns do too.
_VERBS = tuple(f"{end}{vowel}" for vowel in "aä" for end in ("a", "ä", "o", "ö", "u", "y", "i", "e", *"dtlnr"))
_ADVERBS = ("sti", "lle", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "sin", "ten", "kin", "an", "än", "en")
_NO_NOUNS = (*_VERBS, *_ADVERBS)


def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form, the longest first: none for a word that is no compound."""
    _, hyphen, last = base.rpartition("-")
    if hyphen:
        return (last, *heads(last)) if last else ()
    if base.endswith(_VERBS) and lexicon.is_base(base, "fi") and not is_noun(base):
        return ()
    if base in listed("finnish_words", "no compounds"):
        return ()
    cuts = range(2, len(base) - 2)
    cut = next((cut for cut in cuts if _is_joint(base[:cut], base[cut:])), None)
    if cut is None:
        sure = range(_LEAST_MODIFIER, len(base) - LEAST_SURE_HEAD + 1)
        cut = next((cut for cut in sure if _is_sure_head(base[cut:])), None)
    # What is no head of the longest head is none of the whole: matkatavara has no vara.
    if cut is None:
        return ()
    return (*_longer_heads(base, cut), base[cut:], *heads(base[cut:]))


def _longer_heads(base: str, cut: int) -> Iterator[str]:
    """Heads that no dictionary has, where several words stand before one that it has: päivähoitaja."""
    if not _is_single_modifier(base[:cut]):
        for at in range(2, cut - 1):
            if is_modifier(base[:at]) and _is_single_modifier(base[at:cut]):
                yield base[at:]


def readings(word: str, known: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """The base forms of a compound that the dictionary does not have, by the longest last part that `known` knows."""
    longest: tuple[str, ...] = ()
    for cut in range(2, len(word) - LEAST_HEAD + 1):
        before, tail = word[:cut], word[cut:]
        if is_modifier(before):
            found = [base for base in known(tail) if _is_joint(before, base)]
            # A longer end is likelier than a shorter one, but what is short may stand there by chance.
            if any(len(base) >= LEAST_SURE_HEAD or lexicon.of_work(base, "fi") for base in found):
                return tuple(before + base for base in found)
            longest = longest or tuple(before + base for base in found)
    for cut in range(_LEAST_MODIFIER, len(word) - LEAST_SURE_HEAD + 1):
        sure = tuple(word[:cut] + base for base in known(word[cut:]) if _is_sure_head(base))
        if sure:
            return sure
    return longest


def is_head(word: str) -> bool:
    """Whether a word can be the last part of a compound."""
    if len(word) < LEAST_HEAD:
        return word in listed("finnish_words", "short heads")
    return word not in listed("finnish_words", "no heads") and is_noun(word)


def _is_joint(before: str, head: str) -> bool:
    # Short words stand in others by chance: maa|lari.
    chance = len(before) < _LEAST_MODIFIER and len(head) == LEAST_HEAD and not lexicon.of_work(head, "fi")
    return not chance and is_head(head) and is_modifier(before)


def _is_sure_head(word: str) -> bool:
    return len(word) >= LEAST_SURE_HEAD and lexicon.of_work(word, "fi") and is_head(word)


@lru_cache(maxsize=20_000)
def is_modifier(word: str) -> bool:
    """Whether a word can stand before a head: in its base form, in the genitive, or as the stem of -nen (yleis-)."""
    if _is_single_modifier(word):
        return True
    return any(is_modifier(word[:cut]) and is_modifier(word[cut:]) for cut in range(2, len(word) - 1))


@lru_cache(maxsize=20_000)
def _is_single_modifier(word: str) -> bool:
    if word in listed("finnish_words", "modifiers"):
        return True
    if len(word) < _LEAST_MODIFIER - 1:
        return False
    if is_noun(word) or (word[-1] == "s" and lexicon.is_base(word[:-1] + "nen", "fi")):
        return True
    return word[-1] == "n" and any(map(is_noun, lexicon.bases(word, "fi")))


@lru_cache(maxsize=20_000)
def is_noun(word: str) -> bool:
    """Whether a base form of the dictionary is a noun or an adjective: it has cases there, or ends as no other does."""
    if not lexicon.is_base(word, "fi"):
        return False
    if word.endswith(("ta", "tä")) and any(word in lexicon.bases(word[:-2] + end, "fi") for end in ("nnut", "nnyt")):
        return False
    return not word.endswith(_NO_NOUNS) or any(word in lexicon.bases(form, "fi") for form in nominal_forms(word))
