"""The short lists of words that the rules of a language need, read from text files under `data/`."""

from __future__ import annotations

from functools import cache

from mappings.analysis.lexicon import DATA


@cache
def listed(name: str, kind: str) -> frozenset[str]:
    """The words of a kind in a file; raises KeyError for a kind that the file does not have.

    A line of a file is the name of a kind, a colon and words between blanks; lines of one kind add up. Empty lines and
    those that start with # say nothing.
    """
    return _kinds(name)[kind]


@cache
def _kinds(name: str) -> dict[str, frozenset[str]]:
    kinds: dict[str, frozenset[str]] = {}
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, words = line.partition(":")
            kinds[kind] = kinds.get(kind, frozenset()) | frozenset(words.split())
    return kinds
