"""Sessions: signing in with a password, how long that lasts, and the end of it, here or everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from store import accounts, clock, passwords, settings, tokens
from store.accounts import Account
from store.tokens import Token

# A session that is used is prolonged once a day at most.
STEP = timedelta(days=1)


def sign_in(session: Session, email: str, password: str) -> Account | None:
    """The account of this address, where the password is right and the address confirmed; else None, after the same
    work. A password that was hashed with older parameters is hashed anew."""
    account = accounts.by_email(session, email)
    confirmed = account is not None and account.confirmed_at is not None
    right = passwords.fits(password, account.password_hash if account is not None and confirmed else None)
    if account is None or not right:
        return None
    if account.password_hash is not None and passwords.outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    return account


def begin(session: Session, account: Account) -> tuple[str, datetime]:
    """A new session: its token, in clear for this one time, and when it ends unless it is used until then."""
    account.active_at = clock.now()
    expires_at = account.active_at + _idle()
    return tokens.issue(session, account, tokens.SESSION, expires_at), expires_at


def due(token: Token) -> bool:
    """Whether a use of this session should be noted: it is of another day than the last that was."""
    return token.expires_at is not None and _until(token) - token.expires_at >= STEP


def note_use(session: Session, token_id: UUID) -> None:
    """Prolong a session that is used; never beyond the longest that a session lasts."""
    token = session.get(Token, token_id, with_for_update=True)
    if token is None or token.kind != tokens.SESSION or token.account_id is None or token.expires_at is None:
        return
    token.expires_at = max(token.expires_at, _until(token))
    accounts.get(session, token.account_id).active_at = clock.now()


def end_all(session: Session, account_id: UUID, *, keep: UUID | None = None) -> None:
    """End every session and every other token of an account, but that one."""
    ending = update(Token).where(Token.account_id == account_id, Token.revoked_at.is_(None))
    if keep is not None:
        ending = ending.where(Token.id != keep)
    session.execute(ending.values(revoked_at=clock.now()))


def _idle() -> timedelta:
    return timedelta(days=settings.get().session_idle)


def _until(token: Token) -> datetime:
    return min(clock.now() + _idle(), token.created_at + timedelta(days=settings.get().session_longest))
