"""The base forms of English words: plurals, verbs, and what the dictionary has of them."""

from __future__ import annotations

import re

from mappings.analysis import lexicon
from mappings.analysis.word_lists import listed

_IRREGULAR = {
    "staves": ("staff",),
    "staffs": ("staff",),
    "alumnae": ("alumna",),
    "alumni": ("alumnus",),
    "maitres": ("maitre",),
    "lieder": ("lied",),
}
_ENDS_OF_PEOPLE = re.compile(r"\w{3,}(?:ers|ors|ists|ants|ents|ians|eers|ees|esses|smiths|wrights|persons|aries)")
_LEARNED = re.compile(r"(\w{3,}(?:ician|ologist|ographer|therapist|metrist|iatrist|pathist|terian))s?")


def known(word: str) -> tuple[str, ...]:
    """The base forms of a word that the dictionary has in some form, nouns first; empty for one that it has not."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    given = lexicon.bases(word, "en")
    singulars = tuple(base for base in _singulars(word) if lexicon.is_base(base, "en"))
    found = dict.fromkeys((*(base for base in singulars if base in given), *singulars, *given))
    if word.endswith(("er", "ers")) and given and word not in found:
        # The dictionary takes who moralizes for what is more moralize.
        found = dict.fromkeys((word.removesuffix("s"), *found))
    if word in found and len(found) > 1:
        if word.endswith("er"):
            return (word,)
        if word.endswith("s") and any(word in (base + "s", base + "es") for base in found):
            found.pop(word)
    if word.endswith(("ing", "ed")):
        return _without_people(word, tuple(found))
    return tuple(base for base in found if not _is_no_word(word, base))


def by_suffix(word: str) -> tuple[str, ...]:
    """The noun that a word of no dictionary is a form of, by the suffix that makes words for people: mixologists."""
    if found := _LEARNED.fullmatch(word):
        return (found[1],)
    if word.endswith(("men", "women")) and len(word) > 6:
        return (word[:-2] + "an",)
    if _ENDS_OF_PEOPLE.fullmatch(word):
        return _singulars(word)[:1]
    return ()


def _singulars(word: str) -> tuple[str, ...]:
    """What a word is the plural of, if it is one, likeliest first; whether there are such words is not asked."""
    if word.endswith("men"):
        return (word[:-2] + "an",)
    if word.endswith("people") and len(word) > 6:
        return (word[:-6] + "person",)
    if not word.endswith("s") or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y", word[:-1])
    if word.endswith("ves"):
        return (word[:-3] + "fe", word[:-3] + "f", word[:-1])
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        return (word[:-2], word[:-1])
    return (word[:-1],)


def _without_people(word: str, found: tuple[str, ...]) -> tuple[str, ...]:
    if word in listed("english_words", "trades"):
        return (word,)
    found = tuple(base[:-1] if base.endswith("ll") and lexicon.is_base(base[:-1], "en") else base for base in found)
    return tuple(base for base in found if base not in listed("english_words", "people")) or ((word,) if found else ())


def _is_no_word(word: str, base: str) -> bool:
    # The dictionary takes midwives for a form of "midwive", which is no word.
    return base.endswith("ive") and word.endswith("ives") and lexicon.is_base(base[:-2] + "fe", "en")
