"""Who saw what of whose CV: written with each search and each opening, read by the person it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    ForeignKey,
    Insert,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.accounts import Account
from store.cvs import Cv
from store.employers import Employer
from store.errors import Forbidden
from store.rows import Moment, Row

FOUND, OPENED, CONTACT, EXPORTED, COPY = ACTIONS = ("found", "opened", "contact", "exported", "copy")


class SearchRow(Row):
    """One search of CVs, as a recruiter asked it: `asked` is `text`, `criteria` and the page."""

    __tablename__ = "searches"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[Moment]


class Access(Row):
    """One look at one CV, by whose recruiter; of a search, where one led to it."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    cv_id: Mapped[UUID] = mapped_column(ForeignKey(Cv.id))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    action: Mapped[str] = mapped_column(Text)
    search_id: Mapped[int | None] = mapped_column(ForeignKey(SearchRow.id))
    at: Mapped[Moment]


def note_search(session: Session, recruiter: Account, asked: dict[str, Any], total: int, found: Sequence[UUID]) -> int:
    """Note a search and the CVs that its answer shows; returns its number. Raises Forbidden without an employer."""
    if recruiter.employer_id is None:
        raise Forbidden("only an employer's recruiter searches CVs")
    searched = insert(SearchRow).values(
        employer_id=recruiter.employer_id, account_id=recruiter.id, asked=asked, total=total, at=clock.now()
    )
    if not found:
        return session.execute(searched.returning(SearchRow.id)).scalar_one()
    noted = searched.returning(SearchRow.id).cte("noted")
    entered = _entries(recruiter, FOUND, found, select(noted.c.id).scalar_subquery()).add_cte(noted)
    return session.execute(entered.returning(Access.search_id)).scalars().first() or 0


def note(session: Session, recruiter: Account, action: str, cvs: Sequence[UUID]) -> None:
    """Note that a recruiter saw these CVs, or did this with them; those that are gone meanwhile are passed over."""
    if cvs:
        session.execute(_entries(recruiter, action, cvs, literal(None, BigInteger)))


def _entries(recruiter: Account, action: str, cvs: Sequence[UUID], search_id: ColumnElement[Any]) -> Insert:
    ids = func.unnest(cast(list(cvs), ARRAY(PgUUID(as_uuid=True)))).table_valued("id").render_derived()
    # Locked against deletion, so that a CV which is being erased does not make the whole answer fail.
    standing = select(Cv.id).where(Cv.id.in_(select(ids.c.id))).with_for_update(read=True, key_share=True).subquery()
    return insert(Access).from_select(
        ["cv_id", "employer_id", "account_id", "action", "search_id", "at"],
        select(
            standing.c.id,
            literal(recruiter.employer_id, PgUUID(as_uuid=True)),
            literal(recruiter.id, PgUUID(as_uuid=True)),
            literal(action),
            search_id,
            literal(clock.now(), Access.at.type),
        ),
    )


@dataclass(frozen=True)
class Look:
    """What one employer did with a CV on one day, `times` times, the last time at `at`; where a search led to it,
    `asked` is the body of its criteria (`store.cv_criteria`). `number` continues a list after it."""

    number: int
    at: datetime
    first_at: datetime
    times: int
    action: str
    employer: str
    asked: dict[str, Any] | None


def of_person(session: Session, cv: Cv, before: int | None, size: int, zone: str = "UTC") -> list[Look]:
    """Who saw what of this CV, the newest first, at most `size`, those before the number `before`.

    What one employer did alike on one day is one entry, days being those of the time zone; found by different searches,
    it is several. A look that is noted while somebody reads on is at the top of a list that is read anew.
    """
    looks = (
        select(Access.id, Access.at, Access.action, Employer.id.label("employer_id"), Employer.name)
        .add_columns(
            cast(func.timezone(zone, Access.at), Date).label("day"),
            cast(SearchRow.asked.op("-")("page"), JSONB).label("asked"),
        )
        .join(Employer, Employer.id == Access.employer_id)
        .outerjoin(SearchRow, SearchRow.id == Access.search_id)
        .where(Access.cv_id == cv.id)
        .subquery()
        .c
    )
    last = func.max(looks.id)
    asked = (
        select(last, func.max(looks.at), func.min(looks.at), func.count(), looks.action, looks.name, looks.asked)
        .group_by(looks.employer_id, looks.name, looks.action, looks.day, looks.asked)
        .order_by(last.desc())
        .limit(size)
    )
    rows = session.execute(asked.having(last < before) if before is not None else asked)
    return [Look(*row) for row in rows]
