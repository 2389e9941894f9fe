"""Where an answer of the search ended, as a token that continues it: opaque to its bearer, checked on return."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import UUID

from mappings.search import NO_DEADLINE, Sort
from store.errors import Invalid, Problem

# A number of a sort, and the id that decides between equals.
_SCORE = 1_000_000.0
# How far OpenSearch counts through: beyond it, `next` leads on.
DEEPEST = 10_000
_ISO_DAY = re.compile(r"2\d{3}-\d\d-\d\d")


@dataclass(frozen=True)
class Cursor:
    """The order of an answer, the day its freshness is seen from, and the sort values of its last hit."""

    sort: Sort
    day: date
    position: tuple[Any, ...]

    def token(self) -> str:
        """The cursor as letters, digits, `-` and `_`."""
        written = json.dumps([self.sort, self.day.isoformat(), *self.position], separators=(",", ":"))
        return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def read(token: str) -> Cursor:
    """The cursor that a token is. Raises Invalid for one that we did not make."""
    try:
        sort, day, value, last = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if sort in get_args(Sort) and _ISO_DAY.fullmatch(day) and _is_position(sort, value):
            return Cursor(sort, date.fromisoformat(day), (value, str(UUID(last))))
    except (ValueError, TypeError, AttributeError, NotBase64):
        pass
    raise Invalid([Problem("page", "is neither a number nor the `next` of an answer", "1, or what `next` said")])


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
