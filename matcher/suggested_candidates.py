"""Suggested candidates: the CVs that suit a listing and that its employer may see at this moment, each noted for the
person whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_
from sqlalchemy.orm import Session

from mappings import offered, suggested
from matcher import cv_search, reasons
from matcher.reasons import Reason
from store import access_log, visibility
from store.cvs import Cv
from store.entrances import Entrance
from store.listings import Listing


@dataclass(frozen=True)
class Candidate:
    """A CV that the recruiter may see and that lets itself be suggested, and why it suits."""

    cv: Cv
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Candidates:
    """The best candidates, and how many there are."""

    total: int
    candidates: tuple[Candidate, ...]


def suggest(session: Session, entrance: Entrance, listing: Listing, size: int) -> Candidates:
    """The CVs that have an occupation or a skill in common with the listing, the best first, at most `size`: of those
    that this recruiter may see at this moment, the ones whose owners let themselves be suggested.

    Each that is shown is noted in its access log as found for this listing, in this transaction. Whether the listing is
    the recruiter's to ask for is the caller's to check. Raises as `matcher.cv_search.find` does.
    """
    account = entrance.account
    found = cv_search.steadily(session, account, lambda known: _look(session, known, listing, size), entrance)
    shown = [one.cv.id for one in found.candidates]
    access_log.note_search(session, account, noted(listing), found.total, shown)
    return found


def noted(listing: Listing) -> dict[str, object]:
    """What stands in the log of searches: the listing, and the rules by which was suggested. With the rows of the two,
    as long as neither is younger than the entry, `matcher.reasons.for_employer` says the reasons again."""
    return {"listing": {"id": str(listing.id), "title": listing.title}, "rules": suggested.RULES}


def _look(session: Session, entrance: Entrance, listing: Listing, size: int) -> Candidates | None:
    """One try; None where a hit is not, or not any more, as the engine has it."""
    index, opening = cv_search.readable(entrance.index), suggested.opening_of(listing)
    request = {
        "query": suggested.candidates(opening, entrance.viewer, index.changed),
        "sort": suggested.order(),
        "size": size,
        "_source": False,
        "version": True,
        "track_total_hits": True,
    }
    answer = cv_search.ask(session, index, request)["hits"]
    allowed = and_(visibility.sql(entrance.viewer), Cv.suggestible)
    found = cv_search.current(session, answer["hits"], allowed)
    if found is None:
        return None
    return Candidates(
        total=answer["total"]["value"],
        candidates=tuple(
            Candidate(one, reasons.between(offered.to_employers(one.seen(), one.language), opening)) for one in found
        ),
    )
