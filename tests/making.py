"""Makes rows for tests: listings, employers and alerts with sensible values for all that a test does not name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from store import alerts, criteria, employers, listings, sites
from store.alerts import Alert
from store.listing_input import ListingInput
from store.listings import Listing


def listing_input(reference: str = "a-1", **given: Any) -> ListingInput:
    """A complete listing as an employer hands it in."""
    values: dict[str, Any] = {
        "reference": reference,
        "title": "Sairaanhoitaja",
        "description": "<p>Etsimme sairaanhoitajaa osastolle.</p>",
        "language": "fi",
        "employer": "Pohjolan hoiva",
        "places": ("fi-837",),
        "occupation": None,
        "employment": ("full_time",),
        "remote": False,
        "salary_min": None,
        "salary_max": None,
        "salary_currency": None,
        "salary_period": None,
        "published_at": None,
        "deadline": None,
        "apply_url": "https://pohjolanhoiva.example/apply",
        "apply_email": None,
        "site": None,
    }
    salary = given.pop("salary", None)
    if salary is not None:
        values |= {"salary_min": Decimal(salary), "salary_currency": "EUR", "salary_period": "month"}
    return ListingInput(**{**values, **given})


def publish(session: Session, reference: str = "a-1", *, by: str = "Pohjolan hoiva", **given: Any) -> Listing:
    """A listing, published by the employer named `by`."""
    return listings.publish(session, employers.named(session, by), listing_input(reference, **given)).listing


def ask(session: Session, email: str = "kaisa@mail.example", **given: Any) -> Alert:
    """An unconfirmed alert; `text`, `places` and so on are criteria, the rest are members of the alert."""
    members = {"language": "fi", "frequency": "instant", "site": None} | {
        key: given.pop(key) for key in ("language", "frequency", "site") if key in given
    }
    asked = given or {"text": "sairaanhoitaja"}
    return alerts.ask(
        session,
        site=sites.find(session, members["site"]),
        email=email,
        language=str(members["language"]),
        frequency=str(members["frequency"]),
        criteria=criteria.read(asked),
        terms_version="2026-11",
        source="test",
    )


def alert(session: Session, email: str = "kaisa@mail.example", **given: Any) -> Alert:
    """A confirmed alert; arguments as for `ask`."""
    return alerts.confirm(session, ask(session, email, **given).id)
