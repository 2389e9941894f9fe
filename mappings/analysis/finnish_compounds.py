"""Finnish compounds: which words can stand before a head, and what the heads of a compound are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from mappings.analysis import lexicon
from mappings.analysis.finnish_inflection import BEHIND_CASES
from mappings.analysis.finnish_nouns import is_noun
from mappings.analysis.word_lists import listed

LEAST_HEAD = 4
# From this length on a word is recognised as a head behind whatever stands before it, such as a name.
LEAST_SURE_HEAD = 6
_LEAST_MODIFIER = 4


def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form, the longest first: none for a word that is no compound."""
    _, hyphen, last = base.rpartition("-")
    if hyphen:
        return (last, *heads(last)) if last else ()
    if base in listed("finnish_words", "no compounds") or (lexicon.is_base(base, "fi") and not is_noun(base)):
        return ()
    cuts = range(2, len(base) - 2)
    cut = next((cut for cut in cuts if _is_joint(base[:cut], base[cut:])), None)
    if cut is None:
        sure = range(_LEAST_MODIFIER, len(base) - LEAST_SURE_HEAD + 1)
        cut = next((cut for cut in sure if _is_sure_head(base[cut:])), None)
        if cut is None:
            cut = next((cut for cut in sure if is_modifier(base[:cut]) and _is_agent(base[cut:])), None)
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


def readings(word: str, known: Callable[[str], tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    """The base forms of a compound that the dictionary does not have, by the last part that `known` knows: the longest
    word of work, or else the longest.

    And whether they are sure, since that is long or a word of work: what is short may stand there by chance.
    """
    long: tuple[str, ...] = ()
    by_chance: tuple[str, ...] = ()
    for cut in range(2, len(word) - 2):
        before, tail = word[:cut], word[cut:]
        if is_modifier(before):
            found = [base for base in known(tail) if len(base) < len(tail) + 3 and _is_joint(before, base)]
            named = tuple(before + base for base in found)
            if any(len(base) > LEAST_HEAD and lexicon.of_work(base, "fi") for base in found):
                return named, True
            if len(tail) > LEAST_SURE_HEAD and not tail.endswith(BEHIND_CASES):
                long = long or named
            by_chance = by_chance or named
    for cut in range(_LEAST_MODIFIER, 0 if long else len(word) - LEAST_SURE_HEAD + 1):
        named = tuple(word[:cut] + base for base in known(word[cut:]) if _is_sure_head(base))
        if named:
            return named, True
    return long or by_chance, bool(long)


def is_head(word: str) -> bool:
    """Whether a word can be the last part of a compound."""
    if len(word) < LEAST_HEAD:
        return word in listed("finnish_words", "short heads")
    return word not in listed("finnish_words", "no heads") and is_noun(word)


def _is_agent(word: str) -> bool:
    """Whether a word that the dictionary lacks names who does what a verb of it says: veistäjä, of veistää."""
    if len(word) < LEAST_SURE_HEAD or not word.endswith(("ja", "jä")):
        return False
    vowel = word[-1]
    verbs = [word[:-2] + vowel]
    if word[-3] == "i":
        verbs += [word[:-2] + "d" + vowel, word[:-3] + "ll" + vowel]
    return any(lexicon.is_base(verb, "fi") and not is_noun(verb) for verb in verbs)


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
