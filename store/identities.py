"""Identities: who an outside identity provider says that somebody is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.accounts import Account
from store.errors import Conflict
from store.rows import Moment, Row


class Identity(Row):
    """One subject of one issuer: together they name somebody, an address does not (OpenID Connect Core 1.0, 5.7)."""

    __tablename__ = "identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[Moment]


def account_of(session: Session, issuer: str, subject: str) -> Account | None:
    """The account that this identity opens, or None."""
    return session.scalars(
        select(Account).join(Identity).where(Identity.issuer == issuer, Identity.subject == subject)
    ).one_or_none()


def link(session: Session, account: Account, issuer: str, subject: str) -> None:
    """Let this identity open the account; again changes nothing. Raises Conflict where it opens another."""
    known = session.get(Identity, (issuer, subject))
    if known is None:
        session.add(Identity(issuer=issuer, subject=subject, account_id=account.id, created_at=clock.now()))
        session.flush()
    elif known.account_id != account.id:
        raise Conflict("this identity opens another account")
