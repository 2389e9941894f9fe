"""Saved searches: each tells its recruiter of every candidate who can be found by it from now on, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, FetchedValue, ForeignKey, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import cv_criteria, visibility
from store.accounts import Account
from store.cv_criteria import CvCriteria
from store.cvs import Cv
from store.employers import Employer
from store.errors import Conflict, NotFound
from store.rows import Moment, Row, Snapshot, Version
from store.visibility import Viewer

MOST = 50  # saved searches of one recruiter


class SavedSearch(Row):
    """What a recruiter asked to be told of. `asked` is the body of `store.cv_criteria`."""

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    name: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    since: Mapped[str] = mapped_column(Snapshot, server_default=FetchedValue(), server_onupdate=FetchedValue())
    since_at: Mapped[Moment] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    mailed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[Version]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())

    # Who asks, once `know_viewers` has looked: it depends on rows of others, so it is no column.
    __allow_unmapped__ = True
    viewer: Viewer | None = None

    def criteria(self) -> CvCriteria:
        """What is asked, as a value."""
        return cv_criteria.from_body(self.asked)


class Find(Row):
    """One candidate found by one saved search: told once."""

    __tablename__ = "finds"

    saved_search_id: Mapped[int] = mapped_column(ForeignKey(SavedSearch.id), primary_key=True)
    cv_id: Mapped[UUID] = mapped_column(ForeignKey(Cv.id), primary_key=True)
    found_at: Mapped[Moment]
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def know_viewers(session: Session, rows: Sequence[SavedSearch]) -> None:
    """Set `viewer` of these searches, as of now."""
    by_account: dict[UUID, Viewer] = {}
    for row in rows:
        if row.account_id not in by_account:
            by_account[row.account_id] = visibility.viewer(session, session.get_one(Account, row.account_id))
        row.viewer = by_account[row.account_id]


def save(session: Session, account: Account, name: str, criteria: CvCriteria) -> SavedSearch:
    """A new saved search of a recruiter. Raises Conflict when there are `MOST` already, or the account has no
    employer."""
    if account.employer_id is None:
        raise Conflict("only an employer's recruiter saves searches")
    if len(of(session, account.id)) >= MOST:
        raise Conflict(f"{MOST} searches are saved already: delete one first")
    row = SavedSearch(account_id=account.id, employer_id=account.employer_id, name=name, asked=criteria.body())
    session.add(row)
    session.flush()
    return row


def of(session: Session, account_id: UUID) -> list[SavedSearch]:
    """The saved searches of a recruiter, oldest first."""
    return list(
        session.scalars(select(SavedSearch).where(SavedSearch.account_id == account_id).order_by(SavedSearch.id))
    )


def get(session: Session, search_id: int, account_id: UUID, *, lock: bool = False) -> SavedSearch:
    """A recruiter's own saved search; raises NotFound for another's as for none."""
    asked = select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.account_id == account_id)
    row = session.scalars(asked.with_for_update() if lock else asked).one_or_none()
    if row is None:
        raise NotFound("no saved search of yours has this number")
    return row
