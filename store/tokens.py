"""API tokens: shown once, stored as a digest, bound to a role."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, FetchedValue, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import accounts, clock, consents, employers
from store.accounts import Account
from store.employers import Employer
from store.rows import Digest, Key, Moment, Row

ROLES = ("admin", "recruiter", "employer", "person", "partner")
API, SESSION = "api", "session"


class Token(Row):
    """A token's digest with what its bearer may be, and until when; persons, recruiters and admins have an account."""

    __tablename__ = "tokens"

    id: Mapped[Key]
    digest: Mapped[Digest]
    role: Mapped[str]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey(Employer.id))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    kind: Mapped[str] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def digest(token: str) -> bytes:
    """What is stored of a token. Plain SHA-256: the token holds 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def create(session: Session, role: str, employer: Employer | None = None, email: str | None = None) -> str:
    """A new token that an operator hands out, in clear for this one time.

    Employers' and recruiters' need the employer (else ValueError). A person's and a recruiter's stand for an account:
    the one of this address, or a new one, whose terms the operator vouches for; a recruiter's employer is approved with
    it, unless approval was withdrawn (Conflict). ValueError where the address has an account of another role or
    employer.
    """
    if role not in ROLES:
        raise ValueError(f"no role {role}: one of {', '.join(ROLES)}")
    if role in {"employer", "recruiter"} and employer is None:
        raise ValueError(f"a token of role {role} belongs to an employer: name it")
    if role in accounts.ROLES and (role != accounts.ADMIN or email):
        return issue(session, _account(session, role, employer, email), API)
    return _add(session, Token(role=role, employer_id=employer.id if employer else None))


def issue(session: Session, account: Account, kind: str, expires_at: datetime | None = None) -> str:
    """A new token for an account, in clear for this one time; valid until it is revoked or expires."""
    return _add(
        session,
        Token(
            role=account.role, employer_id=account.employer_id, account_id=account.id, kind=kind, expires_at=expires_at
        ),
    )


def _add(session: Session, row: Token) -> str:
    token = f"vahti_{secrets.token_urlsafe(32)}"
    row.digest = digest(token)
    session.add(row)
    session.flush()
    return token


def _account(session: Session, role: str, employer: Employer | None, email: str | None) -> Account:
    of = employer if role == accounts.RECRUITER else None
    if of is not None:
        employers.approve_new(session, of)
    account = accounts.by_email(session, email) if email else None
    if account is None:
        account = accounts.create(session, role, email, employer=of)
        account.confirmed_at = clock.now()
        consents.give(session, account.id, consents.TERMS, "operator")
    elif account.role != role or account.employer_id != (of.id if of else None):
        raise ValueError(f"the address has an account already, of the role {account.role} or for another employer")
    account.waits = False
    return account


def bearer(session: Session, token: str) -> Token | None:
    """The row of a token that is valid now, or None."""
    found = bearer_of(session, token)
    return found[0] if found is not None else None


def bearer_of(session: Session, token: str) -> tuple[Token, Account | None, Employer | None] | None:
    """The row of a token that is valid now, with the account that it stands for and the employer that this is of; or
    None. One query: each call begins with it."""
    row = session.execute(
        select(Token, Account, Employer)
        .outerjoin(Account, Account.id == Token.account_id)
        .outerjoin(Employer, Employer.id == Account.employer_id)
        .where(
            Token.digest == digest(token),
            Token.revoked_at.is_(None),
            or_(Token.expires_at.is_(None), Token.expires_at > clock.now()),
        )
    ).one_or_none()
    return (row.Token, row.Account, row.Employer) if row is not None else None


def revoke(session: Session, token_id: UUID) -> bool:
    """End a token; says whether there was one to end."""
    row = session.get(Token, token_id)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at = clock.now()
    return True
