"""What Swedish words of no dictionary are forms of, as their suffixes and endings tell."""

from __future__ import annotations

import re

from mappings.analysis import lexicon
from mappings.analysis.swedish_kinds import VOWELS, is_noun, is_verb

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
# Endings that only stand behind a vowel, or behind a syllable without stress.
_AFTER_VOWEL = frozenset(("rna", "r", "n", "t", "na"))
_UNSTRESSED = ("er", "el", "or", "ar", "en")

# Shorter words are not guessed at: most are names as they stand.
LEAST_NAME = 4
_OF_BORROWED = ("n", "na", "en", "ar", "er", "arna", "erna")
AGENT = re.compile(r"(\w{2,})ar(e|es|en|ens|na|nas)")
EXPERT = re.compile(r"(\w{3,}iker)(?:n|na)?s?")
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
    (EXPERT, ""),
    (re.compile(r"(\w{2,}ing)(?:en|ar|arna)?s?"), ""),
    (re.compile(r"(\w{2,}(?:arie|else))(?:n|r|rna)?s?"), ""),
    (re.compile(r"(\w{2,}(?:ersk|inn))(?:a|an|or|orna)s?"), "a"),
)


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
    found = AGENT.fullmatch(word)
    return (found[1] + "are",) if found and not found[2].startswith("na") else agent_of_verb(word)


def agent_of_verb(word: str) -> tuple[str, ...]:
    """Who does what a verb of the dictionary says, where a word can be a form of that: släpare of släparna."""
    found = AGENT.fullmatch(word)
    return (found[1] + "are",) if found and is_verb(found[1] + "a") else ()


def perhaps_agent(word: str) -> tuple[str, ...]:
    """Who does something, where a word can be the plural of that with its article: isdansare for isdansarna."""
    found = AGENT.fullmatch(word)
    return (found[1] + "are",) if found and found[2].startswith("na") else ()


def borrowed(word: str) -> tuple[str, ...]:
    """The English word of which a word is a form with a Swedish ending: headhunter of headhunterna."""
    for form in (word, word[:-1]) if word.endswith("s") else (word,):
        for ending in _OF_BORROWED:
            stem = form.removesuffix(ending)
            for base in (stem, stem + "e") if len(stem) > 3 and stem != form else ():
                if lexicon.is_base(base, "en"):
                    return (base,)
    return ()


def named(word: str) -> tuple[str, ...]:
    """What a name may be that has a Swedish ending, likeliest first: volvo of volvos, jira of jiran."""
    found: dict[str, None] = {}
    for form in (word[:-1], word) if word.endswith("s") else (word,):
        if form != word:
            found[form] = None
        if form.endswith(("en", "et")):
            found[form[:-2]] = None
        if form.endswith(("n", "t")) and form[-2:-1] in VOWELS:
            found[form[:-1]] = None
    return tuple(base for base in found if len(base) >= LEAST_NAME)


def stripped(form: str) -> tuple[str, ...]:
    """What a form would be without each ending of a noun that it has; whether there are such words is not asked."""
    found: dict[str, None] = {}
    for ending, replacements in _NOUN_ENDINGS:
        stem = form[: len(form) - len(ending)]
        if not form.endswith(ending) or len(stem) < 3:
            continue
        if ending in _AFTER_VOWEL and stem[-1] not in VOWELS and not stem.endswith(_UNSTRESSED):
            continue
        for replacement in replacements:
            found[stem + replacement] = None
    return tuple(found)
