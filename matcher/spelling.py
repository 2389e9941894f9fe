"""What a search that finds little was perhaps meant to ask: a text without slips of the keys that finds more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

from rapidfuzz.distance import OSA

from mappings import analysis, client
from mappings.analysis import lexicon
from mappings.analysis.words import keys, readings
from mappings.indexes import alias
from mappings.query import Query
from matcher import labels, misspelt
from matcher.outage import asking
from store import terms
from store.criteria import LANGUAGES, Criteria

# An answer with so many listings needs no help.
ENOUGH = 3
# Readings of each word, and texts that are counted.
READINGS, TEXTS = 3, 6


def did_you_mean(text: str, criteria: Criteria, total: int, found_by: Callable[[Criteria], Query]) -> str | None:
    """A text that finds more than the `total` that this one finds with everything else that is asked; None where there
    is none, or where enough was found.

    Only single words are read otherwise, as words of names and of open listings' titles, and only those that no
    language and no name of an occupation, place or skill has: phrases and exclusions stay as they are. Whatever comes
    of it, what was asked is what was found. `found_by` makes the query of criteria. Raises SearchDown.
    """
    words = [word for word in criteria.wanted if _is_strange(word)] if total < ENOUGH else []
    if not words:
        return None
    excluded = {one for term in criteria.unwanted for one in analysis.asked_phrase(term)}
    read = {
        word: heard
        for word, near in zip(words, _readings(words), strict=True)
        # Who leaves a word out did not mean it, in any form.
        if (heard := [one for one in near if not excluded & set(analysis.asked_phrase(one))])
    }
    texts = [_rewritten(text, dict(zip(read, chosen, strict=True))) for chosen in product(*read.values())][:TEXTS]
    meant = [
        (one, replace(criteria, wanted=wanted))
        for one in dict.fromkeys(texts)
        if (wanted := terms.parse(one).wanted) != criteria.wanted
    ]
    if not meant:
        return None
    counting = [{"size": 0, "track_total_hits": True, "query": found_by(one)} for _, one in meant]
    with asking():
        answers = client.msearch(alias("listings"), counting)
    counts = [answer["hits"]["total"]["value"] for answer in answers]
    slips = partial(_distance, terms.plain(text))
    better = [(slips(one), -count, one) for (one, _), count in zip(meant, counts, strict=True) if count > total]
    return min(better)[2] if better else None


def _is_strange(word: str) -> bool:
    """Whether a word may be a slip: of letters alone, long enough, and nothing that there is."""
    return (
        word.replace("-", "").isalpha()
        and misspelt.slips(word) > 0
        and word not in labels.words()
        and not any(_has(language, word) for language in LANGUAGES)
    )


def _has(language: str, word: str) -> bool:
    """Whether a language has a word: its dictionary does, in this form or the base form, or it is a compound of words
    that the names of occupations have. (`analysis.known` goes further, by suffixes and by any word in front: to that,
    "sairanhoitaja" is somebody who does something with a fish.)"""
    if lexicon.bases(word, language) or any(lexicon.bases(base, language) for base in readings(word, language)):
        return True
    heads = (key for key in keys(word, language) if key != word and word.endswith(key) and lexicon.bases(key, language))
    return any(_is_front(word.removesuffix(head).rstrip("-"), language) for head in heads)


def _is_front(front: str, language: str) -> bool:
    # Swedish joins many compounds with an s: arbetsledare.
    words = {base for one in (front, front.removesuffix("s")) for base in (one, *lexicon.bases(one, language))}
    return any(lexicon.of_work(one, language) for one in words)


def _readings(words: Sequence[str]) -> Iterator[list[str]]:
    """What each word was perhaps meant to be, the nearest first, then what more titles have."""
    body: dict[str, Any] = {
        "size": 0,
        "suggest": {
            str(number): {
                "text": word,
                "term": {"field": "title", "suggest_mode": "always", "prefix_length": 1, "size": 10},
            }
            for number, word in enumerate(words)
        },
    }
    with asking():
        suggested = client.search(alias("listings"), body)["suggest"]
    for number, word in enumerate(words):
        options = {one["text"]: one["freq"] for entry in suggested[str(number)] for one in entry["options"]}
        yield _nearest(word, {**dict.fromkeys(misspelt.nearest(word), 0), **options})


def _nearest(word: str, frequencies: Mapping[str, int]) -> list[str]:
    near = {one: _distance(word, one) for one in frequencies}
    found = [one for one, (distance, _) in near.items() if distance <= misspelt.slips(word) and one != word]
    return sorted(found, key=lambda one: (near[one], -frequencies[one], one))[:READINGS]


def _rewritten(text: str, instead: Mapping[str, str]) -> str:
    """The text with other words instead of some that it asks for: not within phrases, nor behind a minus."""
    folded = terms.plain(text)
    if folded.count('"') % 2:
        folded = folded.replace('"', " ")
    return " ".join(
        piece[0] if piece[1] or piece[2] else instead.get(piece[3].replace('"', ""), piece[0])
        for piece in terms.PIECE.finditer(folded)
    )


def _distance(one: str, other: str) -> tuple[int, int]:
    """How many slips lead from one to the other, and how many if letters without their dots are slips too."""
    return OSA.distance(misspelt.plain(one), misspelt.plain(other)), OSA.distance(one, other)
