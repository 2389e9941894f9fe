"""Consonant gradation: the weak grade of a Finnish stem, and the strong grades that a weak one may stand for."""

from __future__ import annotations

VOWELS = frozenset("aeiouyäöå")
_LONG = {"kk": "k", "pp": "p", "tt": "t"}
_CLUSTERS = {"nk": "ng", "mp": "mm", "nt": "nn", "lt": "ll", "rt": "rr", "ht": "hd", "lp": "lv", "rp": "rv"}
_STRONG_CLUSTERS = {weak: strong for strong, weak in _CLUSTERS.items()}
_UNCHANGED = frozenset(("st", "sk", "sp", "tk", "hk", "ts", "ps", "ks", "kt", "pt"))


def weak(stem: str) -> str:
    """The weak grade of a stem that ends in a vowel: koki for kokki, isännä for isäntä, ruoa for ruoka."""
    before, vowel = stem[:-1], stem[-1:]
    end = before[-2:]
    if end in _LONG:
        return before[:-2] + _LONG[end] + vowel
    if end in _CLUSTERS:
        return before[:-2] + _CLUSTERS[end] + vowel
    if end in _UNCHANGED or len(end) < 2:
        return stem
    if end in {"lk", "rk"}:
        return before[:-1] + ("j" if vowel == "e" else "") + vowel
    if end[0] in VOWELS:
        if end[1] == "k":
            return before[:-1] + ("v" if end[0] == vowel and vowel in "uy" else "") + vowel
        if end[1] in "tp":
            return before[:-1] + ("d" if end[1] == "t" else "v") + vowel
    return stem


def strong(stem: str) -> tuple[str, ...]:
    """The stems whose weak grade a stem that ends in a vowel is, itself among them where it does not change."""
    return tuple(one for one in _perhaps_strong(stem) if weak(one) == stem)


def _perhaps_strong(stem: str) -> list[str]:
    before, vowel = stem[:-1], stem[-1:]
    if len(before) < 2 or vowel not in VOWELS:
        return [stem] if vowel in VOWELS else []
    found = [stem]
    last, end = before[-1], before[-2:]
    if last in "kpt" and end[0] not in "kpts":
        found.append(before + last + vowel)
    if end in _STRONG_CLUSTERS:
        found.append(before[:-2] + _STRONG_CLUSTERS[end] + vowel)
    if end[0] in VOWELS:
        if last == "d":
            found.append(before[:-1] + "t" + vowel)
        elif last == "v":
            found.append(before[:-1] + "p" + vowel)
            if end[0] == vowel and vowel in "uy":
                found.append(before[:-1] + "k" + vowel)
    if last in "lr" or (last in VOWELS and not VOWELS.intersection(before.rstrip("aeiouyäö"))):
        found.append(before + "k" + vowel)
    if last == "j" and end[0] in "lrh" and vowel == "e":
        found.append(before[:-1] + "k" + vowel)
    return found
