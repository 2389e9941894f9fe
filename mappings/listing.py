"""What the index holds of a listing: a pure function of the row."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from mappings import offered
from mappings.indexes import criteria_fields
from store import occupations, places, sanitise, terms
from store.criteria import SALARY_STEPS, SALARY_TOP
from store.listings import PUBLISHED, Listing

# What a month of work is, where a salary is given by the hour or the year: 40 hours a week, 12 months.
PER_MONTH = {"hour": Decimal(160), "month": Decimal(1), "year": Decimal(1) / 12}


def document(listing: Listing | None) -> dict[str, Any]:
    """The document of a listing; an empty tombstone for one that is gone, or that nobody may see.

    `text_*` and `title_*` are filled for the listing's own language. Codes come with everything above them, salaries
    with every step up to the highest that is offered, so that criteria name one token each.
    """
    if listing is None or listing.state != PUBLISHED:
        return {"open": False}
    return {
        "id": str(listing.id),
        "open": True,
        f"title_{listing.language}": listing.title,
        "published_at": listing.published_at.isoformat(),
        "named": offered.opening(listing).named(),
        **({"deadline": listing.deadline.isoformat()} if listing.deadline else {}),
        **asked(listing),
    }


def asked(listing: Listing) -> dict[str, Any]:
    """The part of the document that criteria can ask: what is percolated."""
    filled = {
        # Separate values, so that a phrase does not reach from the title into the text.
        f"text_{listing.language}": [listing.title, listing.employer, sanitise.text(listing.description)],
        "language": listing.language,
        "place": sorted({above for code in listing.places for above in places.ancestors(code)}),
        "occupation": list(occupations.ancestors(listing.occupation)) if listing.occupation else [],
        "employment": listing.employment,
        "remote": "true" if listing.remote else "false",
        "salary": list(_salary(listing)),
        "employer": terms.plain(listing.employer),
    }
    return {name: value for name, value in filled.items() if value and name in criteria_fields()}


def _salary(listing: Listing) -> Iterator[str]:
    highest = listing.salary_max if listing.salary_max is not None else listing.salary_min
    if highest is None or listing.salary_currency not in SALARY_STEPS or listing.salary_period is None:
        return
    step = SALARY_STEPS[listing.salary_currency]
    steps = int(highest * PER_MONTH[listing.salary_period] // step)
    for number in range(1, min(steps, SALARY_TOP) + 1):
        yield salary_token(listing.salary_currency, number * step)


def salary_token(currency: str, amount: int) -> str:
    """The token of one step of a monthly salary."""
    return f"{currency}:{amount}"
