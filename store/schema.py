"""Every mapped table in one metadata, for migrations and for the test that holds rows and schema equal."""

from __future__ import annotations

from store import (
    access_log,
    account_links,
    accounts,
    alerts,
    consents,
    contact_requests,
    copies,
    criteria,
    cvs,
    deliveries,
    employers,
    erasures,
    generations,
    identities,
    listings,
    owed,
    shortlists,
    sites,
    tokens,
    unusual_use,
    vacancies,
)
from store.rows import Row

metadata = Row.metadata

__all__ = [
    "access_log",
    "account_links",
    "accounts",
    "alerts",
    "consents",
    "contact_requests",
    "copies",
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
    "shortlists",
    "sites",
    "tokens",
    "unusual_use",
    "vacancies",
]
