"""Where an answer of the search ended, as a token that continues it: opaque to its bearer, checked on return."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args
from uuid import UUID

from mappings.search import NO_DEADLINE, Sort
from store.errors import Invalid, Problem

# A number of a sort, and the id that decides between equals.
_SCORE = 1_000_000.0
# So many listings of one employer keep their place on the first page, and so many employers are told to wait.
OF_AN_EMPLOYER, MOST_DEMOTED = 3, 10
# How far OpenSearch counts through: beyond it, `next` leads on.
DEEPEST = 10_000
_ISO_DAY = re.compile(r"2\d{3}-\d\d-\d\d")


@dataclass(frozen=True)
class Cursor:
    """The order of an answer, the day its freshness is seen from, the sort values of its last hit, and the employers of
    which only these listings kept their place (see `mappings.search.ranked`)."""

    sort: Sort
    day: date
    position: tuple[Any, ...]
    demoted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def token(self) -> str:
        """The cursor as letters, digits, `-` and `_`."""
        kept = [[employer, *ids] for employer, ids in self.demoted.items()]
        written = json.dumps([self.sort, self.day.isoformat(), *self.position, *kept], separators=(",", ":"))
        return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def read(token: str) -> Cursor:
    """The cursor that a token is. Raises Invalid for one that we did not make."""
    try:
        sort, day, value, last, *kept = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if sort in get_args(Sort) and _ISO_DAY.fullmatch(day) and _is_position(sort, value):
            return Cursor(sort, date.fromisoformat(day), (value, str(UUID(last))), _demoted(kept))
    except (ValueError, TypeError, AttributeError, NotBase64):
        pass
    raise Invalid([Problem("page", "is neither a number nor the `next` of an answer", "1, or what `next` said")])


def _demoted(written: list[list[str]]) -> dict[str, tuple[str, ...]]:
    """The employers of a token with their listings. Raises ValueError for what no answer holds."""
    found = {str(employer): tuple(str(UUID(one)) for one in ids) for employer, *ids in written}
    if len(found) > MOST_DEMOTED or any(len(ids) > OF_AN_EMPLOYER or len(name) > 500 for name, ids in found.items()):
        raise ValueError("no answer demotes so many")
    return found


def _is_position(sort: Sort, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= _SCORE if sort == "relevance" else isinstance(value, int) and 0 <= value <= NO_DEADLINE


def skipped(page: int, size: int) -> int:
    """How many hits come before a page, which counts from 1. Raises Invalid for one beyond `DEEPEST`."""
    before = (page - 1) * size
    if before + size >= DEEPEST:
        raise Invalid([Problem("page", f"lies beyond the first {DEEPEST:,} results", "what `next` says, page by page")])
    return before
