"""The five ways in which a request can be wrong; HTTP maps each of them once, in `api.problems`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    `field` is the path of the value (`criteria.places[1]`), `reason` says what is wrong with it and `right` what would
    be accepted instead. None of the three repeats personal data.
    """

    field: str
    reason: str
    right: str

    def under(self, prefix: str) -> Problem:
        """The same problem, seen from the value that holds this one."""
        return Problem(f"{prefix}.{self.field}" if self.field else prefix, self.reason, self.right)


class NotFound(Exception):
    """What was asked for does not exist, or is not for this viewer: the two cannot be told apart on purpose."""


class Forbidden(Exception):
    """The caller may not do this; the message says why, for the caller to read."""


class Conflict(Exception):
    """The state of the thing rules this out: used twice, ended, or changed by somebody else meanwhile."""


class TooMany(Exception):
    """The caller did this too often lately; the message says what, and `seconds` when it can be done again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Invalid(Exception):
    """The input is wrong; `problems` names every field that is, so that one answer mends them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.reason}" for p in problems))
        self.problems = list(problems)
