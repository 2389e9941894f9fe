"""Criteria: what is asked for, one meaning for searching and for alerting."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from store import occupations, places, terms
from store.errors import Invalid, Problem
from store.near import Near
from store.near import read as near_of

EMPLOYMENT = (
    "full_time",
    "part_time",
    "permanent",
    "temporary",
    "seasonal",
    "internship",
    "apprenticeship",
    "freelance",
)
LANGUAGES = ("fi", "sv", "en")
# Salaries compare within a currency only, in steps: a stored query holds one token of the step that it asks for.
SALARY_STEPS = {"EUR": 100, "USD": 100, "SEK": 1000, "NOK": 1000, "DKK": 1000}
SALARY_TOP = 200  # steps: 20,000 euros a month
TEXT_LENGTH = 300
TERMS = 12
CHOICES = 30


@dataclass(frozen=True)
class Criteria:
    """Canonical criteria: equal meanings are equal values. All members that are given must hold; of a list, one.

    `wanted` and `unwanted` are words and phrases (see `store.terms`); `salary_min` is per month, in steps of
    `SALARY_STEPS`; employers are names in lower case. With `expand`, words also find what they name under its other
    names, in any language.
    """

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    near: Near | None = None
    occupations: tuple[str, ...] = ()
    employment: tuple[str, ...] = ()
    remote: bool = False
    salary_min: int | None = None
    salary_currency: str | None = None
    languages: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()
    expand: bool = True

    def body(self) -> dict[str, Any]:
        """The members that are given, as JSON; `expand` where it is switched off."""
        given = {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items() if value
        }
        given.pop("expand", None)
        return given if self.expand else {**given, "expand": False}

    def hash(self) -> bytes:
        """What identifies the criteria: SHA-256 of the canonical JSON."""
        return hashlib.sha256(json.dumps(self.body(), sort_keys=True, separators=(",", ":")).encode()).digest()

    def shown(self) -> dict[str, Any]:
        """The criteria in the outward form, as `read` takes them."""
        outward = self.body()
        if wanted := outward.pop("wanted", None):
            outward["text"] = terms.Terms(tuple(wanted), ()).text()
        if unwanted := outward.pop("unwanted", None):
            outward["exclude"] = terms.Terms(tuple(unwanted), ()).text()
        return outward


def from_body(body: Mapping[str, Any]) -> Criteria:
    """Criteria out of the JSON of a row."""
    members: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in body.items()}
    if near := body.get("near"):
        members["near"] = Near(**near)
    return Criteria(**members)


def _narrowest(codes: set[str], ancestors: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """The codes without those that a wider chosen code covers anyway."""
    return tuple(sorted(code for code in codes if not codes & set(ancestors(code)[1:])))


def _choices(
    data: Mapping[str, Any], key: str, known: Callable[[str], bool], right: str, problems: list[Problem]
) -> set[str]:
    given = data.get(key) or []
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        problems.append(Problem(key, "is not a list of texts", right))
        return set()
    if len(given) > CHOICES:
        problems.append(Problem(key, f"{len(given)} values are too many", f"at most {CHOICES}"))
        return set()
    for number, one in enumerate(given):
        if not known(one):
            problems.append(Problem(f"{key}[{number}]", "is not a known value", right))
    return set(given)


def _text(data: Mapping[str, Any], key: str, problems: list[Problem]) -> terms.Terms:
    given = data.get(key) or ""
    if not isinstance(given, str):
        problems.append(Problem(key, "is not a text", "words, phrases in quotation marks, -word to exclude"))
        return terms.Terms((), ())
    if len(given) > TEXT_LENGTH:
        problems.append(Problem(key, f"{len(given)} characters are too long", f"at most {TEXT_LENGTH} characters"))
        return terms.Terms((), ())
    parsed = terms.parse(given)
    if len(parsed.wanted) + len(parsed.unwanted) > TERMS:
        problems.append(Problem(key, "too many words", f"at most {TERMS} words and phrases"))
    if given.strip() and not parsed.wanted and not parsed.unwanted:
        problems.append(Problem(key, "holds no word", "at least one letter or digit"))
    return parsed


def _salary(data: Mapping[str, Any], problems: list[Problem]) -> tuple[int | None, str | None]:
    wanted, currency = data.get("salary_min"), data.get("salary_currency") or "EUR"
    if currency not in SALARY_STEPS:
        problems.append(Problem("salary_currency", "is not a known currency", f"one of: {', '.join(SALARY_STEPS)}"))
        return None, None
    if wanted is None:
        return None, None
    step = SALARY_STEPS[currency]
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not step <= wanted <= step * SALARY_TOP:
        right = f"a monthly salary from {step} to {step * SALARY_TOP} {currency}"
        problems.append(Problem("salary_min", "is not a monthly salary", right))
        return None, None
    return int(wanted // step * step), currency


def read(data: Mapping[str, Any], field: str = "criteria", *, anything: bool = False) -> Criteria:
    """Canonical criteria out of what somebody sent: equal meanings give equal values.

    A place or occupation that a wider chosen one covers is dropped, all languages mean any, a salary is rounded down to
    its step. With `anything`, criteria that select nothing are let through: a search may show all, an alert may not.
    Raises Invalid with every problem, each field under `field`.
    """
    problems: list[Problem] = []
    allowed = {"text", "exclude", "places", "occupations", "employment", "remote", "salary_min", "salary_currency"}
    allowed |= {"near", "languages", "employers", "expand"}
    for key in sorted(set(data) - allowed):
        problems.append(Problem(key, "is not a criterion", f"one of: {', '.join(sorted(allowed))}"))
    asked, excluded = _text(data, "text", problems), _text(data, "exclude", problems)
    employers = _choices(data, "employers", lambda name: 0 < len(name.strip()) <= 200, "a name", problems)
    for key, right in (("remote", "true for remote work only"), ("expand", "false for the words alone")):
        if not isinstance(data.get(key), bool | None):
            problems.append(Problem(key, "is neither true nor false", right))
    salary_min, currency = _salary(data, problems)
    chosen = {
        "places": _choices(data, "places", places.known, "an official code such as fi-091, fi-r01, se-0180", problems),
        "occupations": _choices(data, "occupations", occupations.known, "isco-2512, or an ESCO URI", problems),
        "employment": _choices(data, "employment", EMPLOYMENT.__contains__, ", ".join(EMPLOYMENT), problems),
        "languages": _choices(data, "languages", LANGUAGES.__contains__, ", ".join(LANGUAGES), problems),
    }
    near = near_of(data.get("near"), "near", problems)
    if problems:
        raise Invalid([problem.under(field) for problem in problems])
    criteria = Criteria(
        wanted=asked.wanted,
        unwanted=tuple(sorted({*asked.unwanted, *excluded.wanted, *excluded.unwanted})),
        places=_narrowest(chosen["places"], places.ancestors),
        near=near,
        occupations=_narrowest(chosen["occupations"], occupations.ancestors),
        employment=tuple(sorted(chosen["employment"])),
        remote=bool(data.get("remote")),
        salary_min=salary_min,
        salary_currency=currency,
        languages=tuple(sorted(chosen["languages"])) if len(chosen["languages"]) < len(LANGUAGES) else (),
        employers=tuple(sorted({terms.plain(name) for name in employers})),
        # Without words there is nothing to expand, and equal meanings are equal values.
        expand=data.get("expand") is not False or not asked.wanted,
    )
    if not anything and not selective(criteria):
        raise Invalid([Problem(field, "would match nearly every listing", "add a word, a place or an occupation")])
    if set(criteria.wanted) & set(criteria.unwanted):
        raise Invalid([Problem(f"{field}.exclude", "excludes what the text asks for", "other words than in the text")])
    return criteria


def selective(criteria: Criteria) -> bool:
    """Whether the criteria choose among listings: a language, a whole country or exclusions alone do not."""
    return bool(
        criteria.wanted
        or criteria.occupations
        or criteria.employers
        or criteria.employment
        or criteria.remote
        or criteria.near
        or criteria.salary_min
        or any("-" in code for code in criteria.places)
    )
