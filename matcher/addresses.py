"""The addresses of the pages that people use, in each language: what mails link to and pages answer at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from store import settings
from store.criteria import Criteria

Page = Literal[
    "start",
    "alert",
    "preview",
    "asked",
    "confirm",
    "manage",
    "edit",
    "pause",
    "resume",
    "listings",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "register",
    "registered",
    "confirm_account",
    "forgotten",
    "forgotten_sent",
    "reset",
    "account",
    "password",
    "provider",
    "provided",
    "contact_request",
    "contact_details",
    "terms",
    "privacy",
]

PATHS: Mapping[Page, Mapping[str, str]] = {
    "start": {"fi": "/fi/", "sv": "/sv/", "en": "/en/"},
    "alert": {"fi": "/fi/tyopaikkavahti", "sv": "/sv/jobbevakning", "en": "/en/job-alert"},
    "preview": {"fi": "/fi/tyopaikkavahti/osumat", "sv": "/sv/jobbevakning/traffar", "en": "/en/job-alert/matches"},
    "asked": {"fi": "/fi/tyopaikkavahti/tilattu", "sv": "/sv/jobbevakning/bestalld", "en": "/en/job-alert/requested"},
    "confirm": {"fi": "/fi/tyopaikkavahti/vahvista", "sv": "/sv/jobbevakning/bekrafta", "en": "/en/job-alert/confirm"},
    "manage": {"fi": "/fi/tyopaikkavahti/hallitse", "sv": "/sv/jobbevakning/hantera", "en": "/en/job-alert/manage"},
    "edit": {"fi": "/fi/tyopaikkavahti/muokkaa", "sv": "/sv/jobbevakning/andra", "en": "/en/job-alert/edit"},
    "pause": {"fi": "/fi/tyopaikkavahti/keskeyta", "sv": "/sv/jobbevakning/pausa", "en": "/en/job-alert/pause"},
    "resume": {"fi": "/fi/tyopaikkavahti/jatka", "sv": "/sv/jobbevakning/ateruppta", "en": "/en/job-alert/resume"},
    "listings": {"fi": "/fi/tyopaikat", "sv": "/sv/jobb", "en": "/en/jobs"},
    "sign_in": {"fi": "/fi/kirjaudu", "sv": "/sv/logga-in", "en": "/en/sign-in"},
    "sign_out": {"fi": "/fi/kirjaudu-ulos", "sv": "/sv/logga-ut", "en": "/en/sign-out"},
    "sign_out_everywhere": {
        "fi": "/fi/kirjaudu-ulos/kaikkialta",
        "sv": "/sv/logga-ut/overallt",
        "en": "/en/sign-out/everywhere",
    },
    "register": {"fi": "/fi/rekisteroidy", "sv": "/sv/registrera", "en": "/en/register"},
    "registered": {"fi": "/fi/rekisteroidy/tilattu", "sv": "/sv/registrera/bestallt", "en": "/en/register/requested"},
    "confirm_account": {
        "fi": "/fi/rekisteroidy/vahvista",
        "sv": "/sv/registrera/bekrafta",
        "en": "/en/register/confirm",
    },
    "forgotten": {"fi": "/fi/unohtunut-salasana", "sv": "/sv/glomt-losenord", "en": "/en/forgotten-password"},
    "forgotten_sent": {
        "fi": "/fi/unohtunut-salasana/tilattu",
        "sv": "/sv/glomt-losenord/bestallt",
        "en": "/en/forgotten-password/requested",
    },
    "reset": {"fi": "/fi/uusi-salasana", "sv": "/sv/nytt-losenord", "en": "/en/new-password"},
    "account": {"fi": "/fi/tili", "sv": "/sv/konto", "en": "/en/account"},
    "password": {"fi": "/fi/tili/salasana", "sv": "/sv/konto/losenord", "en": "/en/account/password"},
    "provider": {"fi": "/fi/kirjaudu/palvelulla", "sv": "/sv/logga-in/tjanst", "en": "/en/sign-in/provider"},
    "provided": {"fi": "/fi/kirjaudu/jatka", "sv": "/sv/logga-in/fortsatt", "en": "/en/sign-in/continue"},
    "contact_request": {"fi": "/fi/yhteydenotto", "sv": "/sv/kontaktforfragan", "en": "/en/contact-request"},
    "contact_details": {"fi": "/fi/yhteystiedot", "sv": "/sv/kontaktuppgifter", "en": "/en/contact-details"},
    "terms": {"fi": "/fi/ehdot", "sv": "/sv/villkor", "en": "/en/terms"},
    "privacy": {"fi": "/fi/tietosuoja", "sv": "/sv/integritet", "en": "/en/privacy"},
}
# One address for all languages: mail programs call it, and the page speaks the language of the alert.
UNSUBSCRIBE = "/unsubscribe"

Query = Mapping[str, str | int | Sequence[str]]


def path(name: Page, language: str, query: Query | None = None) -> str:
    """The address of a page in `fi`, `sv` or `en`, within the service."""
    own = PATHS[name][language]
    return f"{own}?{urlencode(query, doseq=True)}" if query else own


def absolute(path_: str) -> str:
    """The address under which the world reaches a path."""
    return settings.get().base_url.rstrip("/") + path_


def page(name: Page, language: str, query: Query | None = None) -> str:
    """The absolute address of a page in `fi`, `sv` or `en`."""
    return absolute(path(name, language, query))


def listing_path(listing_id: UUID, language: str) -> str:
    """The address of a listing's own page, within the service."""
    return f"{PATHS['listings'][language]}/{listing_id}"


def listing(listing_id: UUID, language: str) -> str:
    """The absolute address of a listing's own page."""
    return absolute(listing_path(listing_id, language))


def contact_request(request_id: UUID, language: str) -> str:
    """The absolute address at which a person answers a request for contact details."""
    return absolute(f"{PATHS['contact_request'][language]}/{request_id}")


def contact_details(cv_id: UUID, language: str) -> str:
    """The absolute address at which a recruiter sees the contact details of a CV."""
    return absolute(f"{PATHS['contact_details'][language]}/{cv_id}")


def unsubscribe_path(token: str) -> str:
    """The address that ends the alert of this token, within the service."""
    return f"{UNSUBSCRIBE}?{urlencode({'token': token})}"


def unsubscribe(token: str) -> str:
    """The absolute address that ends the alert of this token: a page for people, one click for mail programs."""
    return absolute(unsubscribe_path(token))


def asked_for(criteria: Criteria) -> dict[str, str | int | list[str]]:
    """Criteria as the query of a search or of a prefilled form: codes for places and occupations, nobody's address."""
    shown = criteria.shown()
    if near := shown.pop("near", None):
        shown |= {"near": near["place"], "km": near["km"]}
    if shown.get("remote"):
        shown["remote"] = "1"
    return shown
