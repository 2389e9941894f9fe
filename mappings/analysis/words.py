"""Which keys a word stands for: many in a text, so that it is found; few in a search, so that it is exact."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    """The base forms of a single word in a language, the likeliest first: the word itself where it is one.

    Without hyphens, which some write and others do not: e-mail is email.
    """
    found: tuple[str, ...] = tuple(dict.fromkeys(base.replace("-", "") for base in _MODULES[language].bases(word)))
    itself = word.replace("-", "")
    return (itself, *(base for base in found if base != itself)) if itself in found else found


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
    plain = _without_ending(word)
    parts = _parts(plain)
    if len(parts) == 1:
        return _each_once(_simple(parts[0], language))
    before, last = "".join(parts[:-1]), parts[-1]
    whole = [key for one in (plain, before + last) if _anywhere(one) for key in _simple(one, language)]
    joined = [before + base for base in _bases(last, language)]
    single = [key for part in parts if len(part) > 1 for key in _simple(part, language)]
    return _each_once((*picked(word), *whole, *joined, *single))


@lru_cache(maxsize=32_000)
def picked(word: str) -> tuple[str, ...]:
    """The one key by which a search finds the word in texts of each language, in the order of LANGUAGES."""
    if len(word) > LONGEST_KEY:
        return (word[:LONGEST_KEY],) * len(LANGUAGES)
    plain = _without_ending(word)
    *before, last = _parts(plain)
    for whole in (plain, "".join((*before, last))) if before else ():
        if any(lexicon.bases(whole, language) for language in LANGUAGES):
            return _cut_off(_picked(whole))
    return _cut_off("".join(before) + key for key in _picked(last))


def _without_ending(word: str) -> str:
    """A word without its possessive or the case ending of a name; the host of an address."""
    if word.isalnum():
        return word
    if found := _HOST.match(word):
        return found[1]
    stem, colon, _ = word.partition(":")
    if colon and not stem[-1:].isdigit():
        word = stem
    stem, apostrophe, ending = word.rpartition("'")
    # Not the apostrophe between like vowels, which belongs to the word: vaa'an.
    if apostrophe and stem and _CASE.fullmatch(ending) and (ending == "s" or stem[-1] != ending[0]):
        return stem
    return word


def _parts(word: str) -> tuple[str, ...]:
    """The parts of which a word is joined: mostly one. Signs have their names."""
    if word.isalnum() or "@" in word:
        return (word,)
    parts = _JOINT.split(_NET.sub("-.net", word))
    return tuple(_SIGNS.get(part, part) for part in parts if part) or (word,)


def _anywhere(word: str) -> bool:
    return any(known(word, language) for language in LANGUAGES)


def _picked(word: str) -> tuple[str, ...]:
    if word in _SIGN_NAMES:
        return (word,) * len(LANGUAGES)
    having = _having(word)
    meant = [_meant(word, language) if language in having else (_UNKNOWN, word) for language in LANGUAGES]
    sureness = {sure for sure, _ in meant}
    # Each key more is a query more to percolate, so only those are heard that know the word best: nobody who asks for a
    # supervisor asks for what the word might be a form of in Swedish. A word that has no part in work may be a form
    # of one that has: alan is English too, and Finns ask for ala.
    heard = next(few for few in _HEARD if few & sureness)
    first = next(key for sure, key in meant if sure in heard)
    return tuple(key if sure in heard else first for sure, key in meant)


_UNKNOWN, _BY_RULE, _FORM, _BASE, _FORM_OF_WORK, _BASE_OF_WORK = range(6)
_HEARD = ({_BASE_OF_WORK}, {_FORM_OF_WORK, _BASE}, {_FORM}, {_BY_RULE}, {_UNKNOWN})


def _meant(word: str, language: str) -> tuple[int, str]:
    """How well a language knows a word, and what it takes it for."""
    found = readings(word, language)
    if not found:
        return _UNKNOWN, word
    of_work = next((base for base in found if lexicon.of_work(base, language)), None)
    if found[0] == word.replace("-", ""):
        sure = _BASE_OF_WORK if of_work == found[0] else _BASE if lexicon.is_base(word, language) else _BY_RULE
        return sure, found[0]
    if of_work:
        return _FORM_OF_WORK, of_work
    return (_FORM if lexicon.bases(word, language) else _BY_RULE), found[0]


def _simple(word: str, language: str) -> tuple[str, ...]:
    heads = [head for base, known_in in _known(word, language) for head in _MODULES[known_in].heads(base)]
    return (*_bases(word, language), *heads)


def _bases(word: str, language: str) -> tuple[str, ...]:
    found = [base for base, _ in _known(word, language)] or [word]
    # Also where another language knows the word, since it may be a name: Javan is an English word, and a form of Java.
    guessed = () if word in _SIGN_NAMES or known(word, language) else _MODULES[language].guesses(word)
    return (*found, *_picked(word), *guessed)


def _known(word: str, language: str) -> list[tuple[str, str]]:
    """The base forms of a word in a language, or in the others where that does not know it, each with its language."""
    if word in _SIGN_NAMES:
        return []
    own = [(base, language) for base in readings(word, language)]
    return own or [(base, other) for other in _having(word) for base in readings(word, other)]


def _having(word: str) -> tuple[str, ...]:
    """The languages whose dictionaries have a word, or all where none has it.

    The rules of a language, which take much for a word, are not heard where the dictionary of another has the word; not
    to try them saves most of the work too.
    """
    return tuple(language for language in LANGUAGES if lexicon.bases(word, language)) or LANGUAGES


def _cut_off(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(key[:LONGEST_KEY] for key in found)


def _each_once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_cut_off(found)))
