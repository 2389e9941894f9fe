"""What a listing says besides its text, in the reader's language: for mails, pages and lists of listings alike."""

from __future__ import annotations

from dataclasses import dataclass

from store import occupations, places, wording
from store.listings import Listing


@dataclass(frozen=True)
class Facts:
    """A listing's short facts, ready to be read; None or empty where the listing does not say.

    `language` is the listing's own, in which `title` and `employer` are written.
    """

    title: str
    employer: str
    language: str
    places: str
    occupation: str | None
    employment: str
    salary: str | None
    deadline: str | None


def facts(listing: Listing, zone: str, language: str) -> Facts:
    """The facts of a listing for somebody who reads `language` and lives by the time zone `zone`."""
    _ = wording.translator(language).gettext
    where = [places.label(code, language) for code in listing.places]
    if listing.remote:
        where.append(wording.remote(True, language))
    paid = listing.salary_currency and listing.salary_period and (listing.salary_min or listing.salary_max)
    return Facts(
        title=listing.title,
        employer=listing.employer,
        language=listing.language,
        places=", ".join(where),
        occupation=occupations.label(listing.occupation, language) if listing.occupation else None,
        employment=", ".join(wording.employment(code, language) for code in listing.employment),
        salary=wording.salary(
            listing.salary_min, listing.salary_max, listing.salary_currency, listing.salary_period, language
        )
        if paid and listing.salary_currency and listing.salary_period
        else None,
        deadline=wording.deadline(listing.deadline, zone, language) if listing.deadline else None,
    )
