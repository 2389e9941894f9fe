"""Nobody under thirteen has an account, to the day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from store import ages
from store.errors import Invalid

HELSINKI = "Europe/Helsinki"


def refused(born_on: date, now: datetime) -> str | None:
    try:
        ages.check(born_on, HELSINKI, now)
    except Invalid as error:
        [problem] = error.problems
        assert problem.field == "born_on"
        return problem.reason
    return None


@pytest.mark.promise("A1")
@pytest.mark.parametrize(
    ("born_on", "now", "old_enough"),
    [
        (date(2013, 11, 24), datetime(2026, 11, 24, 12, tzinfo=UTC), True),
        (date(2013, 11, 25), datetime(2026, 11, 24, 12, tzinfo=UTC), False),
        # It is tomorrow in Helsinki already.
        (date(2013, 11, 25), datetime(2026, 11, 24, 22, 30, tzinfo=UTC), True),
        (date(2014, 11, 24), datetime(2026, 11, 24, 12, tzinfo=UTC), False),
        # Thirteen years after a leap day is no leap year.
        (date(2012, 2, 29), datetime(2025, 2, 28, 12, tzinfo=UTC), False),
        (date(2012, 2, 29), datetime(2025, 3, 1, 12, tzinfo=UTC), True),
        (date(2012, 2, 28), datetime(2025, 2, 28, 12, tzinfo=UTC), True),
        (date(2012, 3, 1), datetime(2025, 2, 28, 12, tzinfo=UTC), False),
        (date(1930, 1, 1), datetime(2026, 11, 24, 12, tzinfo=UTC), True),
    ],
)
def test_the_thirteenth_birthday(born_on: date, now: datetime, old_enough: bool) -> None:
    assert refused(born_on, now) == (None if old_enough else "is less than 13 years ago")


@pytest.mark.parametrize("born_on", [date(2026, 11, 25), date(1899, 1, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_what_is_no_date_of_birth(born_on: date) -> None:
    assert refused(born_on, datetime(2026, 11, 24, 12, tzinfo=UTC)) == "is not a date of birth"
