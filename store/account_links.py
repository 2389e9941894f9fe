"""Mailed links that work once: they confirm the address of an account, or set a new password."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock, links, settings
from store.accounts import Account
from store.errors import Forbidden
from store.rows import Digest, Moment, Row

CONFIRM, RESET = "confirm", "reset"
# Whoever asked for a new password waits for it; whoever registered may read the mail tomorrow.
RESET_HOURS = 1
# How long the digests of links that do not work any more are kept, to say of a link that it was used or has expired.
KEPT = timedelta(days=7)


class AccountLink(Row):
    """A link by the digest of its token. Nobody who reads the database can follow it: the token takes the secret."""

    __tablename__ = "account_links"

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    purpose: Mapped[str]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def make(session: Session, account: Account, purpose: str) -> AccountLink:
    """A new link for an account; a trigger owes the mail with it."""
    now = clock.now()
    lifetime = timedelta(hours=settings.get().link_lifetime if purpose == CONFIRM else RESET_HOURS)
    session.execute(
        delete(AccountLink).where(AccountLink.account_id == account.id, AccountLink.expires_at < now - KEPT)
    )
    link = AccountLink(account_id=account.id, purpose=purpose, expires_at=now + lifetime)
    link.digest = _digest(_tokens(link)[-1])
    session.add(link)
    session.flush()
    return link


def token(link: AccountLink) -> str | None:
    """The token that belongs to a link, the same each time, so that a repeated mail is the same mail. None where the
    secret has changed twice since."""
    return next((one for one in _tokens(link) if _digest(one) == link.digest), None)


def find(session: Session, digest: bytes) -> AccountLink | None:
    """The link with this digest, whatever its state."""
    return session.get(AccountLink, digest)


def look_up(session: Session, purpose: str, token_: str) -> AccountLink:
    """The link of a token, which still works. Raises Forbidden, with the reason, for any other."""
    link = session.get(AccountLink, _digest(token_))
    if link is None or link.purpose != purpose:
        raise Forbidden("the link is not one of ours, or not for this: copy it whole from the mail")
    if link.used_at is not None:
        raise Forbidden("the link was used already")
    if link.expires_at <= clock.now():
        raise Forbidden("the link has expired")
    return link


def use(session: Session, purpose: str, token_: str) -> UUID:
    """The account whose link this is, used up by this very transaction: of two at once one gets Forbidden, as for any
    link that does not work."""
    used = session.scalar(
        update(AccountLink)
        .where(AccountLink.digest == _digest(token_), AccountLink.purpose == purpose)
        .where(AccountLink.used_at.is_(None), AccountLink.expires_at > clock.now())
        .values(used_at=clock.now())
        .returning(AccountLink.account_id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        session.expire_all()
        look_up(session, purpose, token_)
        raise Forbidden("the link was used already")
    return used


def end(session: Session, account_id: UUID, purpose: str) -> None:
    """Use up all links of an account for this purpose."""
    session.execute(
        update(AccountLink)
        .where(AccountLink.account_id == account_id, AccountLink.purpose == purpose, AccountLink.used_at.is_(None))
        .values(used_at=clock.now())
    )


def until(session: Session, account_id: UUID) -> datetime | None:
    """Until when an account can be confirmed; None where it cannot any more."""
    return session.scalar(
        select(func.max(AccountLink.expires_at)).where(
            AccountLink.account_id == account_id,
            AccountLink.purpose == CONFIRM,
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > clock.now(),
        )
    )


def _tokens(link: AccountLink) -> list[str]:
    """Under the secret before and the present one. What goes in is there once: an account, a purpose, a moment."""
    said = f"{link.account_id.hex} {link.purpose} {link.expires_at.timestamp():.6f}"
    return [urlsafe_b64encode(one).decode().rstrip("=") for one in links.keyed_digests(said, "account link")]


def _digest(token_: str) -> bytes:
    return hashlib.sha256(token_.encode(errors="surrogatepass")).digest()
