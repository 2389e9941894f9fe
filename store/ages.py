"""Ages: who is old enough for an account. The date of birth is asked, looked at once, and kept nowhere."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from store import clock
from store.errors import Invalid, Problem

YOUNGEST, OLDEST = 13, 120


def birthday(born_on: date, age: int) -> date:
    """The day on which somebody turns `age`; who was born on 29 February does on 1 March in years without one."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def check(born_on: date, zone: str, now: datetime | None = None) -> None:
    """Nothing for whoever is old enough today, in this time zone. Raises Invalid for anybody else."""
    today = (now or clock.now()).astimezone(ZoneInfo(zone)).date()
    if not date(today.year - OLDEST, 1, 1) <= born_on <= today:
        raise Invalid(
            [Problem("born_on", "is not a date of birth", "the day on which you were born, such as 1990-05-31")]
        )
    if birthday(born_on, YOUNGEST) > today:
        raise Invalid(
            [Problem("born_on", f"is less than {YOUNGEST} years ago", f"an account is for those of {YOUNGEST} or more")]
        )
