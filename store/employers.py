"""Employers: who publishes listings, whose recruiters may search CVs, and by which names people can block them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, FetchedValue, ForeignKey, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.errors import Conflict, Invalid, NotFound, Problem
from store.rows import Key, Moment, Row, Words

PENDING, APPROVED, WITHDRAWN = "pending", "approved", "withdrawn"


class Employer(Row):
    """An employer, or the publisher of a feed; a listing names the employer that people read.

    `business_id` is written with its country, `fi:01120389`; `parent_id` leads to the company above it in a group.
    """

    __tablename__ = "employers"

    id: Mapped[Key]
    name: Mapped[str]
    business_id: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    domains: Mapped[Words] = mapped_column(default=list)
    approval: Mapped[str] = mapped_column(server_default=FetchedValue())
    approval_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())


# The companies of a group, for a statement that goes on from `below`.
GROUP = """
    above AS (
        SELECT id, parent_id FROM employers WHERE id = :id
        UNION SELECT e.id, e.parent_id FROM employers AS e JOIN above ON e.id = above.parent_id
    ), below AS (
        SELECT id FROM above
        UNION SELECT e.id FROM employers AS e JOIN below ON e.parent_id = below.id
    )
"""
_GROUP = text(f"WITH RECURSIVE {GROUP} SELECT * FROM employers WHERE id IN (SELECT id FROM below) ORDER BY id")  # noqa: S608


def named(session: Session, name: str) -> Employer:
    """The employer of this name, created where there is none."""
    session.execute(insert(Employer).values(name=name, domains=[]).on_conflict_do_nothing())
    return session.scalars(select(Employer).where(Employer.name == name)).one()


def get(session: Session, employer_id: UUID, *, lock: bool = False) -> Employer:
    """The employer with this id; with `lock`, nobody else changes it until the transaction ends. Raises NotFound."""
    found = session.get(Employer, employer_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound("no employer has this id")
    return found


def claimed(session: Session, name: str, business_id: str) -> Employer:
    """The employer that a recruiter says they belong to: the one with the business id, or else the one of the name.

    A new one waits for an admin; an employer of whom nobody decided yet takes the id, for the admin to look at.
    """
    # Two who claim the same employer at once see each other: the second waits.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"employer {business_id}", 0))))
    known = session.scalars(select(Employer).where(Employer.business_id == business_id)).one_or_none()
    if known is not None:
        return known
    employer = named(session, name)
    if employer.approval == PENDING and employer.business_id is None:
        employer.business_id = business_id
        session.flush()
    return employer


def listed(session: Session, approval: str | None, after: UUID | None, size: int) -> list[Employer]:
    """The next `size` employers after this one, oldest first; only those with this approval where one is given."""
    asked = select(Employer).order_by(Employer.id).limit(size)
    if approval is not None:
        asked = asked.where(Employer.approval == approval)
    if after is not None:
        asked = asked.where(Employer.id > after)
    return list(session.scalars(asked))


def change(session: Session, employer: Employer, **given: Any) -> None:
    """Change name, business_id, parent_id or domains. Raises Conflict for a name or an id that another employer has,
    and Invalid for a parent that there is none of."""
    for field in ("name", "business_id"):
        if given.get(field) is not None:
            column = getattr(Employer, field)
            taken = select(Employer.id).where(column == given[field], Employer.id != employer.id)
            if session.scalar(taken) is not None:
                raise Conflict(f"another employer has this {field.replace('_', ' ')}")
    parent = given.get("parent_id")
    if parent is not None and (parent == employer.id or session.get(Employer, parent) is None):
        raise Invalid(
            [Problem("parent", "is no other employer", "the id of the company above it in the group, or null")]
        )
    for field, value in given.items():
        setattr(employer, field, value)
    session.flush()


def group(session: Session, employer_id: UUID) -> list[Employer]:
    """All companies of the group that an employer belongs to, itself among them; a cycle of parents is no harm."""
    return list(session.scalars(select(Employer).from_statement(_GROUP), {"id": employer_id}))


def approve(session: Session, employer: Employer) -> None:
    """Give an employer's recruiters access to the CVs that are visible to them."""
    if employer.approval != APPROVED:
        employer.approval, employer.approval_at = APPROVED, clock.now()
        session.flush()


def approve_new(session: Session, employer: Employer) -> None:
    """Approve an employer of whom nobody decided yet. Raises Conflict where approval was withdrawn: that stands."""
    if employer.approval == WITHDRAWN:
        raise Conflict("the approval of this employer was withdrawn: an admin must approve it again first")
    approve(session, employer)


def withdraw(session: Session, employer: Employer) -> None:
    """Take the access away, from the commit on."""
    if employer.approval != WITHDRAWN:
        employer.approval, employer.approval_at = WITHDRAWN, clock.now()
        session.flush()


def count(session: Session) -> int:
    """How many employers there are."""
    return session.scalar(select(func.count()).select_from(Employer)) or 0
