"""Finnish inflection in reverse: the words that a form may be a form of, were they words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mappings.analysis import lexicon
from mappings.analysis.finnish_gradation import VOWELS, strong, weak

_CLITICS = ("kin", "kaan", "kään", "ko", "kö", "han", "hän")
_POSSESSIVES = ("ni", "si", "mme", "nne", "nsa", "nsä")
# What may stand behind the case, but for the vowel and n of the third person (kokillaan).
BEHIND_CASES = (*_CLITICS, *_POSSESSIVES)
# The cases before which a stem that changes stands in its weak grade.
_WEAK_CASES = ("ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "ksi", "tta", "ttä", "n", "t")
# Words like analyytikko have the weak grade before other endings of the plural as well: analyytikoita.
_LONG_PLURALS = ("oi", "öi")
_LEAST_STEM = 2
_VOWELS = re.compile(r"[aeiouyäöå]+")


def cases(form: str) -> Iterator[str]:
    """Candidates for the base form of a noun or adjective in a case and number, without suffixes behind the case."""
    for ending in _WEAK_CASES:
        if form.endswith(ending):
            stem = form[: -len(ending)]
            yield from _singular(stem, in_weak=True)
            if stem.endswith("i") and ending != "t":
                yield from _plural(stem[:-1], in_weak=True)
    last = form[-1:]
    if last in "aä":
        yield from _partitives(form)
        if form.endswith(("na", "nä")):
            yield from _either(form[:-2])
    elif last == "n":
        yield from _illatives(form)
        yield from _genitives(form)


def stems(form: str) -> Iterator[str]:
    """The stems of a form of a name or foreign word, the grade of which does not change: no base forms of words."""
    for ending in _WEAK_CASES:
        stem = form[: -len(ending)]
        if form.endswith(ending) and stem[-1:] in VOWELS:
            yield stem
            if ending == "n" and stem[-1:] == stem[-2:-1]:
                yield stem[:-1]
            if stem.endswith("ei") and len(ending) > 1:
                yield stem[:-2] + "i"
            return
    if form.endswith(("eja", "ejä")):
        yield form[:-3] + "i"
    elif form.endswith(("eita", "eitä")):
        yield form[:-4] + "i"
    elif form[-1:] in {"a", "ä"} and form[-2:-1] in VOWELS and form[-2:-1] != form[-1:]:
        yield form[:-1]


def peeled(form: str) -> Iterator[str]:
    """What a form may be without the last of the suffixes that stand behind the case: clitics and possessives."""
    for clitic in _CLITICS:
        if form.endswith(clitic):
            yield form[: -len(clitic)]


def possessed(form: str) -> Iterator[str]:
    """Candidates for the base form of a noun with a possessive suffix."""
    for suffix in _POSSESSIVES:
        rest = form[: -len(suffix)]
        if form.endswith(suffix) and rest[-1:] in VOWELS:
            yield from _singular(rest, in_weak=False)
            yield from _before_possessive(rest)
    if form.endswith(("aan", "ään", "een")):
        yield from _before_possessive(form[:-2])


def _before_possessive(rest: str) -> Iterator[str]:
    yield from cases(rest)
    if rest.endswith("kse"):
        yield from cases(rest[:-1] + "i")
    elif rest.endswith("ine"):
        yield from _plural(rest[:-3], in_weak=False)
    elif rest.endswith(("ie", "je", "te", "de")) or rest[-1:] == rest[-2:-1]:
        yield from cases(rest + "n")


def _either(stem: str) -> Iterator[str]:
    yield from _singular(stem, in_weak=False)
    if stem.endswith("i"):
        yield from _plural(stem[:-1], in_weak=False)


def _partitives(form: str) -> Iterator[str]:
    stem = form[:-1]
    if stem[-1:] in VOWELS:
        yield from _either(stem)
    elif stem.endswith("j") and stem[-2:-1] in "eouyö":
        yield from _plural(stem[:-1], in_weak=False)
    if form.endswith(("ta", "tä")):
        stem = form[:-2]
        if stem[-1:] in VOWELS:
            yield from _either(stem)
            if stem.endswith(_LONG_PLURALS):
                yield from _plural(stem[:-1], in_weak=True)
        else:
            yield from _consonantal(stem)
        if form.endswith(("etta", "että")):
            yield form[:-3]


def _illatives(form: str) -> Iterator[str]:
    vowel = form[-2:-1]
    if form[-3:-2] == vowel:
        yield from _either(form[:-2])
        if form.endswith("seen") and form[-6:-5] == form[-5:-4]:
            yield from _singular(form[:-4], in_weak=False)
        elif form.endswith("isiin") and form[-6:-5] in VOWELS:
            yield from _plural(form[:-5], in_weak=False)
    elif form[-3:-2] == "h" and form[-4:-3] == vowel:
        yield from _singular(form[:-3], in_weak=False)
        if vowel == "i":
            yield from _plural(form[:-4], in_weak=False)
            if form[:-3].endswith(_LONG_PLURALS):
                yield from _plural(form[:-4], in_weak=True)


def _genitives(form: str) -> Iterator[str]:
    if form.endswith("ien"):
        yield from _either(form[:-2])
    elif form.endswith("jen"):
        yield from _singular(form[:-3], in_weak=False)
        yield from _plural(form[:-3], in_weak=False)
    elif form.endswith(("jain", "jäin")):
        yield form[:-2]
    elif form.endswith(("iden", "itten")):
        stem = form[: -len("iden")] if form.endswith("iden") else form[: -len("itten")]
        yield from _plural(stem, in_weak=False)
        if f"{stem}i".endswith(_LONG_PLURALS):
            yield from _plural(stem, in_weak=True)
    elif form.endswith("ten") and form[-4:-3] not in VOWELS:
        yield from _consonantal(form[:-3])


def _singular(stem: str, *, in_weak: bool) -> Iterator[str]:
    """The base forms that have a stem before the endings of the singular, in the grade in which it stands there."""
    if len(stem) < _LEAST_STEM or stem[-1] not in VOWELS:
        return
    for one in strong(stem) if in_weak else (stem,):
        # Few old words have e where their base form has i (kieli), and few new ones have e in both (nalle).
        yield from (one,) if one[-1] != "e" else _with_e(one)
    if stem.endswith("e"):
        yield from _of_e_stem(stem, in_weak=in_weak)
    elif stem[-1] == stem[-2] and stem[-1] in "aäi":
        yield weak(stem[:-1]) + "s"
    elif stem.endswith(("toma", "tömä")):
        cut = 5 if stem[-5:-4] == "t" else 4
        yield stem[:-cut] + ("ton" if stem[-1] == "a" else "tön")
    elif stem.endswith(("mma", "mmä") if in_weak else ("mpa", "mpä")):
        yield stem[:-2] + "pi"
        yield stem[:-3] + "n"
    elif stem[-1] == "i" and stem[-2] not in VOWELS:
        yield stem[:-1]


@lru_cache(maxsize=8_000)
def _with_e(stem: str) -> tuple[str, ...]:
    genitive = lexicon.bases(weak(stem) + "n", "fi")
    return tuple(base for base in (stem, stem[:-1] + "i") if base in genitive)


def _of_e_stem(stem: str, *, in_weak: bool) -> Iterator[str]:
    if stem.endswith("se"):
        yield stem[:-2] + "nen"
        if stem.endswith("kse"):
            yield stem[:-3] + "s"
    elif stem.endswith("ee"):
        yield weak(stem[:-1])
        if stem.endswith("nee"):
            yield stem[:-2] + "ut"
            yield stem[:-2] + "yt"
    elif stem.endswith("ime"):
        yield weak(stem[:-2]) + "n"
    elif stem.endswith("miehe"):
        yield stem[:-2] + "s"
    elif stem.endswith(("ttare", "ttäre")):
        yield stem[:-5] + stem[-4:-1]
    elif stem[-2] in "lnr":
        yield stem[:-1]
    if stem.endswith("de" if in_weak else "te"):
        yield stem[:-2] + "s"
        yield stem[:-2] + "si"


def _plural(stem: str, *, in_weak: bool) -> Iterator[str]:
    """The base forms that have a stem before the i of the plural."""
    if len(stem) < _LEAST_STEM:
        return
    last = stem[-1]
    if last == "e":
        for one in strong(stem[:-1] + "i") if in_weak else (stem[:-1] + "i",):
            yield one
            if stem[-2] not in VOWELS:
                yield one[:-1]
        yield from _singular(stem + "e", in_weak=in_weak)
        yield from _with_e(stem)
    elif last in "oöuy":
        yield from strong(stem) if in_weak else (stem,)
        if last in "oö":
            for one in strong(stem) if in_weak else (stem,):
                base = one[:-1] + ("a" if last == "o" else "ä")
                if _plural_vowel(base) != "i":
                    yield base
            yield stem[:-1] + ("uo" if last == "o" else "yö")
    elif last in VOWELS:
        yield from _singular(stem + last, in_weak=in_weak)
    else:
        for vowel in _harmonic(stem):
            yield from (base for base in _singular(stem + vowel, in_weak=in_weak) if _plural_vowel(base) != "o")
        yield from _singular(stem + "e", in_weak=in_weak)


def _harmonic(stem: str) -> str:
    """The vowels that an ending may have behind a stem, by vowel harmony: a, ä or, in doubt, both."""
    back, front = any(letter in "aou" for letter in stem), any(letter in "äöy" for letter in stem)
    return "aä" if back == front else "a" if back else "ä"


def _plural_vowel(base: str) -> str:
    """Which vowel the plural of a word of two syllables in -a or -ä has: o (kala) or i (koira); empty if not told."""
    syllables = _VOWELS.findall(base)
    if base[-1:] not in "aä" or len(syllables) != 2:
        return ""
    return "i" if base[-1] == "ä" or syllables[0][0] in "ou" else "o"


def _consonantal(stem: str) -> Iterator[str]:
    """The base forms that have a stem before -ta and -ten that ends in a consonant."""
    last = stem[-1:]
    yield stem
    if last == "s":
        yield stem[:-1] + "nen"
    elif last in {"l", "n", "r"}:
        yield stem + "i"
    elif last == "t":
        yield stem[:-1] + "s"
        yield stem[:-1] + "si"
