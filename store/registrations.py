"""Registrations: how somebody comes to an account, proves that the address is theirs, and chooses a new password.

Whoever registers an address learns nothing about it, and gains nothing by registering that of somebody else: what is
mailed goes to its owner alone, and an account that was asked for twice, with two passwords, has none until its owner
chooses one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from store import account_links, accounts, clock, consents, cvs, employers, identities, owed, passwords, sessions
from store.accounts import Account
from store.errors import Conflict, Forbidden
from store.sites import Site


@dataclass(frozen=True)
class Claim:
    """The employer that a recruiter says they belong to; `business_id` as `store.business_ids` writes it."""

    name: str
    business_id: str


def register(
    session: Session,
    *,
    site: Site,
    email: str,
    password: str,
    language: str,
    source: str,
    claim: Claim | None = None,
) -> None:
    """Make an account that its owner confirms by a mailed link; with a claim, a recruiter's, who waits for an admin.

    An address that has an account gets a mail that says so. Raises Invalid for a password that may not be chosen.
    """
    chosen = passwords.check(password, email)
    # The same work in every case: how long the answer takes says nothing either.
    kept = passwords.hashed(chosen)
    accounts.alone_with(session, email)
    account = accounts.by_email(session, email)
    pending = account if account is not None and account.confirmed_at is None else None
    if pending is not None and _imported(session, pending):
        pending = None
    same = passwords.fits(chosen, pending.password_hash if pending is not None else None)
    if account is not None and pending is None:
        owed.owe(session, "mail_account_known", str(account.id))
        return
    employer = employers.claimed(session, claim.name, claim.business_id) if claim is not None else None
    role = accounts.PERSON if employer is None else accounts.RECRUITER
    if pending is None:
        pending = accounts.create(
            session,
            role,
            email,
            employer=employer,
            site=site.key,
            language=language,
            password_hash=kept,
            waits=employer is not None,
        )
    else:
        pending.password_hash = kept if same else None
        pending.role, pending.employer_id = role, employer.id if employer is not None else None
        pending.waits, pending.site, pending.language = employer is not None, site.key, language
        session.flush()
    consents.give(session, pending.id, consents.TERMS, source)
    account_links.make(session, pending, account_links.CONFIRM)


def confirm(session: Session, token: str) -> Account:
    """The account whose address is confirmed by this link. One that has no password is mailed a link to choose it.

    Raises Forbidden for a link that does not work (any more).
    """
    account = accounts.get(session, account_links.use(session, account_links.CONFIRM, token), lock=True)
    _confirmed(session, account)
    if account.password_hash is None:
        account_links.make(session, account, account_links.RESET)
    return account


def _confirmed(session: Session, account: Account) -> None:
    account.confirmed_at = account.confirmed_at or clock.now()
    account.active_at = clock.now()
    account_links.end(session, account.id, account_links.CONFIRM)
    session.flush()


def lapse(session: Session, account_id: UUID) -> timedelta | None:
    """Remove an account that nobody confirmed in time; how long until then where a later link can still confirm it."""
    until = account_links.until(session, account_id)
    if until is not None:
        return until - clock.now()
    account = session.get(Account, account_id)
    if account is not None and not _imported(session, account):
        accounts.lapse(session, account_id)
    return None


def _imported(session: Session, account: Account) -> bool:
    """Whether an import brought somebody's CV: then the account is theirs, although nobody confirmed the address, and
    its owner gets in by asking for a password. Whoever registers the address has no part in it."""
    return account.confirmed_at is None and cvs.exists(session, account.id)


def forget(session: Session, email: str) -> None:
    """Mail a link that sets a new password to an address that has an account; nothing for one that has none."""
    account = accounts.by_email(session, email)
    if account is not None:
        account_links.make(session, account, account_links.RESET)


def reset(session: Session, token: str, password: str) -> Account:
    """Set a new password by a mailed link, which proves the address as well; every session of the account ends.

    Raises Forbidden for a link that does not work (any more), and Invalid for a password that may not be chosen: then
    the link still works.
    """
    link = account_links.look_up(session, account_links.RESET, token)
    account = accounts.get(session, link.account_id, lock=True)
    kept = passwords.hashed(passwords.check(password, account.email or ""))
    account_links.use(session, account_links.RESET, token)
    account_links.end(session, account.id, account_links.RESET)
    _confirmed(session, account)
    _set(session, account, kept)
    sessions.end_all(session, account.id)
    return account


def change_password(session: Session, account_id: UUID, old: str, new: str, *, keep: UUID | None = None) -> bool:
    """Whether `old` was right: then `new` is the password, and every session ends but the one of token `keep`.

    Raises Invalid for a new password that may not be chosen.
    """
    account = accounts.get(session, account_id, lock=True)
    if not passwords.fits(old, account.password_hash):
        return False
    _set(session, account, passwords.hashed(passwords.check(new, account.email or "", "new")))
    account_links.end(session, account.id, account_links.RESET)
    sessions.end_all(session, account.id, keep=keep)
    return True


def _set(session: Session, account: Account, kept: str) -> None:
    account.password_hash = kept
    session.flush()
    owed.owe(session, "mail_password_changed", str(account.id))


def register_known(
    session: Session, *, site: Site, email: str, language: str, source: str, issuer: str, subject: str
) -> Account:
    """A person's account for somebody whose address an identity provider vouches for. Raises Conflict where the address
    has an account already: its owner signs in to that one first."""
    accounts.alone_with(session, email)
    account = accounts.by_email(session, email)
    if account is not None and account.confirmed_at is not None:
        raise Conflict("the address has an account already")
    if account is not None and not _imported(session, account):
        # Asked for by whoever it was, and never confirmed: nothing of it is this person's.
        accounts.lapse(session, account.id)
        session.expire_all()
        account = None
    account = account or accounts.create(session, accounts.PERSON, email, site=site.key, language=language)
    account.confirmed_at = clock.now()
    consents.give(session, account.id, consents.TERMS, source)
    identities.link(session, account, issuer, subject)
    return account


def link(session: Session, account: Account, email: str, issuer: str, subject: str) -> None:
    """Let an identity whose provider vouches for the address open the account of that address, whose holder just signed
    in. Raises Forbidden for another address, and Conflict where the identity opens another account."""
    if account.email != email.strip().lower() or account.confirmed_at is None:
        raise Forbidden("the identity is of another address than the account")
    identities.link(session, account, issuer, subject)
