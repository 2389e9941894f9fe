"""The one analysis of words: what texts are found by and what searches ask for, in Finnish, Swedish and English."""

from __future__ import annotations

import hashlib
from functools import cache

from mappings.analysis.lexicon import DATA
from mappings.analysis.searched import asked, asked_phrase
from mappings.analysis.tokens import Token, analyse, stacked
from mappings.analysis.words import known

__all__ = ["VERSION", "Token", "analyse", "asked", "asked_phrase", "known", "stacked"]

# Names the chain of rules and data: indexes that were made by another are made anew.
VERSION: str


def __getattr__(name: str) -> str:
    # Read at the first use, since an import does nothing.
    if name == "VERSION":
        return _version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _version() -> str:
    """Of the files as they are, data and rules alike, since a number is forgotten: some 20 ms, once.

    A change of a comment makes another version too. That costs an index made anew, the other mistake costs matches.
    """
    made = hashlib.sha256()
    files = (path for path in (*DATA.parent.glob("*.py"), *DATA.iterdir()) if path.suffix != ".md")
    for path in sorted(files):
        made.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return made.hexdigest()[:12]
