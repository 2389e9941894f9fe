"""Every mapped table in one metadata, for migrations and for the test that holds rows and schema equal."""

from __future__ import annotations

from store import (
    account_links,
    accounts,
    alerts,
    consents,
    criteria,
    cvs,
    deliveries,
    employers,
    erasures,
    generations,
    identities,
    listings,
    owed,
    sites,
    tokens,
    vacancies,
)
from store.rows import Row

metadata = Row.metadata

__all__ = [
    "account_links",
    "accounts",
    "alerts",
    "consents",
    "criteria",
    "cvs",
    "deliveries",
    "employers",
    "erasures",
    "generations",
    "identities",
    "listings",
    "metadata",
    "owed",
    "sites",
    "tokens",
    "vacancies",
]
