"""Which base forms of the Finnish dictionary are nouns or adjectives, which it does not say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mappings.analysis import lexicon
from mappings.analysis.finnish_gradation import VOWELS, strong, weak

# How verbs and adverbs end; many nouns do too.
_VERBS = tuple(f"{end}{vowel}" for vowel in "aä" for end in ("a", "ä", "o", "ö", "u", "y", "i", "e", *"dtlnr"))
_ADVERBS = (
    "sti",
    "ksi",
    "lle",
    "ssa",
    "ssä",
    "sta",
    "stä",
    "lla",
    "llä",
    "lta",
    "ltä",
    "sin",
    "ten",
    "kin",
    "an",
    "än",
    "en",
)
_NO_NOUNS = (*_VERBS, *_ADVERBS)


@lru_cache(maxsize=20_000)
def is_noun(word: str) -> bool:
    """Whether a base form of the dictionary is a noun or an adjective: it has cases there, or ends as no other does."""
    if not lexicon.is_base(word, "fi"):
        return False
    if word.endswith(_VERBS) and any(word in lexicon.bases(form, "fi") for form in _participles(word)):
        return False
    return not word.endswith(_NO_NOUNS) or any(word in lexicon.bases(form, "fi") for form in _nominal_forms(word))


def _participles(verb: str) -> Iterator[str]:
    """What the past participle of a word is, were it a verb: the dictionary gives some verbs the cases of nouns too."""
    if verb[-2:-1] in VOWELS:
        yield from (verb[:-1] + ending for ending in ("nut", "nyt"))
    elif verb[-2:-1] in {"t", "d", "l"}:
        before = verb[:-2] + {"t": "n", "d": "", "l": ""}[verb[-2]]
        yield from (before + ending for ending in (("lut", "lyt") if verb[-2] == "l" else ("nut", "nyt")))


def _nominal_forms(base: str) -> Iterator[str]:
    """What may be the genitive, partitive or plural of a word, were it a noun or an adjective."""
    last, before = base[-1:], base[:-1]
    yield from (base + ending for ending in ("na", "nä", "ta", "tä"))
    if not base.endswith(("aa", "ää")):
        yield from (base + ending for ending in "aä")
    if base.endswith("nen"):
        yield base[:-3] + "sen"
    elif base.endswith(("aa", "ää")):
        # Verbs that end so have a passive that looks like a genitive: estään.
        yield base + "t"
    elif last in VOWELS:
        yield weak(base) + "n"
        yield weak(base) + "t"
        yield base + "n"
        if last == "i":
            yield weak(before + "e") + "n"
            if base.endswith("si"):
                yield from (base[:-2] + ending for ending in ("den", "nen", "len", "ren"))
            elif base.endswith("mpi"):
                yield from (base[:-2] + ending for ending in ("man", "män"))
        elif last == "e":
            yield from (stem + "en" for stem in strong(base))
    elif last == "s":
        vowel = base[-2:-1]
        yield from (before + ending for ending in ("ksen", "den", "hen"))
        yield from (stem + vowel + "n" for stem in strong(before))
    elif last == "n":
        yield before + "men"
        yield from (base + ending for ending in ("in", "en"))
        yield from (stem + "men" for stem in strong(before))
        yield from (base[:-3] + ending for ending in ("ttoman", "ttömän"))
    elif base.endswith(("ut", "yt")):
        yield base[:-2] + "een"
    else:
        yield from (base + ending for ending in ("in", "en"))
        yield base[:-1] + base[-2:-1] + "en"
        if base.endswith(("tar", "tär")):
            yield base[:-3] + "t" + base[-3:] + "en"
