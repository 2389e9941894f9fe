"""Listings that are handed in, one or a whole feed: kept in order, and a bad one costs only itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal
from uuid import UUID

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from api.feed_record import Record
from store import employers, listings, sites
from store.database import transaction
from store.employers import Employer
from store.errors import Forbidden, Invalid, Problem
from store.faults import describe, log
from store.listing_input import ListingInput
from store.listings import Published

# What the addresses below /listings mean themselves.
RESERVED = ("suggest", "stream", "snapshot", "feed")
# A transaction of a feed holds so many: few enough that nobody waits long for its locks.
TOGETHER = 200
TRIES = 5
TAKEN = "23505"
DEADLOCK = "40P01"


@dataclass(frozen=True)
class Outcome:
    """What became of the record that begins in a line of a feed."""

    line: int
    state: Literal["accepted", "unchanged", "rejected"]
    problems: Sequence[Problem] = ()


def employer(session: Session, employer_id: UUID | None) -> Employer:
    """The employer whose token it is. Raises Forbidden where it is gone."""
    found = session.get(Employer, employer_id) if employer_id is not None else None
    if found is None:
        raise Forbidden("the employer of this token is gone")
    return found


def publish(session: Session, by: Employer, given: ListingInput) -> Published:
    """Publish or correct one listing. Raises Invalid for an unknown site or a reserved reference."""
    check_reference(given.reference)
    try:
        with session.begin_nested():
            return listings.publish(session, by, given)
    except IntegrityError as error:
        if _code(error) != TAKEN:
            raise
        # Somebody else hands in the same reference at this moment, and was first: there is a row to correct now.
        return listings.publish(session, by, given)


def check_reference(reference: str) -> None:
    """Raises Invalid for a reference that the API could not tell from an address of its own."""
    if reference in RESERVED:
        raise Invalid([Problem("reference", "is a word that the API needs itself", f"not: {', '.join(RESERVED)}")])


def take_in(by: str | UUID, records: Iterable[Record]) -> Iterator[Outcome]:
    """Publish the listings of a feed for the employer of this id or name; tells of each record what became of it, once
    that is committed.

    Every `TOGETHER` good records are committed together, so that a feed of any length is taken in with bounded memory
    and what came before a broken connection stays. Handing in the same feed again changes nothing.
    """
    waiting = iter(records)
    while chunk := list(islice(waiting, TOGETHER)):
        good: list[tuple[int, ListingInput]] = []
        for record in chunk:
            if record.data is None:
                yield Outcome(record.line, "rejected", record.problems)
            else:
                good.append((record.line, record.data))
        # Two feeds that hand in the same listings take their locks in the same order.
        yield from _keep(by, sorted(good, key=lambda one: one[1].reference))


def _keep(by: str | UUID, good: Sequence[tuple[int, ListingInput]]) -> list[Outcome]:
    """One transaction with all of them; one record at a time where the database refuses some of them."""
    for tries in range(TRIES):
        try:
            with transaction() as session:
                return _kept(session, _publisher(session, by), good)
        except (DataError, IntegrityError, OperationalError) as error:
            if _code(error) not in (TAKEN, DEADLOCK):
                if isinstance(error, OperationalError):
                    raise
                break
            if tries == TRIES - 1:
                raise
    with transaction() as session:
        publisher = _publisher(session, by)
        return [outcome for one in good for outcome in _kept_alone(session, publisher, one)]


def _publisher(session: Session, by: str | UUID) -> Employer:
    return employers.named(session, by) if isinstance(by, str) else employer(session, by)


def _kept(session: Session, by: Employer, good: Sequence[tuple[int, ListingInput]]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    kept: list[tuple[int, ListingInput]] = []
    for line, given in good:
        try:
            check_reference(given.reference)
            sites.find(session, given.site)
        except Invalid as invalid:
            outcomes.append(Outcome(line, "rejected", invalid.problems))
        else:
            kept.append((line, given))
    for (line, _), published in zip(kept, listings.publish_all(session, by, [one for _, one in kept]), strict=True):
        outcomes.append(Outcome(line, "accepted" if published.changed else "unchanged"))
    return outcomes


def _kept_alone(session: Session, by: Employer, one: tuple[int, ListingInput]) -> list[Outcome]:
    try:
        with session.begin_nested():
            return _kept(session, by, [one])
    except (DataError, IntegrityError) as error:
        log.error("a listing that passed every check cannot be stored: %s", describe(error))
        unsaid = Problem("", "cannot be stored", "tell us: our checks should have said why")
        return [Outcome(one[0], "rejected", [unsaid])]


def _code(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
