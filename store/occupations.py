"""The occupations that listings, alerts and CVs name: ISCO-08 groups (`isco-2512`) and ESCO occupations (by URI)."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from store.taxonomy import FOLDER, as_compared

LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation or group of them. `code` is `isco-` and one to four digits, or an ESCO URI. `broader` are the
    codes directly above: for an ESCO occupation its broader occupations, or its ISCO group where it has none. Labels
    and alternatives are in the order of LANGUAGES."""

    code: str
    isco: str
    broader: tuple[str, ...]
    labels: tuple[str, str, str]
    alternatives: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _isco_groups() -> Iterator[Occupation]:
    with (FOLDER / "isco.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            digits = row["code"]
            yield Occupation(
                code=f"isco-{digits}",
                isco=digits,
                broader=(f"isco-{digits[:-1]}",) if len(digits) > 1 else (),
                labels=(row["label_fi"], row["label_sv"], row["label_en"]),
                alternatives=((), (), ()),
            )


def _everyday_names() -> dict[tuple[str, str], tuple[str, ...]]:
    """What people call an occupation where ESCO, which is exact, does not say it: by URI and language."""
    names: dict[tuple[str, str], tuple[str, ...]] = {}
    with (FOLDER / "everyday_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["occupation"], row["language"])
            names[key] = (*names.get(key, ()), row["name"])
    return names


def _esco_occupations() -> Iterator[Occupation]:
    everyday = _everyday_names()
    with gzip.open(FOLDER / "occupations.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            fi, sv, en = (
                (*everyday.get((row["uri"], language), ()), *row["alt"].get(language, ())) for language in LANGUAGES
            )
            yield Occupation(
                code=row["uri"],
                isco=row["isco"],
                broader=tuple(row.get("broader", (f"isco-{row['isco']}",))),
                labels=(row["pref"]["fi"], row["pref"]["sv"], row["pref"]["en"]),
                alternatives=(fi, sv, en),
            )


@cache
def _occupations() -> dict[str, Occupation]:
    return {found.code: found for source in (_isco_groups(), _esco_occupations()) for found in source}


@cache
def _by_name() -> dict[tuple[str, str | None], tuple[Occupation, ...]]:
    preferred: dict[tuple[str, str | None], dict[str, Occupation]] = {}
    alternative: dict[tuple[str, str | None], dict[str, Occupation]] = {}
    for occupation in _occupations().values():
        for language, label_, others in zip(LANGUAGES, occupation.labels, occupation.alternatives, strict=True):
            for key in (language, None):
                preferred.setdefault((as_compared(label_), key), {})[occupation.code] = occupation
                for other in others:
                    alternative.setdefault((as_compared(other), key), {})[occupation.code] = occupation
    return {
        name: tuple({**preferred.get(name, {}), **alternative.get(name, {})}.values())
        for name in preferred.keys() | alternative.keys()
    }


def get(code: str) -> Occupation | None:
    """The occupation or group with exactly this code, or None."""
    return _occupations().get(code)


def known(code: str) -> bool:
    """Whether there is an occupation or group with exactly this code; check what came from outside with it first."""
    return code in _occupations()


def label(code: str, language: str) -> str:
    """The preferred label in `fi`, `sv` or `en`. Raises KeyError for an unknown code or language."""
    return dict(zip(LANGUAGES, _occupations()[code].labels, strict=True))[language]


def alternatives(code: str, language: str) -> tuple[str, ...]:
    """Other names for the occupation in `fi`, `sv` or `en`, everyday ones first, without the preferred one; empty for
    ISCO groups and where there is none. Raises KeyError for an unknown code or language."""
    return dict(zip(LANGUAGES, _occupations()[code].alternatives, strict=True))[language]


def ancestors(code: str) -> tuple[str, ...]:
    """The code itself first, then everything above, nearest first and each once: of an ESCO URI its broader URIs, then
    the ISCO groups; of `isco-2512` also `isco-251`, `isco-25`, `isco-2`. Whoever asks for any of these means this
    occupation too. Raises KeyError for an unknown code."""
    occupation = _occupations()[code]
    above = dict.fromkeys([code])
    waiting = [broader for broader in occupation.broader if not broader.startswith("isco-")]
    while waiting:
        uri = waiting.pop(0)
        if uri not in above:
            above[uri] = None
            waiting += [broader for broader in _occupations()[uri].broader if not broader.startswith("isco-")]
    groups = [f"isco-{occupation.isco[:length]}" for length in range(len(occupation.isco), 0, -1)]
    return tuple(dict.fromkeys([*above, *groups]))


def all() -> tuple[Occupation, ...]:
    """Every ISCO group by code, then every ESCO occupation by URI."""
    return tuple(_occupations().values())


def find(name: str, language: str | None = None) -> tuple[Occupation, ...]:
    """The occupations with exactly this label, letter case and Unicode form aside, in one language or in any: those
    that prefer it first, then those that have it as an alternative. Empty if there is none."""
    return _by_name().get((as_compared(name), language), ())
