"""A listing as structured data for search engines: schema.org JobPosting in JSON-LD."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from matcher import addresses
from store import places
from store.listings import Listing
from store.sites import Site

# https://schema.org/employmentType, in the values that search engines know. Permanent is not among them.
EMPLOYMENT_TYPES = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "temporary": "TEMPORARY",
    "seasonal": "TEMPORARY",
    "internship": "INTERN",
    "apprenticeship": "OTHER",
    "freelance": "CONTRACTOR",
}
UNITS = {"hour": "HOUR", "month": "MONTH", "year": "YEAR"}


def job_posting(listing: Listing, site: Site) -> dict[str, Any]:
    """The JobPosting of an open listing. Places are named in its own language, moments are in the site's zone."""
    posting: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": listing.title,
        "description": listing.description,
        "datePosted": listing.published_at.astimezone(ZoneInfo(site.timezone)).isoformat(timespec="seconds"),
        "hiringOrganization": {"@type": "Organization", "name": listing.employer},
        "identifier": {"@type": "PropertyValue", "name": listing.employer, "value": listing.reference},
        "url": addresses.listing(listing.id, listing.language),
        "directApply": False,
    }
    if listing.deadline is not None:
        posting["validThrough"] = listing.deadline.astimezone(ZoneInfo(site.timezone)).isoformat(timespec="seconds")
    kinds = sorted({EMPLOYMENT_TYPES[code] for code in listing.employment if code in EMPLOYMENT_TYPES})
    if kinds:
        posting["employmentType"] = kinds
    if listing.places:
        posting["jobLocation"] = [_place(code, listing.language) for code in listing.places]
    if listing.remote:
        posting["jobLocationType"] = "TELECOMMUTE"
        countries = sorted({places.ancestors(code)[-1] for code in listing.places}) or ["fi", "se"]
        posting["applicantLocationRequirements"] = [
            {"@type": "Country", "name": places.label(code, listing.language)} for code in countries
        ]
    if listing.salary_currency and listing.salary_period:
        posting["baseSalary"] = {
            "@type": "MonetaryAmount",
            "currency": listing.salary_currency,
            "value": _amount(listing, UNITS[listing.salary_period]),
        }
    return posting


def _place(code: str, language: str) -> dict[str, Any]:
    address: dict[str, Any] = {"@type": "PostalAddress"}
    fields = {"municipality": "addressLocality", "region": "addressRegion"}
    for around in places.ancestors(code):
        place = places.get(around)
        if place is not None and place.kind in fields:
            address[fields[place.kind]] = place.names()[language]
    address["addressCountry"] = places.ancestors(code)[-1].upper()
    return {"@type": "Place", "address": address}


def _amount(listing: Listing, unit: str) -> dict[str, Any]:
    amount: dict[str, Any] = {"@type": "QuantitativeValue", "unitText": unit}
    if listing.salary_min is not None and listing.salary_max == listing.salary_min:
        return {**amount, "value": float(listing.salary_min)}
    if listing.salary_min is not None:
        amount["minValue"] = float(listing.salary_min)
    if listing.salary_max is not None:
        amount["maxValue"] = float(listing.salary_max)
    return amount
