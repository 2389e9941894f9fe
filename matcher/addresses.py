"""The addresses of the pages that people use, in each language: what mails link to and pages answer at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from store import settings
from store.criteria import Criteria

Page = Literal[
    "start", "alert", "asked", "confirm", "manage", "edit", "pause", "resume", "listings", "terms", "privacy"
]

PATHS: Mapping[Page, Mapping[str, str]] = {
    "start": {"fi": "/fi/", "sv": "/sv/", "en": "/en/"},
    "alert": {"fi": "/fi/tyopaikkavahti", "sv": "/sv/jobbevakning", "en": "/en/job-alert"},
    "asked": {"fi": "/fi/tyopaikkavahti/tilattu", "sv": "/sv/jobbevakning/bestalld", "en": "/en/job-alert/requested"},
    "confirm": {"fi": "/fi/tyopaikkavahti/vahvista", "sv": "/sv/jobbevakning/bekrafta", "en": "/en/job-alert/confirm"},
    "manage": {"fi": "/fi/tyopaikkavahti/hallitse", "sv": "/sv/jobbevakning/hantera", "en": "/en/job-alert/manage"},
    "edit": {"fi": "/fi/tyopaikkavahti/muokkaa", "sv": "/sv/jobbevakning/andra", "en": "/en/job-alert/edit"},
    "pause": {"fi": "/fi/tyopaikkavahti/keskeyta", "sv": "/sv/jobbevakning/pausa", "en": "/en/job-alert/pause"},
    "resume": {"fi": "/fi/tyopaikkavahti/jatka", "sv": "/sv/jobbevakning/ateruppta", "en": "/en/job-alert/resume"},
    "listings": {"fi": "/fi/tyopaikat", "sv": "/sv/jobb", "en": "/en/jobs"},
    "terms": {"fi": "/fi/ehdot", "sv": "/sv/villkor", "en": "/en/terms"},
    "privacy": {"fi": "/fi/tietosuoja", "sv": "/sv/integritet", "en": "/en/privacy"},
}
# One address for all languages: mail programs call it, and the page speaks the language of the alert.
UNSUBSCRIBE = "/unsubscribe"

Query = Mapping[str, str | int | Sequence[str]]


def _absolute(path: str, query: Query | None) -> str:
    base = settings.get().base_url.rstrip("/")
    return f"{base}{path}?{urlencode(query, doseq=True)}" if query else f"{base}{path}"


def page(name: Page, language: str, query: Query | None = None) -> str:
    """The absolute address of a page in `fi`, `sv` or `en`."""
    return _absolute(PATHS[name][language], query)


def listing(listing_id: UUID, language: str) -> str:
    """The absolute address of a listing's own page."""
    return _absolute(f"{PATHS['listings'][language]}/{listing_id}", None)


def unsubscribe(token: str) -> str:
    """The absolute address that ends the alert of this token: a page for people, one click for mail programs."""
    return _absolute(UNSUBSCRIBE, {"token": token})


def asked_for(criteria: Criteria) -> dict[str, str | int | list[str]]:
    """Criteria as the query of a search or of a prefilled form: codes for places and occupations, nobody's address."""
    shown = criteria.shown()
    if shown.get("remote"):
        shown["remote"] = "1"
    return shown
