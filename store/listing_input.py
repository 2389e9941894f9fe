"""A listing as an employer hands it in, checked and normalised, before it is a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

SALARY_PERIODS = ("hour", "month", "year")


@dataclass(frozen=True, slots=True)
class ListingInput:
    """What `api.listing_schema.load_listing` lets through, and nothing else should make.

    `reference` is the employer's own; `description` is safe HTML (`store.sanitise.html`) that holds words; `places` are
    known codes, each once, empty only for remote work; `occupation` is a known code; salaries are amounts of
    `salary_currency` per `salary_period`, and where one of the two is given both of these are; moments are aware and in
    UTC; `apply_url` or `apply_email` is there; `site` is a key that nobody has looked up yet.
    """

    reference: str
    title: str
    description: str
    language: str
    employer: str
    places: tuple[str, ...]
    occupation: str | None
    employment: tuple[str, ...]
    remote: bool
    salary_min: Decimal | None
    salary_max: Decimal | None
    salary_currency: str | None
    salary_period: str | None
    published_at: datetime | None
    deadline: datetime | None
    apply_url: str | None
    apply_email: str | None
    site: str | None
