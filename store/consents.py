"""The one gate: every use of a person's address asks here first, under a lock that holds until the use is over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import BigInteger, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import alerts, clock, links, settings
from store.alerts import Alert
from store.errors import Forbidden, NotFound
from store.rows import Digest, Moment, Row

# What an address may be used for: to ask its owner for confirmation, or to tell of listings.
CONFIRMATION, LISTINGS = "confirmation", "listings"


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
