"""Which keys a word stands for: many in a text, so that it is found; few in a search, so that it is exact."""

from __future__ import annotations

import re
from functools import lru_cache
from types import ModuleType

from mappings.analysis import english, finnish, lexicon, swedish

_MODULES: dict[str, ModuleType] = {"fi": finnish, "sv": swedish, "en": english}
LANGUAGES = tuple(_MODULES)
# A key is a term of the index, and those have a longest length; no word of a language comes near. What is longer is
# taken as it is: an address, or nothing that was meant to be read.
LONGEST_KEY = 80
_SIGNS = {".net": "dotnet", "c++": "cplusplus", "c#": "csharp", "f#": "fsharp", "j#": "jsharp"}
_SIGN_NAMES = frozenset(_SIGNS.values())
_NET = re.compile(r"(?<=\w)\.net(?!\w)")
# Where a word is joined of parts: not within numbers (1.5), and not where single letters make a name (R&D).
_JOINT = re.compile(r"(?<=[\w+#])(?:[-']|&(?=[\w.]{2})|(?<=\w\w)&|\.(?=[^\W\d]))")
# Endings behind an apostrophe: possessives (nurse's) and the cases of foreign names (Wolt'in).
_CASE = re.compile(
    r"s|[aeiouyäö]?n|[ie]?(?:t|t?[aä]|n[aä]|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|ksi|tt[aä])|h[aeiouyäö]n|iin|ien|iden"
)
_HOST = re.compile(r"(?:https?://(?:www\.)?|www\.)([^/?#:@]+)")


@lru_cache(maxsize=32_000)
def readings(word: str, language: str) -> tuple[str, ...]:
    """The base forms of a single word in a language, the likeliest first: the word itself where it is one."""
    found: tuple[str, ...] = tuple(dict.fromkeys(_MODULES[language].bases(word)))
    return (word, *(base for base in found if base != word)) if word in found else found


def known(word: str, language: str) -> bool:
    """Whether a word, in lower case and NFC, is a form of a word that the language has."""
    return bool(readings(word, language))


@lru_cache(maxsize=32_000)
def keys(word: str, language: str) -> tuple[str, ...]:
    """What a text in a language is found by where it has the word: its base forms, then heads and parts.

    Whatever a search for the word asks for is among them, in every language.
    """
    if len(word) > LONGEST_KEY:
        return (word[:LONGEST_KEY],)
    parts = _parts(word)
    if len(parts) == 1:
        return _clipped(_simple(parts[0], language))
    before, last = "".join(parts[:-1]), parts[-1]
    joined = [*(before + base for base in _simple(last, language)), *readings(before + last, language)]
    single = [key for part in parts if len(part) > 1 for key in _simple(part, language)]
    return _clipped((*joined, *single))


@lru_cache(maxsize=32_000)
def picked(word: str) -> tuple[str, ...]:
    """The one key by which a search finds the word in texts of each language, in the order of LANGUAGES."""
    if len(word) > LONGEST_KEY:
        return (word[:LONGEST_KEY],) * len(LANGUAGES)
    *before, last = _parts(word)
    return tuple(("".join(before) + key)[:LONGEST_KEY] for key in _picked(last))


def _parts(word: str) -> tuple[str, ...]:
    """A word without its case ending or possessive, in the parts of which it is joined: mostly one."""
    if "@" in word:
        return (word,)
    if found := _HOST.match(word):
        word = found[1]
    if word.isalnum():
        return (word,)
    stem, colon, _ = word.partition(":")
    if colon and not stem[-1:].isdigit():
        word = stem
    stem, apostrophe, ending = word.rpartition("'")
    if apostrophe and stem and not any(known(word, language) for language in LANGUAGES):
        # Not the apostrophe between like vowels, which belongs to the word: vaa'an.
        word = stem if _CASE.fullmatch(ending) and stem[-1] != ending[0] else word
    parts = _JOINT.split(_NET.sub("-.net", word))
    return tuple(_SIGNS.get(part, part) for part in parts if part) or (word,)


def _picked(word: str) -> tuple[str, ...]:
    # Each key more is a query more to percolate, so only those languages are heard that know the word best: English
    # has "supervisor" as a base form, so nobody asks for what it might be a form of in Swedish.
    sure = [_sureness(word, language) for language in LANGUAGES]
    best = max(sure)
    if word in _SIGN_NAMES or not best:
        return (word,) * len(LANGUAGES)
    first = readings(word, LANGUAGES[sure.index(best)])[0]
    return tuple(
        readings(word, language)[0] if here == best else first for language, here in zip(LANGUAGES, sure, strict=True)
    )


def _sureness(word: str, language: str) -> int:
    """How well a language knows a word: as a base form of its dictionary, as a form in it, by its rules, or not."""
    found = readings(word, language)
    if not found:
        return 0
    if found[0] == word and lexicon.is_base(word, language):
        return 3
    return 2 if lexicon.bases(word, language) else 1


def _simple(word: str, language: str) -> tuple[str, ...]:
    if word in _SIGN_NAMES:
        return (word,)
    own = readings(word, language)
    if own:
        return (*own, *_heads(own, language), *_picked(word))
    others = [one for one in LANGUAGES if one != language]
    found = [key for one in others for base in readings(word, one) for key in (base, *_heads((base,), one))]
    # Also where another language knows the word, since it may be a name: Javan is an English word, and a form of Java.
    return (*found, *([] if found else [word]), *_MODULES[language].guesses(word))


def _heads(found: tuple[str, ...], language: str) -> tuple[str, ...]:
    return tuple(head for base in found for head in _MODULES[language].heads(base))


def _clipped(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key[:LONGEST_KEY] for key in found))
