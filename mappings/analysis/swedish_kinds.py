"""Which kind of word a Swedish base form is, as its forms in the dictionary show."""

from __future__ import annotations

from functools import lru_cache

from mappings.analysis import lexicon

VOWELS = frozenset("aeiouyåäöé")


@lru_cache(maxsize=32_000)
def is_noun(base: str) -> bool:
    """Whether a word is a base form of the dictionary that has a definite form there, as only nouns have."""
    if not lexicon.is_base(base, "sv"):
        return False
    return any(base in lexicon.bases(form, "sv") for form in _definite(base))


def _definite(base: str) -> tuple[str, ...]:
    if base.endswith("man"):
        return (base + "nen",)
    if base.endswith("a"):
        return (base[:-1] + "orna", base[:-1] + "erna") if is_verb(base) else (base + "n",)
    if base[-1] in VOWELS:
        return (base + "ns", base + "ts", base + "ens")
    contracted = base[:-2] + base[-1]
    doubled = base + base[-1]
    more = (base + "en", base + "et", base + "ns", base + "arna", base + "erna", doubled + "en", doubled + "et")
    return (*more, contracted + "et", contracted + "en", base[:-2] + "et")


@lru_cache(maxsize=32_000)
def is_verb(word: str) -> bool:
    """Whether a word is a verb of the dictionary: it has a past or a supine there."""
    if not word.endswith("a") or not lexicon.is_base(word, "sv"):
        return False
    return any(word in lexicon.bases(word[:-1] + ending, "sv") for ending in ("ade", "ar", "er", "de", "te", "it", "t"))
