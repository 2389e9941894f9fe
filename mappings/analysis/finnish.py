"""Finnish words: their base forms, careful guesses for unknown ones, and the heads of compounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from mappings.analysis import finnish_compounds, finnish_inflection, lexicon
from mappings.analysis.finnish_gradation import VOWELS
from mappings.analysis.finnish_nouns import is_noun

# Suffixes by which Finnish makes words for people and qualities out of any word.
_SUFFIXES = re.compile(r".{2,}(?:aja|äjä|ij[aä]|isti|logi|ikko|ikkö|.inen|.uus|.yys|[aeiouyäö]v[aä])")
# From this length on English words are known behind the i that Finnish adds to them: manageri.
_LEAST_LOAN = 6
_LEAST_GUESS = 3
_LEAST_AGENT = 6


def bases(word: str) -> tuple[str, ...]:
    """The plausible base forms of a word in lower case, the likeliest first; empty when it is unknown."""
    exact = lexicon.bases(word, "fi")
    before, hyphen, last = word.rpartition("-")
    if hyphen:
        return exact or tuple(f"{before}-{base}" for base in bases(last))
    found = _known(word)
    if not found:
        found, sure = finnish_compounds.readings(word, _known)
        found = found if sure else (*_by_suffix(word), *found)
    if _is_agent(word):
        found = (word, *found)
    found = _ordered(tuple(dict.fromkeys(found)))
    return (*found, *_loans(found))


def guesses(word: str) -> tuple[str, ...]:
    """Careful guesses at the base form of a word that no language knows, such as the name of a company."""
    return tuple(dict.fromkeys(_guessed(word)))


def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form: hoitaja for lähihoitaja. Never what stands before the head."""
    return finnish_compounds.heads(base)


@lru_cache(maxsize=8_000)
def _known(word: str) -> tuple[str, ...]:
    """The base forms that the dictionary has, of a form that it may not have."""
    found = _in_a_case(word)
    if (word in found and _is_itself(word)) or any(map(_of_work, found)):
        return found
    behind = _with_suffixes(word)
    return (*found, *filter(_of_work, behind)) if found else behind


@lru_cache(maxsize=8_000)
def _in_a_case(word: str) -> tuple[str, ...]:
    """The same, of a form with nothing behind its case."""
    exact = lexicon.bases(word, "fi")
    cases = finnish_inflection.cases(word)
    if word in exact and _is_itself(word):
        # Few seek the forms of other words in one that is a base form: only those that occupations have.
        return (*exact, *(base for base in dict.fromkeys(cases) if base not in exact and _of_work(base)))
    return tuple(dict.fromkeys((*exact, *_having(cases))))


def _is_itself(base: str) -> bool:
    """Whether a base form of the dictionary is what it looks like: some are plurals, or have a possessive suffix."""
    return is_noun(base) and not base.endswith(("t", "mme", "nne", "nsa", "nsä"))


def _with_suffixes(word: str) -> tuple[str, ...]:
    """The base forms of a word behind the case of which a possessive suffix, a clitic or both stand."""
    found = _having(finnish_inflection.possessed(word))
    for rest in finnish_inflection.peeled(word):
        found = found or _having((rest, *lexicon.bases(rest, "fi"), *finnish_inflection.cases(rest)))
        found = found or _having(finnish_inflection.possessed(rest))
    return found


def _having(candidates: Iterable[str]) -> tuple[str, ...]:
    return tuple(base for base in dict.fromkeys(candidates) if is_noun(base))


def _of_work(base: str) -> bool:
    return lexicon.of_work(base, "fi") and lexicon.is_base(base, "fi")


def _ordered(found: tuple[str, ...]) -> tuple[str, ...]:
    """Words of work first: who writes kokin means a cook, and rarely a bow."""
    if len(found) < 2:
        return found
    return tuple(sorted(found, key=lambda base: not any(map(_of_work, (base, *finnish_compounds.heads(base))))))


def _by_suffix(word: str) -> tuple[str, ...]:
    """The base forms of words that no dictionary has, by what they are made with: striimaajia."""
    candidates = [word, *finnish_inflection.cases(word), *finnish_inflection.possessed(word)]
    for rest in finnish_inflection.peeled(word):
        candidates += [rest, *finnish_inflection.cases(rest), *finnish_inflection.possessed(rest)]
    return tuple(base for base in dict.fromkeys(candidates) if _SUFFIXES.fullmatch(base) or _of_a_verb(base))


def _is_agent(word: str) -> bool:
    """Whether a word names who does something, even where the dictionary takes it for a form of another word only."""
    # No form of another word ends so: kokoaja, which the dictionary takes for a form of kokooja.
    if word.endswith(("aja", "äjä")):
        return len(word) >= _LEAST_AGENT
    return lexicon.of_work(word, "fi") and _of_a_verb(word)


def _of_a_verb(base: str) -> bool:
    """Whether a word may name who does what a verb says: säilöjä, of säilöä. Many plurals end so too."""
    return base.endswith(("oja", "öjä", "uja", "yjä")) and lexicon.is_base(base[:-2] + base[-1], "fi")


def _loans(found: tuple[str, ...]) -> Iterator[str]:
    for base in found:
        if base[-1] == "i" and len(base) > _LEAST_LOAN and lexicon.of_work(base[:-1], "en") and base[:-1] not in found:
            yield base[:-1]


def _guessed(word: str) -> Iterator[str]:
    for stem in finnish_inflection.stems(word):
        if len(stem) < _LEAST_GUESS:
            continue
        if stem[-1] == "i" and stem[-2] not in VOWELS:
            # Finnish adds an i, and doubles a stop before it: Microsoft, microsofttia.
            doubled = stem[-2] == stem[-3] and stem[-2] in "kpt"
            yield stem[: -2 if doubled else -1]
            if not doubled and stem[-2] in "kpt":
                yield stem[:-1] + stem[-2:]
        yield stem
