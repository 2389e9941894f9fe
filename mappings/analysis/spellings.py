"""How texts may write what a code stands for: the labels of it and of all below it, as the keys of their words."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from mappings.analysis import concept_files
from store import occupations, places


class Spelling(NamedTuple):
    """The keys of the words of one label, one for each word; `doubtful` where it is the name of a place and may be
    another word: `place_context` tells."""

    keys: tuple[str, ...]
    doubtful: bool


@lru_cache(maxsize=500)
def of(code: str, language: str) -> tuple[Spelling, ...]:
    """Every label by which `concepts.mentions` finds the code, or one below it, in a text in a language."""
    slot = occupations.LANGUAGES.index(language)
    numbers = {number for below in _below().get(code, (code,)) for number in concept_files.numbers().get(below, ())}
    found: dict[str, Spelling] = {}
    for number in numbers:
        for path in concept_files.paths_of(number):
            entry = concept_files.entry(path)
            if entry is None:
                raise LookupError(f"the files of the labels do not fit each other: {path}")
            if entry.label(slot) == number:
                found[path] = Spelling(tuple(path.split(" ")), doubtful=False)
            elif entry.place == number and path not in found:
                found[path] = Spelling(tuple(path.split(" ")), entry.doubtful)
    return tuple(found.values())


@cache
def _below() -> dict[str, tuple[str, ...]]:
    """Each code with all below it, itself among them."""
    found: dict[str, list[str]] = {}
    for taxonomy in (occupations, places):
        for one in taxonomy.all():
            for above in taxonomy.ancestors(one.code):
                found.setdefault(above, []).append(one.code)
    return {code: tuple(below) for code, below in found.items()}
