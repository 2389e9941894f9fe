"""Criteria that somebody asked for: one row for all who ask the same, and whether it is a stored query."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, FetchedValue, Select, func, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.criteria import Criteria, from_body
from store.rows import Digest, Moment, Row, Version


class CriteriaRow(Row):
    """Criteria that somebody asked for; `live` while an active alert does. `body` never changes."""

    __tablename__ = "criteria"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[Digest]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    live: Mapped[bool] = mapped_column(server_default=FetchedValue())
    version: Mapped[Version]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())

    def criteria(self) -> Criteria:
        """The criteria as a value."""
        return from_body(self.body)


def row(session: Session, criteria: Criteria) -> CriteriaRow:
    """The row of these criteria, created where nobody asked for them before."""
    session.execute(
        insert(CriteriaRow)
        .values(hash=criteria.hash(), body=criteria.body())
        .on_conflict_do_nothing(index_elements=["hash"])
    )
    return session.scalars(select(CriteriaRow).where(CriteriaRow.hash == criteria.hash())).one()


def retire(session: Session, criteria_id: int) -> bool:
    """Stop storing the query of criteria that no active alert asks for; says whether it stopped now.

    The lock comes first and the look second: an alert that is being confirmed holds the same lock until it counts.
    """
    session.execute(select(CriteriaRow.id).where(CriteriaRow.id == criteria_id).with_for_update())
    stopped = session.execute(
        text(
            "UPDATE criteria SET live = false WHERE id = :id AND live "
            "AND NOT EXISTS (SELECT FROM alerts WHERE criteria_id = :id AND state = 'active') RETURNING id"
        ),
        {"id": criteria_id},
    ).one_or_none()
    return stopped is not None


def live_rows() -> Select[CriteriaRow]:
    """The rows that are stored queries, to be executed."""
    return select(CriteriaRow).where(CriteriaRow.live)


def live_count(session: Session) -> int:
    """How many stored queries there should be."""
    return session.scalar(select(func.count()).select_from(CriteriaRow).where(CriteriaRow.live)) or 0
