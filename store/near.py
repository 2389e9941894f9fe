"""A distance as a criterion: within so many kilometres of a municipality, the same for listings and for CVs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from store import places
from store.errors import Problem

FARTHEST = 300  # kilometres


@dataclass(frozen=True)
class Near:
    """Within so many kilometres of a municipality's main settlement, as the crow flies."""

    place: str
    km: int

    def municipalities(self) -> tuple[str, ...]:
        """The codes of the municipalities whose main settlement lies within, the nearest first."""
        return places.within(self.place, self.km)


def read(given: object, field: str, problems: list[Problem]) -> Near | None:
    """The distance out of what somebody sent, whole kilometres; None, and its problems, where it is none."""
    if given is None:
        return None
    if not isinstance(given, Mapping) or set(given) != {"place", "km"}:
        right = f'{{"place": "fi-837", "km": 50}}: a municipality, and 1 to {FARTHEST} kilometres'
        problems.append(Problem(field, "is not a place with a distance", right))
        return None
    place, km = given["place"], given["km"]
    if not isinstance(place, str) or (found := places.get(place)) is None or found.point is None:
        problems.append(
            Problem(
                f"{field}.place", "is not a municipality whose position is known", "the code of one, such as fi-837"
            )
        )
        return None
    if isinstance(km, bool) or not isinstance(km, int | float) or not 1 <= km <= FARTHEST:
        problems.append(Problem(f"{field}.km", "is not a distance", f"1 to {FARTHEST} kilometres"))
        return None
    return Near(place, int(km))
