"""Mails about accounts: the links that confirm an address or set a password, and what happened to an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from matcher import account_render, smtp
from matcher.outgoing import one_by_one, settling
from store import account_links, clock, consents, links, owed, registrations, sites
from store.database import transaction
from store.owed import Debt

REFUSED = timedelta(minutes=10)  # between two tries for a mailbox that refuses: its owner waits, and the link expires
PATIENCE = 12  # tries of one refused mail


@owed.job("mail_account_link", batch=10, queue=owed.NOW)
def mail_account_link(debts: Sequence[Debt]) -> None:
    """Owed work: the owners of these links get them."""
    one_by_one(debts, settling(_mail_link), longest=REFUSED, patience=PATIENCE)


@owed.job("mail_account_known", batch=10, queue=owed.NOW)
def mail_account_known(debts: Sequence[Debt]) -> None:
    """Owed work: the holders of these accounts are told that somebody registered their address again."""
    one_by_one(debts, settling(_mail_known), longest=REFUSED, patience=PATIENCE)


@owed.job("mail_password_changed", batch=10, queue=owed.NOW)
def mail_password_changed(debts: Sequence[Debt]) -> None:
    """Owed work: the holders of these accounts are told that the password was changed."""
    one_by_one(debts, settling(_mail_changed), longest=REFUSED, patience=PATIENCE)


@owed.job("lapse_account", batch=100)
def lapse_account(debts: Sequence[Debt]) -> None:
    """Owed work: accounts whose address nobody confirmed in time are removed."""
    for debt in debts:
        with transaction() as session:
            wait = registrations.lapse(session, UUID(debt.subject))
            if wait is None:
                owed.settle(session, [debt])
            else:
                owed.postpone(session, [debt], clock.now() + wait)


def _mail_link(session: Session, debt: Debt) -> None:
    link = account_links.find(session, bytes.fromhex(debt.subject))
    token = account_links.token(link) if link is not None else None
    if link is None or token is None or link.used_at is not None or link.expires_at <= clock.now():
        return
    account, address = consents.require_account(session, link.account_id, consents.CONFIRMATION)
    message = account_render.link_mail(sites.find(session, account.site), account, address, link, token)
    smtp.send(message, links.return_path(account.id), address)
    consents.note_confirmation(session, address)


def _mail_known(session: Session, debt: Debt) -> None:
    account, address = consents.require_account(session, UUID(debt.subject), consents.CONFIRMATION)
    message = account_render.known_mail(sites.find(session, account.site), account, address, debt.version)
    smtp.send(message, links.return_path(account.id), address)
    consents.note_confirmation(session, address)


def _mail_changed(session: Session, debt: Debt) -> None:
    account, address = consents.require_account(session, UUID(debt.subject), consents.SECURITY)
    message = account_render.changed_mail(sites.find(session, account.site), account, address, debt.version)
    smtp.send(message, links.return_path(account.id), address)
