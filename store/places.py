"""The places that listings, alerts and CVs name: Finland, Sweden, their regions and municipalities, by their codes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from haversine import haversine  # type: ignore[import-untyped]

from store.taxonomy import FOLDER, as_compared

Kind = Literal["country", "region", "municipality"]


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `code` is official and lower case: `fi`, `fi-r06` (region), `fi-837` (municipality), `se-01` (county),
    `se-0180`. `parent` is the code of what it lies in, None for a country. `point` is latitude and longitude in degrees
    (WGS 84) of its main settlement, to about a kilometre; only municipalities have one."""

    code: str
    kind: Kind
    parent: str | None
    name_fi: str
    name_sv: str
    name_en: str
    other_names: tuple[str, ...]
    point: tuple[float, float] | None

    def names(self) -> dict[str, str]:
        """The name by language, `fi`, `sv` and `en`: none is empty, and where no exonym is in use they are equal."""
        return {"fi": self.name_fi, "sv": self.name_sv, "en": self.name_en}


@cache
def _places() -> dict[str, Place]:
    places: dict[str, Place] = {}
    with (FOLDER / "places.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            places[row["code"]] = Place(
                code=row["code"],
                kind=cast(Kind, row["kind"]),
                parent=row["parent"] or None,
                name_fi=row["name_fi"],
                name_sv=row["name_sv"],
                name_en=row["name_en"],
                other_names=tuple(name for name in row["other_names"].split("|") if name),
                point=(float(row["latitude"]), float(row["longitude"])) if row["latitude"] else None,
            )
    return places


@cache
def _by_name() -> dict[tuple[str, str | None], tuple[Place, ...]]:
    found: dict[tuple[str, str | None], list[Place]] = {}
    # Who writes "Stockholm" means the town: of namesakes the smaller place comes first.
    order = {"municipality": 0, "region": 1, "country": 2}
    for place in sorted(_places().values(), key=lambda place: order[place.kind]):
        written: list[tuple[str, str | None]] = [(name, language) for language, name in place.names().items()]
        written += [(name, None) for name in (*place.names().values(), *place.other_names)]
        for name, language in written:
            places = found.setdefault((as_compared(name), language), [])
            if place not in places:
                places.append(place)
    return {key: tuple(places) for key, places in found.items()}


def get(code: str) -> Place | None:
    """The place with exactly this code, or None."""
    return _places().get(code)


def known(code: str) -> bool:
    """Whether there is a place with exactly this code; check what came from outside with it before anything else."""
    return code in _places()


def label(code: str, language: str) -> str:
    """The name of the place in `fi`, `sv` or `en`. Raises KeyError for an unknown code or language."""
    return _places()[code].names()[language]


def ancestors(code: str) -> tuple[str, ...]:
    """The code itself, then what it lies in, outwards to the country: ("fi-837", "fi-r06", "fi"). Whoever asks for any
    of these means this place too. Raises KeyError for an unknown code."""
    place = _places()[code]
    return (code,) if place.parent is None else (code, *ancestors(place.parent))


@cache
def within(code: str, km: int) -> tuple[str, ...]:
    """The municipalities whose main settlement is at most so many kilometres from that of this one, itself first and
    the farthest last. Great-circle distances. Raises KeyError for an unknown code, ValueError for a place without a
    position.
    """
    start = _places()[code].point
    if start is None:
        raise ValueError(f"{code} has no position")
    by_distance = [
        (haversine(start, place.point), place.code) for place in _places().values() if place.point is not None
    ]
    return tuple(near for distance, near in sorted(by_distance) if distance <= km)


def all() -> tuple[Place, ...]:
    """Every place: Finland, its regions, its municipalities by code, then Sweden in the same order."""
    return tuple(_places().values())


def find(name: str, language: str | None = None) -> tuple[Place, ...]:
    """The places with exactly this name, letter case and Unicode form aside: in one language, or in any and by other
    names in use ("Skåne" for Skåne län) when none is given. Namesakes are all there, municipalities first; of two
    countries' namesakes the caller has to choose. Empty if there is none."""
    return _by_name().get((as_compared(name), language), ())
