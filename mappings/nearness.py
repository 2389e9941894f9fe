"""How near occupations and places are to each other: which codes count as the same, as near, as related."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from store import occupations, places

# How far one goes to work, as the crow flies between the main settlements of two municipalities.
NEAR_KM = 50

Codes = frozenset[str]


def tells(code: str) -> bool:
    """Whether an occupation says enough to suggest by: one digit of ISCO-08 ("professionals") is half of all work."""
    return not (code.startswith("isco-") and len(code) == len("isco-0"))


def narrowest(codes: Iterable[str]) -> Codes:
    """The occupations without those that another of them lies below. Raises KeyError for an unknown code."""
    given = set(codes)
    above = {outer for code in given for outer in occupations.ancestors(code)[1:]}
    return frozenset(given - above)


@lru_cache(maxsize=5_000)
def same(code: str) -> Codes:
    """The occupations that count as this one: itself, what lies below it, and what it lies in. Whoever looks for nurses
    may be offered the work of a head nurse, and an ad for nurses may be answered by one."""
    return _below(code) | {above for above in occupations.ancestors(code) if tells(above)}


@lru_cache(maxsize=5_000)
def near(code: str) -> Codes:
    """The same, and what is in the same unit group of ISCO-08 (four digits)."""
    return same(code) | _in_group(code, 4)


@lru_cache(maxsize=5_000)
def related(code: str) -> Codes:
    """Those near, and what is in the same minor group of ISCO-08 (three digits)."""
    return near(code) | _in_group(code, 3)


def _in_group(code: str, digits: int) -> Codes:
    groups = [above for above in occupations.ancestors(code) if len(above) == len("isco-") + digits]
    return frozenset().union(*(_below(group) for group in groups if group.startswith("isco-")))


@cache
def _occupations_below() -> dict[str, Codes]:
    found: dict[str, set[str]] = {}
    for one in occupations.all():
        for above in occupations.ancestors(one.code):
            found.setdefault(above, set()).add(one.code)
    return {code: frozenset(below) for code, below in found.items()}


def _below(code: str) -> Codes:
    return _occupations_below()[code]


@cache
def _places_below() -> dict[str, Codes]:
    found: dict[str, set[str]] = {}
    for one in places.all():
        for above in places.ancestors(one.code):
            found.setdefault(above, set()).add(one.code)
    return {code: frozenset(below) for code, below in found.items()}


def inside(place: str) -> Codes:
    """The place and all that lies in it. Raises KeyError for an unknown code."""
    return _places_below()[place]


def around(place: str) -> Codes:
    """What a place lies in, the place itself first. Raises KeyError for an unknown code."""
    return frozenset(places.ancestors(place))


@lru_cache(maxsize=1_000)
def nearby(place: str) -> Codes:
    """The places that are near this one: what lies in it, what it lies in (an ad for all of Pirkanmaa is for Tampere as
    well), and of a municipality those within `NEAR_KM`. A is near B where B is near A."""
    known = places.get(place)
    within = places.within(place, NEAR_KM) if known is not None and known.point is not None else ()
    return inside(place) | around(place) | frozenset(within)
