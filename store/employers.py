"""Employers: who publishes listings."""

from __future__ import annotations

from sqlalchemy import FetchedValue, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.rows import Key, Moment, Row


class Employer(Row):
    """An employer, or the publisher of a feed; a listing names the employer that people read."""

    __tablename__ = "employers"

    id: Mapped[Key]
    name: Mapped[str]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())


def named(session: Session, name: str) -> Employer:
    """The employer of this name, created where there is none."""
    session.execute(insert(Employer).values(name=name).on_conflict_do_nothing())
    return session.scalars(select(Employer).where(Employer.name == name)).one()


def count(session: Session) -> int:
    """How many employers there are."""
    return session.scalar(select(func.count()).select_from(Employer)) or 0
