"""API tokens: shown once, stored as a digest, bound to a role."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.employers import Employer
from store.rows import Digest, Key, Moment, Row

ROLES = ("admin", "recruiter", "employer", "person", "partner")


class Token(Row):
    """A token's digest with what its bearer may be."""

    __tablename__ = "tokens"

    id: Mapped[Key]
    digest: Mapped[Digest]
    role: Mapped[str]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey(Employer.id))
    email: Mapped[str | None]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())
    revoked_at: Mapped[Moment | None]


def digest(token: str) -> bytes:
    """What is stored of a token. Plain SHA-256: the token holds 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def create(session: Session, role: str, employer: Employer | None = None, email: str | None = None) -> str:
    """A new token, in clear for this one time. Employers' and recruiters' need the employer (else ValueError)."""
    if role not in ROLES:
        raise ValueError(f"no role {role}: one of {', '.join(ROLES)}")
    if role in {"employer", "recruiter"} and employer is None:
        raise ValueError(f"a token of role {role} belongs to an employer: name it")
    token = f"vahti_{secrets.token_urlsafe(32)}"
    session.add(Token(digest=digest(token), role=role, employer_id=employer.id if employer else None, email=email))
    session.flush()
    return token


def bearer(session: Session, token: str) -> Token | None:
    """The row of a token that is valid now, or None."""
    return session.scalars(select(Token).where(Token.digest == digest(token), Token.revoked_at.is_(None))).one_or_none()


def revoke(session: Session, token_id: UUID) -> bool:
    """End a token; says whether there was one to end."""
    row = session.get(Token, token_id)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at = clock.now()
    return True
