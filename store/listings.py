"""Listings: the jobs that employers offer, from draft to published to closed or expired.

Triggers stamp what follows from a change: the version, the material fingerprint, when and in which transaction the
listing last became new, and the work that is owed for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, FetchedValue, ForeignKey, Numeric, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock, sites
from store.employers import Employer
from store.errors import NotFound
from store.listing_input import ListingInput
from store.rows import Digest, Key, Moment, Row, TransactionId, Version, Words
from store.sites import Site

DRAFT, PUBLISHED, CLOSED, EXPIRED = "draft", "published", "closed", "expired"


class Listing(Row):
    """One job ad. `description` is safe HTML; `published_at` is when it was, or will be, first shown."""

    __tablename__ = "listings"

    id: Mapped[Key]
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    reference: Mapped[str]
    site: Mapped[str] = mapped_column(ForeignKey(Site.key))
    state: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    language: Mapped[str]
    employer: Mapped[str]
    places: Mapped[Words]
    occupation: Mapped[str | None]
    employment: Mapped[Words]
    remote: Mapped[bool]
    salary_min: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    salary_max: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    salary_currency: Mapped[str | None]
    salary_period: Mapped[str | None]
    published_at: Mapped[Moment]
    deadline: Mapped[Moment | None]
    apply_url: Mapped[str | None]
    apply_email: Mapped[str | None]
    fingerprint: Mapped[Digest] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    vacancy: Mapped[Digest] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    opened_at: Mapped[Moment | None] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    opened_xid: Mapped[str | None] = mapped_column(
        TransactionId, server_default=FetchedValue(), server_onupdate=FetchedValue()
    )
    closed_at: Mapped[Moment | None] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    matched_at: Mapped[Moment | None]
    version: Mapped[Version]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())
    updated_at: Mapped[Moment] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())


# The members of a listing that are stored as they are handed in.
AS_GIVEN = (
    "title",
    "description",
    "language",
    "employer",
    "occupation",
    "remote",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_period",
    "deadline",
    "apply_url",
    "apply_email",
)


@dataclass(frozen=True)
class Published:
    """What became of a listing that was handed in: whether it is new to us, and whether anything changed at all."""

    listing: Listing
    created: bool
    changed: bool


def publish(session: Session, employer: Employer, given: ListingInput) -> Published:
    """Publish or correct one listing; see `publish_all`."""
    return publish_all(session, employer, [given])[0]


def publish_all(session: Session, employer: Employer, given: Sequence[ListingInput]) -> list[Published]:
    """Publish or correct the employer's listings of these references, in one statement each way.

    Closed ones open again, future ones wait as drafts. Idempotent: handing in what is there already changes nothing.
    Raises Invalid for an unknown site, and IntegrityError where somebody else hands in one of the references for the
    first time at the same moment: tried again, it corrects theirs.
    """
    rows = _own(session, employer, [one.reference for one in given])
    now = clock.now()  # after the locks: whoever held them may have published a moment ago
    new = [reference for one in given if (reference := one.reference) not in rows]
    # Named by us, rows that are inserted together need not be told apart by what the database answers.
    ids = session.scalars(select(func.uuidv7()).select_from(func.generate_series(1, len(new)))).all() if new else []
    for reference, listing_id in zip(new, ids, strict=True):
        rows[reference] = Listing(id=listing_id, employer_id=employer.id, reference=reference)
    published = []
    for one in given:
        row = rows[one.reference]
        created = row not in session
        if created or one.published_at is not None:
            row.published_at = one.published_at or now
        _fill(row, one, sites.find(session, one.site), now)
        session.add(row)
        published.append(Published(row, created, created or session.is_modified(row)))
    session.flush()
    return published


def _own(session: Session, employer: Employer, references: Sequence[str]) -> dict[str, Listing]:
    """The employer's listings of these references, locked in their order."""
    rows = session.scalars(
        select(Listing)
        .where(Listing.employer_id == employer.id, Listing.reference.in_(references))
        .order_by(Listing.reference)
        .with_for_update(key_share=True)
    )
    return {row.reference: row for row in rows}


def _fill(row: Listing, given: ListingInput, site: Site, now: datetime) -> None:
    row.site = site.key
    for name in AS_GIVEN:
        setattr(row, name, getattr(given, name))
    row.places, row.employment = sorted(set(given.places)), sorted(set(given.employment))
    row.state = _due_state(row, now)


def _due_state(row: Listing, now: datetime) -> str:
    if row.deadline is not None and row.deadline <= now:
        return EXPIRED
    return DRAFT if row.published_at > now else PUBLISHED


def close(session: Session, employer: Employer, reference: str) -> Listing:
    """Close the employer's listing of this reference, whatever its state; raises NotFound where there is none."""
    row = _own(session, employer, [reference]).get(reference)
    if row is None:
        raise NotFound("no listing of yours has this reference")
    row.state = CLOSED
    session.flush()
    return row


def settle_due(session: Session, listing_ids: Sequence[UUID]) -> None:
    """Publish drafts whose time has come and expire what is past its deadline, among these listings."""
    now = clock.now()
    rows = session.scalars(
        select(Listing)
        .where(Listing.id.in_(listing_ids), Listing.state.in_((DRAFT, PUBLISHED)))
        .order_by(Listing.id)
        .with_for_update(key_share=True)
    )
    for row in rows:
        due = _due_state(row, now)
        # A published listing stays so whatever its publication date says later: it was seen.
        if row.state == DRAFT or due == EXPIRED:
            row.state = due
    session.flush()


def visible(now: datetime) -> ColumnElement[bool]:
    """What makes a listing public, as the condition of a query: published and not past its deadline."""
    return (Listing.state == PUBLISHED) & (Listing.deadline.is_(None) | (Listing.deadline > now))


def open_by_ids(session: Session, listing_ids: Sequence[UUID]) -> dict[UUID, Listing]:
    """Those of these listings that are public now, by id."""
    rows = session.scalars(select(Listing).where(Listing.id.in_(listing_ids), visible(clock.now())))
    return {row.id: row for row in rows}


def open_titles(session: Session, listing_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The titles of those of these listings that are public now, by id."""
    asked = select(Listing.id, Listing.title).where(Listing.id.in_(listing_ids), visible(clock.now()))
    return {found.id: found.title for found in session.execute(asked)}


def get_open(session: Session, listing_id: UUID) -> Listing:
    """The public listing with this id; raises NotFound for one that never was or is no longer."""
    found = open_by_ids(session, [listing_id])
    if listing_id not in found:
        raise NotFound("no open listing has this id")
    return found[listing_id]


def by_ids(session: Session, listing_ids: Sequence[UUID]) -> dict[UUID, Listing]:
    """These listings in whatever state, by id."""
    return {row.id: row for row in session.scalars(select(Listing).where(Listing.id.in_(listing_ids)))}


def all_open(session: Session, batch: int = 500) -> Iterator[Listing]:
    """Every public listing in the order of their ids, read in batches: bounded memory for any number."""
    after: UUID | None = None
    while True:
        asked = select(Listing).where(visible(clock.now())).order_by(Listing.id).limit(batch)
        page = session.scalars(asked if after is None else asked.where(Listing.id > after)).all()
        yield from page
        if len(page) < batch:
            return
        after = page[-1].id


def count_open(session: Session) -> int:
    """How many listings are public now."""
    return session.scalar(select(func.count()).select_from(Listing).where(visible(clock.now()))) or 0
