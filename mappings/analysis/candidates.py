"""Which occupations of ESCO a written occupation may mean, best first: for typing help and for what others send."""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from functools import cache, lru_cache
from heapq import nsmallest
from typing import NamedTuple

from mappings.analysis import analyse, asked_phrase
from mappings.analysis.concept_files import NOTHING, codes, entry
from store import occupations
from store.taxonomy import as_compared

LANGUAGES = occupations.LANGUAGES
# What two words must have in common at their beginnings and ends together to count as alike, as a share of the longer.
ALIKE = 0.4
# The fewest letters that they must share at one end.
LETTERS = 4
MOST_ALIKE = 60
# A label in another language than the one asked for counts a little less, a preferred one a little more.
# A label that only has the heads of the words counts less than one that has the words.
OTHER_LANGUAGE, PREFERRED, HEADS = 0.9, 1.02, 0.7
_WORD = re.compile(r"[^\W_]+(?:[+#]+)?")


class _Names(NamedTuple):
    """All labels of all occupations, by number: whose they are, in which language, whether preferred, their weight;
    and the labels that have a word, by word, with all words in order and in the order of their reversed spellings."""

    codes: tuple[str, ...]
    owner: array[int]
    language: array[int]
    preferred: array[int]
    weight: array[float]
    having: dict[str, array[int]]
    words: tuple[str, ...]
    reversed_words: tuple[str, ...]
    rarity: dict[str, float]


def candidates(text: str, language: str | None = None, most: int = 5) -> list[str]:
    """The URIs of the ESCO occupations that a text names or comes near to, best first, at most so many.

    First the one that the text means as a search, in any inflection (`labels` decides which), then those that have it
    as a label, those in the group that it means, and then by words in common: rare words count more, and words that
    begin or end alike (compounds with a part in common) in part. Labels of every language are looked at; those of
    `language` count a little more. The same text always has the same answer; empty where nothing is alike.
    """
    wanted = as_compared(text)
    meant = _meant(text, language)
    labelled = {found.code for found in (*occupations.find(text, language), *occupations.find(text))}
    near = _near(wanted, language)
    order: dict[str, tuple[float, ...]] = {}
    for code in {*meant, *labelled, *near}:
        if not code.startswith("isco-") and occupations.known(code):
            groups = meant.intersection(occupations.ancestors(code)[1:])
            preferred = wanted in (as_compared(occupations.label(code, one)) for one in LANGUAGES)
            order[code] = (-(code in meant), -(code in labelled), -preferred, -len(groups), -near.get(code, 0.0))
    return nsmallest(most, order, key=lambda code: (order[code], code))


def _meant(text: str, language: str | None) -> set[str]:
    """The concepts of which the whole text is a label: in the language, or in any where it is none of that."""
    entries = [found for keys in asked_phrase(text) if (found := entry(" ".join(keys)))]
    spoken = {found.label(LANGUAGES.index(language)) for found in entries} if language else set()
    numbers = spoken - {NOTHING} or {number for found in entries for number in found.labels}
    return {code for number in numbers for code in codes(number)}


def _near(text: str, language: str | None) -> dict[str, float]:
    """How near labels of occupations come to a text, from 0 to 1: by its words as they are and by their base forms."""
    spellings = dict.fromkeys((tuple(_WORD.findall(text)), *asked_phrase(text)), 1.0)
    for one in (language,) if language else LANGUAGES:
        # What a compound is, and how it is: byggnadsarkitekt is an arkitekt.
        heads = tuple(min(token.keys, key=lambda key: (len(key) < LETTERS, len(key))) for token in analyse(text, one))
        spellings.setdefault(heads, HEADS)
    scores: dict[str, float] = {}
    for words, worth in spellings.items():
        for code, score in _scores(words, language).items():
            scores[code] = max(score * worth, scores.get(code, 0.0))
    return scores


def _scores(words: tuple[str, ...], language: str | None) -> dict[str, float]:
    names = _names()
    unknown = max(names.rarity.values())
    asked = sum(names.rarity.get(word, unknown) for word in words)
    common: defaultdict[int, float] = defaultdict(float)
    for word in dict.fromkeys(words):
        best: dict[int, float] = {}
        for other, likeness in _alike(word):
            value = likeness * min(names.rarity[other], names.rarity.get(word, unknown))
            for label in names.having[other]:
                if value > best.get(label, 0.0):
                    best[label] = value
        for label, value in best.items():
            common[label] += value
    scores: dict[str, float] = {}
    spoken = LANGUAGES.index(language) if language else -1
    for label, value in common.items():
        score = 2 * value / (asked + names.weight[label])
        score *= PREFERRED if names.preferred[label] else 1
        score *= OTHER_LANGUAGE if spoken >= 0 and names.language[label] != spoken else 1
        code = names.codes[names.owner[label]]
        scores[code] = max(score, scores.get(code, 0.0))
    return scores


@lru_cache(maxsize=2_000)
def _alike(word: str) -> tuple[tuple[str, float], ...]:
    """The words of labels that are this word or are alike it, the most alike first, and how much."""
    names = _names()
    start, end = word[:LETTERS], word[: -LETTERS - 1 : -1]
    near = {word} & names.having.keys()
    if len(word) >= LETTERS:
        near |= set(_beginning(names.words, start))
        near |= {other[::-1] for other in _beginning(names.reversed_words, end)}
    measured = [(other, _likeness(word, other)) for other in near]
    return tuple(nsmallest(MOST_ALIKE, [one for one in measured if one[1] >= ALIKE], key=lambda one: (-one[1], one[0])))


def _beginning(words: tuple[str, ...], start: str) -> tuple[str, ...]:
    return words[bisect_left(words, start) : bisect_left(words, f"{start}\U0010ffff")]


def _likeness(word: str, other: str) -> float:
    if word == other:
        return 1.0
    shorter = min(len(word), len(other))
    start = next((at for at in range(shorter) if word[at] != other[at]), shorter)
    end = next((at for at in range(shorter - start) if word[-1 - at] != other[-1 - at]), shorter - start)
    shared = (start if start >= LETTERS else 0) + (end if end >= LETTERS else 0)
    return shared / max(len(word), len(other))


@cache
def _names() -> _Names:
    esco = [occupation for occupation in occupations.all() if not occupation.code.startswith("isco-")]
    owner, language, preferred = array("H"), array("B"), array("B")
    said: list[list[str]] = []
    for number, occupation in enumerate(esco):
        for at in range(len(LANGUAGES)):
            for text in (occupation.labels[at], *occupation.alternatives[at]):
                owner.append(number)
                language.append(at)
                preferred.append(text == occupation.labels[at])
                said.append(list(dict.fromkeys(_WORD.findall(as_compared(text)))))
    having: dict[str, array[int]] = {}
    for label, words in enumerate(said):
        for word in words:
            having.setdefault(word, array("I")).append(label)
    rarity = {word: math.log(1 + len(said) / len(labels)) for word, labels in having.items()}
    weight = array("f", (sum(rarity[word] for word in words) for words in said))
    in_order = tuple(sorted(having))
    backwards = tuple(sorted(word[::-1] for word in in_order))
    codes_ = tuple(occupation.code for occupation in esco)
    return _Names(codes_, owner, language, preferred, weight, having, in_order, backwards, rarity)
