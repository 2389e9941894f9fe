"""Who saw what of whose CV: written with each search and each opening, read by the person it is about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Text,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.accounts import Account
from store.cvs import Cv
from store.employers import Employer
from store.errors import Forbidden
from store.rows import Moment, Row

FOUND, OPENED, CONTACT, EXPORTED, COPY = ACTIONS = ("found", "opened", "contact", "exported", "copy")


class SearchRow(Row):
    """One search of CVs, as a recruiter asked it: `asked` is `text`, `criteria` and the page; of candidates that were
    suggested, the listing and by which rules."""

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
    return int(session.execute(_SEARCHED, _who(recruiter, found, asked=json.dumps(asked), total=total)).scalar_one())


def note(session: Session, recruiter: Account, action: str, cvs: Sequence[UUID]) -> None:
    """Note that a recruiter saw these CVs, or did this with them; those that are gone meanwhile are passed over."""
    if cvs:
        session.execute(_NOTED, _who(recruiter, cvs, action=action))


def _who(recruiter: Account, cvs: Sequence[UUID], **more: Any) -> dict[str, Any]:
    return {"cvs": list(cvs), "employer": recruiter.employer_id, "account": recruiter.id, "now": clock.now(), **more}


# Each search runs one of these, so they are written out. The CVs are locked against deletion, so that one which is
# being erased does not make the whole answer fail.
_NOTED = text("""
    WITH standing AS (SELECT id FROM cvs WHERE id = ANY(CAST(:cvs AS uuid[])) FOR KEY SHARE)
    INSERT INTO access_log (cv_id, employer_id, account_id, action, at)
    SELECT id, :employer, :account, :action, :now FROM standing
""")
_SEARCHED = text("""
    WITH standing AS (SELECT id FROM cvs WHERE id = ANY(CAST(:cvs AS uuid[])) FOR KEY SHARE), searched AS (
        INSERT INTO searches (employer_id, account_id, asked, total, at)
        VALUES (:employer, :account, CAST(:asked AS jsonb), :total, :now) RETURNING id
    ), noted AS (
        INSERT INTO access_log (cv_id, employer_id, account_id, action, search_id, at)
        SELECT standing.id, :employer, :account, 'found', searched.id, :now FROM standing, searched
    )
    SELECT id FROM searched
""")


@dataclass(frozen=True)
class Look:
    """What one employer did with a CV on one day, `times` times, the last time at `at`; where a search led to it,
    `asked` is the body of its criteria (`store.cv_criteria`), where it was suggested, `listing` (id and title) and
    `rules`. `number` continues a list after it."""

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
