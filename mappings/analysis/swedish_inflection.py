"""The base forms of Swedish words that are no compounds: what the dictionary has, and the readings that it lacks."""

from __future__ import annotations

import re
from functools import lru_cache

from mappings.analysis import lexicon

# Inflected endings of nouns, the endings of the base forms that they can be of. Longest first.
_NOUN_ENDINGS = (
    ("mannen", ("man",)),
    ("männen", ("man",)),
    ("ndena", ("nde",)),
    ("rarna", ("er",)),
    ("larna", ("el",)),
    ("arna", ("", "e")),
    ("erna", ("", "a", "e", "um")),
    ("orna", ("a",)),
    ("nden", ("nde",)),
    ("män", ("man",)),
    ("rna", ("", "r")),
    ("ena", ("e", "")),
    ("men", ("m",)),
    ("met", ("m",)),
    ("nen", ("n",)),
    ("rar", ("er",)),
    ("lar", ("el",)),
    ("na", ("", "e")),
    ("or", ("a",)),
    ("ar", ("", "e")),
    ("er", ("", "a", "e", "um")),
    ("en", ("", "e")),
    ("et", ("", "um")),
    ("ln", ("l", "el")),
    ("r", ("",)),
    ("n", ("",)),
    ("t", ("",)),
    ("s", ("",)),
)
_VOWELS = frozenset("aeiouyåäöé")
# Endings that only stand behind a vowel, or behind a syllable without stress.
_AFTER_VOWEL = frozenset(("rna", "r", "n", "t", "na"))
_UNSTRESSED = ("er", "el", "or", "ar", "en")

# Ends of the forms of nouns that are often forms of other words too.
_OF_TWO_WORDS = ("r", "n", "t", "a", "s")
_AGENT = re.compile(r"(\w{2,})ar(e|es|en|ens|na|nas)")
_EXPERT = re.compile(r"(\w{3,}iker)(?:n|na)?s?")
# Suffixes that make nouns, by how those inflect, and what is put behind the stem to have the base form.
_SUFFIXED = (
    (
        re.compile(
            r"(?!\w*(?:minist|magist|regist)er)(\w{2,}(?:ör|ist|log|nom|graf|ant|[^c]ent|docent|procent|tekt|urg|gog|het|(?<!rad)ion|itet"
            r"|ris|ös))(?:e[nr]|erna)?s?"
        ),
        "",
    ),
    (re.compile(r"(\w{2,}(?:[aiuks]tor|[is]sor))(?:n|er|erna)?s?"), ""),
    (_EXPERT, ""),
    (re.compile(r"(\w{2,}ing)(?:en|ar|arna)?s?"), ""),
    (re.compile(r"(\w{2,}(?:arie|else))(?:n|r|rna)?s?"), ""),
    (re.compile(r"(\w{2,}(?:ersk|inn))(?:a|an|or|orna)s?"), "a"),
)
_PARTICIPLES = (
    *((tail + ending, tail) for tail in ("ande", "ende") for ending in ("", "n", "na", "s", "ns", "nas")),
    *((ending, "ad") for ending in ("ade", "ades", "ad", "ads", "at")),
)


@lru_cache(maxsize=32_000)
def known(word: str) -> tuple[str, ...]:
    """The base forms of a word that the dictionary has, nouns before verbs; empty for a word that it does not have.

    The dictionary has one base form for each form. The others follow from what it has beside it: that "tolkar" is a
    plural too and not only what an interpreter does is seen by its genitive "tolkars", which no verb has.
    """
    listed = lexicon.bases(word, "sv")
    if not listed and not word.endswith("s"):
        return ()
    more = (*_proved_nouns(word), *_expert(word)) if word.endswith(_OF_TWO_WORDS) else ()
    found = dict.fromkeys((*_participles(word, listed), *more))
    if word.endswith("s") and len(word) > 3 and not lexicon.is_base(word, "sv"):
        nominative = (*_proved_nouns(word[:-1]), *lexicon.bases(word[:-1], "sv"))
        found.update(dict.fromkeys(base for base in nominative if is_noun(base)))
    found.update(dict.fromkeys(base for base in listed if not (found and _is_bare_stem(word, base))))
    if any(word in (base + "en", base + "n", base + "et", base + "t") and is_noun(base) for base in listed):
        # Names are among the base forms: Polisen, the authority, is a form of polis all the same.
        found.pop(word, None)
    if word.endswith("ar") and _is_verb(word[:-1]):
        found.pop(word + "e", None)
        found[word[:-1]] = None
    if listed:
        found.update(dict.fromkeys(_agents_beside(word, listed)))
    return tuple(found)


def by_rule(word: str) -> tuple[str, ...]:
    """The nouns of the dictionary of which a word that it does not have is a form by the rules: trainee of traineer."""
    found: dict[str, None] = {}
    for form in (word, word[:-1]) if word.endswith("s") else (word,):
        for base in stripped(form):
            if is_noun(base):
                found[base] = None
    return tuple(found)


def by_suffix(word: str) -> tuple[str, ...]:
    """The noun that a word of no dictionary is a form of, by the suffix that makes nouns and tells how they inflect:
    implementatör for implementatörerna."""
    for noun, replacement in _SUFFIXED:
        if found := noun.fullmatch(word):
            return (found[1] + replacement,)
    return ()


def agent(word: str) -> tuple[str, ...]:
    """Who does something, where a word of no dictionary can be a form of that and of nothing else: kodares, kodaren.
    The plural with its article can be of another noun too: for that the dictionary must have the verb."""
    found = _AGENT.fullmatch(word)
    return (found[1] + "are",) if found and not found[2].startswith("na") else agent_of_verb(word)


def agent_of_verb(word: str) -> tuple[str, ...]:
    """Who does what a verb of the dictionary says, where a word can be a form of that: släpare of släparna."""
    found = _AGENT.fullmatch(word)
    return (found[1] + "are",) if found and _is_verb(found[1] + "a") else ()


def perhaps_agent(word: str) -> tuple[str, ...]:
    """Who does something, where a word can be the plural of that with its article: isdansare for isdansarna."""
    found = _AGENT.fullmatch(word)
    return (found[1] + "are",) if found and found[2].startswith("na") else ()


def stripped(form: str) -> tuple[str, ...]:
    """What a form would be without each ending of a noun that it has; whether there are such words is not asked."""
    found: dict[str, None] = {}
    for ending, replacements in _NOUN_ENDINGS:
        stem = form[: len(form) - len(ending)]
        if not form.endswith(ending) or len(stem) < 3:
            continue
        if ending in _AFTER_VOWEL and stem[-1] not in _VOWELS and not stem.endswith(_UNSTRESSED):
            continue
        for replacement in replacements:
            found[stem + replacement] = None
    return tuple(found)


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
        return (base[:-1] + "orna", base[:-1] + "erna") if _is_verb(base) else (base + "n",)
    if base[-1] in _VOWELS:
        return (base + "ns", base + "ts", base + "ens")
    contracted = base[:-2] + base[-1]
    doubled = base + base[-1]
    more = (base + "en", base + "et", base + "ns", base + "arna", base + "erna", doubled + "en", doubled + "et")
    return (*more, contracted + "et", contracted + "en", base[:-2] + "et")


def _proved_nouns(word: str) -> tuple[str, ...]:
    """The nouns of which a word is a form, as the dictionary shows by a longer form or by one beside it."""
    longer = [word + "s"] if not word.endswith("s") else []
    if word.endswith(("ar", "er", "or")):
        longer.append(word + "na")
    found = [
        base
        for form in longer
        for base in lexicon.bases(form, "sv")
        if base != form and (base == word or base in stripped(word)) and is_noun(base)
    ]
    # Both tolkarna and värden are forms of two nouns: that tolk has tolkar and värd has värdarna shows the other one.
    if word.endswith("arna") and word[:-4] in lexicon.bases(word[:-2] + "s", "sv"):
        found.append(word[:-4])
    if word.endswith("en") and any(word[:-2] in lexicon.bases(word[:-2] + many, "sv") for many in ("arna", "erna")):
        found.append(word[:-2])
    if word.endswith("et") and is_noun(word[:-2]) and word[:-2] in lexicon.bases(word[:-2] + "en", "sv"):
        found.append(word[:-2])
    return tuple(found)


def _participles(word: str, listed: tuple[str, ...]) -> tuple[str, ...]:
    """The participle that a form of a verb is a form of: legitimerad for legitimerade, studerande for studerandena."""
    for ending, base in _PARTICIPLES:
        if word.endswith(ending):
            participle = word[: len(word) - len(ending)] + base
            verbs = lexicon.bases(participle, "sv")
            if lexicon.is_base(participle, "sv") or any(verb in verbs and _is_verb(verb) for verb in listed):
                return (participle,)
    return ()


def _expert(word: str) -> tuple[str, ...]:
    """Who is versed in what has the same form in the plural, if that has one: geriatriker, but not butiker."""
    found = _EXPERT.fullmatch(word)
    return (found[1],) if found and not is_noun(found[1]) and not lexicon.bases(found[1] + "na", "sv") else ()


def _agents_beside(word: str, listed: tuple[str, ...]) -> tuple[str, ...]:
    """Who does something, where the dictionary takes the word for a form of another noun: tömmarna, ungdomaren."""
    found = _AGENT.fullmatch(word)
    if not found or (found[2] == "e" and not any(is_noun(base) for base in listed)):
        return ()
    return agent(word)


@lru_cache(maxsize=32_000)
def _is_verb(word: str) -> bool:
    """Whether a word is a verb of the dictionary: it has a past or a supine there."""
    if not word.endswith("a") or not lexicon.is_base(word, "sv"):
        return False
    return any(word in lexicon.bases(word[:-1] + ending, "sv") for ending in ("ade", "ar", "er", "de", "te", "it", "t"))


def _is_bare_stem(word: str, base: str) -> bool:
    """Whether a word is only what stands of a base form before others in compounds: städar of städare."""
    return base == word + "e"
