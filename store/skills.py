"""The skills that listings and CVs name: the skills and the knowledge of ESCO, by URI."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache

from store.taxonomy import FOLDER

LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill. `code` is its ESCO URI; labels are in the order of LANGUAGES. Nothing is above a skill."""

    code: str
    labels: tuple[str, str, str]


@cache
def _skills() -> dict[str, Skill]:
    skills: dict[str, Skill] = {}
    with gzip.open(FOLDER / "skills.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            skills[row["uri"]] = Skill(row["uri"], (row["pref"]["fi"], row["pref"]["sv"], row["pref"]["en"]))
    return skills


def known(code: str) -> bool:
    """Whether there is a skill with exactly this code; check what came from outside with it first."""
    return code in _skills()


def label(code: str, language: str) -> str:
    """The preferred label in `fi`, `sv` or `en`. Raises KeyError for an unknown code or language."""
    return dict(zip(LANGUAGES, _skills()[code].labels, strict=True))[language]


def all() -> tuple[Skill, ...]:
    """Every skill, by URI."""
    return tuple(_skills().values())
