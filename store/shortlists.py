"""Shortlists: candidates that an employer put aside; of each it sees what it may see now, and nothing of the others."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock, cvs
from store.accounts import Account
from store.cvs import Cv
from store.employers import Employer
from store.errors import Conflict, NotFound
from store.rows import Key, Moment, Row

MOST = 200  # shortlists of one employer
ENTRIES = 500  # candidates in one of them that the recruiter sees


class Shortlist(Row):
    """A shortlist: all recruiters of its employer see and change it."""

    __tablename__ = "shortlists"

    id: Mapped[Key]
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    name: Mapped[str]
    created_at: Mapped[Moment]


class Entry(Row):
    """One candidate in one shortlist, with the note of who put the candidate there."""

    __tablename__ = "shortlist_entries"

    shortlist_id: Mapped[UUID] = mapped_column(ForeignKey(Shortlist.id), primary_key=True)
    cv_id: Mapped[UUID] = mapped_column(ForeignKey(Cv.id), primary_key=True)
    note: Mapped[str]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    added_at: Mapped[Moment]


def create(session: Session, employer_id: UUID, name: str) -> Shortlist:
    """A new shortlist. Raises Conflict where the employer has one of this name, or `MOST` of them."""
    if len(of(session, employer_id)) >= MOST:
        raise Conflict(f"{MOST} shortlists are kept already: delete one first")
    added = session.scalar(
        insert(Shortlist)
        .values(employer_id=employer_id, name=name, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(Shortlist.id)
    )
    if added is None:
        raise Conflict("there is a shortlist of this name already")
    return session.get_one(Shortlist, added)


def of(session: Session, employer_id: UUID) -> list[Shortlist]:
    """The shortlists of an employer, by name."""
    return list(session.scalars(select(Shortlist).where(Shortlist.employer_id == employer_id).order_by(Shortlist.name)))


def get(session: Session, shortlist_id: UUID, employer_id: UUID) -> Shortlist:
    """An employer's own shortlist; raises NotFound for another's as for none."""
    found = session.scalars(
        select(Shortlist).where(Shortlist.id == shortlist_id, Shortlist.employer_id == employer_id)
    ).one_or_none()
    if found is None:
        raise NotFound("no shortlist of yours has this id")
    return found


def remove(session: Session, shortlist: Shortlist) -> None:
    """Delete a shortlist with all that is in it."""
    session.delete(shortlist)
    session.flush()


def put(session: Session, shortlist: Shortlist, cv_id: UUID, note: str, by: Account, rule: ColumnElement[bool]) -> bool:
    """Put a candidate on a shortlist, or change the note; says whether the candidate is new there.

    Raises NotFound for a CV that the rule does not show, and Conflict where `ENTRIES` of those that it shows are there.
    """
    cvs.get_seen(session, cv_id, rule)
    there = select(Entry.cv_id).where(Entry.shortlist_id == shortlist.id)
    known = session.scalar(there.where(Entry.cv_id == cv_id)) is not None
    # Those that are hidden do not count: the limit would tell how many they are.
    seen = select(func.count()).select_from(Cv).where(Cv.id.in_(there), rule)
    if not known and (session.scalar(seen) or 0) >= ENTRIES:
        raise Conflict(f"{ENTRIES} candidates are on the shortlist already: remove one first")
    session.execute(
        insert(Entry)
        .values(shortlist_id=shortlist.id, cv_id=cv_id, note=note, added_by=by.id, added_at=clock.now())
        .on_conflict_do_update(index_elements=[Entry.shortlist_id, Entry.cv_id], set_={"note": note})
    )
    return not known


def take_off(session: Session, shortlist: Shortlist, cv_id: UUID) -> None:
    """Take a candidate off a shortlist. Who is not on it is off already: the answer tells nothing of who is hidden."""
    session.execute(delete(Entry).where(Entry.shortlist_id == shortlist.id, Entry.cv_id == cv_id))


def entries(session: Session, shortlist: Shortlist, rule: ColumnElement[bool]) -> list[tuple[Entry, Cv]]:
    """Of the candidates on a shortlist those that the rule shows now, the last added first, in one query."""
    rows = session.execute(
        select(Entry, Cv)
        .join(Cv, Cv.id == Entry.cv_id)
        .where(Entry.shortlist_id == shortlist.id, rule)
        .order_by(Entry.added_at.desc(), Entry.cv_id)
    )
    return [(entry, cv) for entry, cv in rows]
