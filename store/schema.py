"""Every mapped table in one metadata, for migrations and for the test that holds rows and schema equal."""

from __future__ import annotations

from store import (
    alerts,
    consents,
    criteria,
    deliveries,
    employers,
    generations,
    listings,
    owed,
    sites,
    tokens,
    vacancies,
)
from store.rows import Row

metadata = Row.metadata

__all__ = [
    "alerts",
    "consents",
    "criteria",
    "deliveries",
    "employers",
    "generations",
    "listings",
    "metadata",
    "owed",
    "sites",
    "tokens",
    "vacancies",
]
