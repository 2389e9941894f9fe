"""Copies: a CV as it was when the person handed it to one employer, private or not; that employer's to read alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import business_ids, clock, consents, cvs
from store.accounts import Account
from store.employers import Employer
from store.errors import Conflict, Invalid, NotFound, Problem
from store.listings import DRAFT, Listing
from store.rows import Key, Moment, Row

DAILY = 100  # copies that one person hands over in 24 hours at most
RIGHT = "the id of an employer, its business id (0112038-9, 556036-0793), or its name as it is written here"


class Copy(Row):
    """What a person handed to an employer: `body` is as employers see a CV, with `contact`, and never changes."""

    __tablename__ = "copies"

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey(Listing.id))
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    handed_at: Mapped[Moment]


def hand_over(session: Session, person: Account, employer: Employer, listing_id: UUID | None = None) -> Copy:
    """Hand the person's CV as it is now to an employer: without the fields that are hidden, with contact details. It is
    the person's own act, so that it matters neither whether others find the CV nor whether the employer is blocked.

    Raises NotFound without a CV, Invalid for a listing that is not this employer's, Conflict where the person does not
    accept the terms any more or handed over `DAILY` copies within 24 hours.
    """
    cv = cvs.of(session, person.id, lock=True)
    if not consents.stands(session, person.id, consents.TERMS):
        raise Conflict("you do not accept the terms at present: without that nothing is handed over")
    if listing_id is not None:
        listing = session.get(Listing, listing_id)
        if listing is None or listing.employer_id != employer.id or listing.state == DRAFT:
            raise Invalid([Problem("listing", "this employer has no listing of this id", "the id of an open listing")])
    now = clock.now()
    lately = select(func.count()).where(Copy.account_id == person.id, Copy.handed_at > now - timedelta(hours=24))
    if (session.scalar(lately) or 0) >= DAILY:
        raise Conflict(f"{DAILY} copies were handed over within 24 hours: wait until tomorrow")
    copy = Copy(
        account_id=person.id,
        employer_id=employer.id,
        listing_id=listing_id,
        body={**cv.seen(), "contact": cv.contact_details()},
        handed_at=now,
    )
    session.add(copy)
    session.flush()
    return copy


def employer_of(session: Session, given: str) -> Employer:
    """The employer that a person names by id, business id or name. Raises Invalid where there is none."""
    named = given.strip()
    found: Employer | None
    try:
        found = session.get(Employer, UUID(named))
    except ValueError:
        found = session.scalars(select(Employer).where(Employer.name == named)).one_or_none()
    if found is None and (number := _number(named)) is not None:
        found = session.scalars(select(Employer).where(Employer.business_id == number)).one_or_none()
    if found is None:
        raise Invalid([Problem("employer", "no employer here has this id or name", RIGHT)])
    return found


def _number(named: str) -> str | None:
    try:
        return business_ids.read(named)
    except Invalid:
        return None


def of_person(session: Session, account_id: UUID) -> list[tuple[Copy, Employer]]:
    """What a person handed to whom, the newest first."""
    rows = session.execute(
        select(Copy, Employer)
        .join(Employer, Employer.id == Copy.employer_id)
        .where(Copy.account_id == account_id)
        .order_by(Copy.id.desc())
    )
    return [(copy, employer) for copy, employer in rows]


def of_employer(session: Session, employer_id: UUID | None, before: UUID | None, size: int) -> Sequence[Copy]:
    """What was handed to an employer, the newest first, at most `size`; those handed over before the copy `before`."""
    asked = select(Copy).where(Copy.employer_id == employer_id)
    if before is not None:
        asked = asked.where(Copy.id < before)
    return session.scalars(asked.order_by(Copy.id.desc()).limit(size)).all()


def get(session: Session, copy_id: UUID, employer_id: UUID | None) -> Copy:
    """A copy that was handed to this employer; raises NotFound for one handed to another as for none."""
    copy = session.scalars(select(Copy).where(Copy.id == copy_id, Copy.employer_id == employer_id)).one_or_none()
    if copy is None:
        raise NotFound("nothing that was handed to you has this id")
    return copy


def cv_of(session: Session, copy: Copy) -> UUID | None:
    """The CV that a copy is of, where the person still has one: its log tells that the copy was opened."""
    return session.scalar(select(cvs.Cv.id).where(cvs.Cv.account_id == copy.account_id))
