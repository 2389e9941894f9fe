"""What the index holds of a listing: a pure function of the row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from mappings import offered
from mappings.analysis import concepts, stacked
from mappings.indexes import criteria_fields
from store import occupations, places, sanitise, terms
from store.criteria import SALARY_STEPS, SALARY_TOP
from store.listings import PUBLISHED, Listing

# What a month of work is, where a salary is given by the hour or the year: 40 hours a week, 12 months.
PER_MONTH = {"hour": Decimal(160), "month": Decimal(1), "year": Decimal(1) / 12}


def document(listing: Listing | None) -> dict[str, Any]:
    """The document of a listing; an empty tombstone for one that is gone, or that nobody may see.

    Words are as `mappings.analysis` writes them. Codes come with everything above them, salaries with every step up to
    the highest that is offered, so that criteria name one token each.
    """
    if listing is None or listing.state != PUBLISHED:
        return {"open": False}
    said = asked(listing)
    return {
        "id": str(listing.id),
        "open": True,
        "title": stacked(listing.title, listing.language),
        "title_concept": sorted(concepts.above(concepts.named(listing.title, listing.language))),
        "published_at": listing.published_at.isoformat(),
        "named": offered.opening(listing, said).named(),
        **({"deadline": listing.deadline.isoformat()} if listing.deadline else {}),
        **said,
    }


def asked(listing: Listing) -> dict[str, Any]:
    """The part of the document that criteria can ask: what is percolated."""
    texts = [text for text in (listing.title, listing.employer, sanitise.public_text(listing.description)) if text]
    filled = {
        # Separate values, so that a phrase does not reach from the title into the text.
        "text": [stacked(text, listing.language) for text in texts],
        "concept": sorted(concepts.above(_codes(listing, texts))),
        "language": listing.language,
        "place": sorted({above for code in listing.places for above in places.ancestors(code)}),
        "occupation": sorted({above for code in occupations_of(listing) for above in occupations.ancestors(code)}),
        "employment": listing.employment,
        "remote": "true" if listing.remote else "false",
        "salary": list(_salary(listing)),
        "employer": terms.plain(listing.employer),
    }
    return {name: value for name, value in filled.items() if value and name in criteria_fields()}


def occupations_of(listing: Listing) -> tuple[str, ...]:
    """The occupations that a listing is for: the one that it gives, else those that its title names."""
    if listing.occupation:
        return (listing.occupation,)
    return tuple(sorted(filter(occupations.known, concepts.named(listing.title, listing.language))))


def _codes(listing: Listing, texts: Sequence[str]) -> set[str]:
    """What the listing names, in its words or by its codes: a search for its name finds it either way."""
    in_words = {code for text in texts for code in concepts.named(text, listing.language)}
    return in_words | set(listing.places) | ({listing.occupation} if listing.occupation else set())


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
