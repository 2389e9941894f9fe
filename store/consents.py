"""Consent: the one gate that every use of a person's address asks first, under a lock that holds until the use is over,
and what the holders of accounts agreed to, with its history."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import accounts, alerts, clock, links, settings
from store.accounts import Account
from store.alerts import Alert
from store.errors import Forbidden, NotFound
from store.rows import Digest, Moment, Row

# What an address may be used for: to ask its owner whether they want something, or to tell of listings.
CONFIRMATION, LISTINGS = "confirmation", "listings"
# What the address of an account may be used for besides: to tell of what was done with the account, and of what its
# holder uses it for.
SECURITY, SERVICE = "security", "service"
# What the holder of an account agrees to: the terms, without which a CV is found by nobody.
TERMS = "terms"


class Consent(Row):
    """One agreement of one account: rows are added and ended, never changed."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    purpose: Mapped[str]
    terms_version: Mapped[str]
    source: Mapped[str]
    given_at: Mapped[Moment]
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Confirmation(Row):
    """One confirmation mail sent, by a keyed digest of the address."""

    __tablename__ = "confirmations"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    address: Mapped[Digest]
    sent_at: Mapped[Moment]


def require(session: Session, alert_id: UUID, purpose: str) -> tuple[Alert, str]:
    """The alert and the address that may be mailed for this purpose, locked until the transaction ends.

    Withdrawing waits for a mail that is on its way and stops every later one. Raises Forbidden, with the reason, where
    there is no consent: listings need an active alert with accepted terms; a confirmation needs an unconfirmed one in
    time and an address that was not asked too often lately.
    """
    try:
        alert = alerts.get(session, alert_id, lock=True)
    except NotFound as error:
        raise Forbidden("the alert is gone") from error
    if alert.email is None or not alert.terms_version:
        raise Forbidden("no terms are accepted")
    if purpose == LISTINGS:
        if alert.state != alerts.ACTIVE:
            raise Forbidden(f"the alert is {alert.state}")
    elif purpose == CONFIRMATION:
        if alert.state != alerts.UNCONFIRMED or alert.confirm_by <= clock.now():
            raise Forbidden("the alert does not wait for confirmation")
        if _asked_lately(session, alert.email) >= settings.get().confirmation_limit:
            raise Forbidden("the address was asked often enough today")
    else:
        raise Forbidden(f"no consent covers {purpose}")
    return alert, alert.email


def require_account(session: Session, account_id: UUID, purpose: str) -> tuple[Account, str]:
    """The account and the address that may be mailed for this purpose, locked until the transaction ends.

    Raises Forbidden, with the reason: a mail about the account itself that anybody can cause is sent so often a day at
    most, one that is about the person's CV or work needs a confirmed address and terms that stand.
    """
    try:
        account = accounts.get(session, account_id, lock=True)
    except NotFound as error:
        raise Forbidden("the account is gone") from error
    if account.email is None:
        raise Forbidden("the account has no address")
    if purpose == CONFIRMATION:
        if _asked_lately(session, account.email) >= settings.get().confirmation_limit:
            raise Forbidden("the address was mailed often enough today")
    elif purpose == SERVICE:
        if account.confirmed_at is None or not stands(session, account.id, TERMS):
            raise Forbidden("no terms are accepted")
    elif purpose != SECURITY:
        raise Forbidden(f"no consent covers {purpose}")
    return account, account.email


def _asked_lately(session: Session, email: str) -> int:
    asked = select(func.count()).where(
        Confirmation.address == links.keyed_digest(email, "confirmation"),
        Confirmation.sent_at > clock.now() - timedelta(hours=24),
    )
    return session.scalar(asked) or 0


def note_confirmation(session: Session, email: str) -> None:
    """Count a confirmation mail against the limit of its address; its counts older than a day are forgotten."""
    now = clock.now()
    address = links.keyed_digest(email, "confirmation")
    session.execute(
        delete(Confirmation).where(Confirmation.address == address, Confirmation.sent_at < now - timedelta(hours=24))
    )
    session.add(Confirmation(address=address, sent_at=now))


def give(session: Session, account_id: UUID, purpose: str, source: str) -> None:
    """Note that the holder of an account agrees to this purpose, in the present version of the terms; once is all."""
    if stands(session, account_id, purpose):
        return
    session.add(
        Consent(
            account_id=account_id,
            purpose=purpose,
            terms_version=settings.get().terms_version,
            source=source,
            given_at=clock.now(),
        )
    )
    session.flush()


def withdraw(session: Session, account_id: UUID, purpose: str) -> None:
    """End the agreement: it holds from the commit on, for the CV as well, which follows by a trigger."""
    session.execute(
        update(Consent)
        .where(Consent.account_id == account_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )


def history(session: Session, account_id: UUID) -> list[Consent]:
    """What the holder of an account ever agreed to, the oldest first."""
    return list(session.scalars(select(Consent).where(Consent.account_id == account_id).order_by(Consent.id)))


def stands(session: Session, account_id: UUID, purpose: str) -> bool:
    """Whether the holder of an account agrees to this purpose now."""
    asked = select(Consent.id).where(
        Consent.account_id == account_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    )
    return session.scalar(asked) is not None
