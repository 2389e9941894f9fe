"""Accounts: the persons, recruiters and admins who sign in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, FetchedValue, ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock, links, settings
from store.employers import Employer
from store.errors import NotFound
from store.rows import Digest, Key, Moment, Row
from store.sites import Site

PERSON, RECRUITER, ADMIN = ROLES = ("person", "recruiter", "admin")


class Account(Row):
    """Somebody who signs in. `email` is in lower case, and `address` its keyed digest: see `store.erasures`.

    A recruiter who `waits` named an employer, and no admin has said yet that they belong to it.
    """

    __tablename__ = "accounts"

    id: Mapped[Key]
    email: Mapped[str | None]
    address: Mapped[Digest | None]
    role: Mapped[str]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey(Employer.id))
    site: Mapped[str] = mapped_column(ForeignKey(Site.key))
    language: Mapped[str]
    password_hash: Mapped[str | None]
    waits: Mapped[bool] = mapped_column(server_default=FetchedValue())
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    active_at: Mapped[Moment]
    created_at: Mapped[Moment]


def digest_of(email: str) -> bytes:
    """What the erasure ledger keeps of an address. Its key must outlive every backup: see `settings.erasure_key`."""
    return links.keyed_digest(email.strip().lower(), "erasure", settings.get().erasure_key or None)


def create(
    session: Session,
    role: str,
    email: str | None = None,
    *,
    employer: Employer | None = None,
    site: str = "vahti",
    language: str = "en",
    password_hash: str | None = None,
    waits: bool = False,
) -> Account:
    """A new account, its address not confirmed. Whoever calls has checked that the address is free."""
    now = clock.now()
    account = Account(
        email=email.strip().lower() if email else None,
        address=digest_of(email) if email else None,
        role=role,
        employer_id=employer.id if employer else None,
        site=site,
        language=language,
        password_hash=password_hash,
        waits=waits,
        active_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def by_email(session: Session, email: str) -> Account | None:
    """The account of an address, or None."""
    return session.scalars(select(Account).where(Account.email == email.strip().lower())).one_or_none()


def alone_with(session: Session, email: str) -> None:
    """Two who make an account with this address at once see each other: the second waits."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"account {email.strip().lower()}", 0))))


def waiting(session: Session, employer_id: UUID) -> list[Account]:
    """The recruiters of an employer of whom no admin has said that they belong to it, the longest waiting first;
    only those whose address is confirmed."""
    return list(
        session.scalars(
            select(Account)
            .where(Account.employer_id == employer_id, Account.waits, Account.confirmed_at.is_not(None))
            .order_by(Account.id)
        )
    )


def admit(session: Session, employer_id: UUID, account_ids: Iterable[UUID] | None = None) -> int:
    """Say that recruiters who wait belong to the employer, all of them or these; gives how many they were."""
    admitted = [one for one in waiting(session, employer_id) if account_ids is None or one.id in set(account_ids)]
    for account in admitted:
        account.waits = False
    session.flush()
    return len(admitted)


def lapse(session: Session, account_id: UUID) -> None:
    """Remove an account whose address nobody confirmed, with everything that was told for it. The address stays out of
    the erasure ledger: whoever wrote it need not have been its owner, who has erased nothing."""
    unconfirmed = Account.id == account_id, Account.confirmed_at.is_(None)
    session.execute(update(Account).where(*unconfirmed).values(address=None))
    session.execute(delete(Account).where(*unconfirmed))


def get(session: Session, account_id: UUID, *, lock: bool = False) -> Account:
    """The account with this id; with `lock`, nobody else changes it until the transaction ends. Raises NotFound."""
    account = session.get(Account, account_id, with_for_update=lock, populate_existing=lock)
    if account is None:
        raise NotFound("the account is gone")
    return account


def with_employer(session: Session, account_id: UUID) -> tuple[Account, Employer | None]:
    """The account with this id and the employer that it is of, as they are now, in one query. Raises NotFound."""
    asked = select(Account, Employer).outerjoin(Employer, Employer.id == Account.employer_id)
    row = session.execute(asked.where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound("the account is gone")
    return row.Account, row.Employer
