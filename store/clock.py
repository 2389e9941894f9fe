"""The one clock: what Python and, through a session setting, SQL call now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_ahead = timedelta(0)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _ahead


def ahead() -> timedelta:
    """How far this process's clock runs ahead of the machine's: zero everywhere but in tests."""
    return _ahead


def set_ahead(by: timedelta) -> None:
    """Move this process's clock. Only forwards of real time, so that what is due by the database's clock stays due.

    Raises ValueError for a negative distance.
    """
    global _ahead
    if by < timedelta(0):
        raise ValueError("the clock only runs ahead")
    _ahead = by
