"""Accounts to try Vahti with on this machine: a person, a recruiter, an admin, with passwords that everybody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from store.accounts import Account

EMPLOYER = "Vahti samples"
SOURCE = "welcome"
# Everybody who reads this file knows them: see `may_be_known`.
ACCOUNTS = {
    "person": ("person@vahti.example", "a person to try"),
    "recruiter": ("recruiter@vahti.example", "a recruiter to try"),
    "admin": ("admin@vahti.example", "an admin to try"),
}


@dataclass(frozen=True)
class SignIn:
    """What somebody signs in with; without a password where it was changed."""

    role: str
    email: str
    password: str | None


def may_be_known(embedded: Mapping[str, int], base_url: str) -> bool:
    """Whether nobody but who is at this machine can sign in: its database and its mail are of this machine's own stack,
    and so is the address under which people reach it. In production none of this holds."""
    return {"postgres", "mail"} <= embedded.keys() and urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")


def sign_ins() -> list[SignIn]:
    """The accounts to sign in with, made where they are not there; one that is there is left as it is."""
    from store import accounts, passwords
    from store.database import transaction

    made = []
    with transaction() as session:
        for role, (email, password) in ACCOUNTS.items():
            account = accounts.by_email(session, email) or _make(session, role, email, password)
            made.append(SignIn(role, email, password if passwords.fits(password, account.password_hash) else None))
    return made


def _make(session: Session, role: str, email: str, password: str) -> Account:
    from store import accounts, clock, consents, employers, passwords

    employer = employers.named(session, EMPLOYER) if role == accounts.RECRUITER else None
    if employer is not None and employer.approval == employers.PENDING:
        employers.approve(session, employer)
    account = accounts.create(session, role, email, employer=employer, password_hash=passwords.hashed(password))
    account.confirmed_at = clock.now()
    consents.give(session, account.id, consents.TERMS, SOURCE)
    return account


def sign_in_page() -> str:
    """Where one signs in."""
    from matcher import addresses

    return addresses.page("sign_in", "en")
