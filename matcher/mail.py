"""Owed work of mailing: tells alerts of their listings and asks new ones to confirm, each mail once.

A mail is a row before it is sent, so that a repetition after a crash is the same mail with the same Message-ID. It is
sent inside the transaction that holds the alert, its deliveries and its listings, after all three were read again:
whoever withdraws or closes waits for the mail that is on its way, and stops every later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from matcher import render, smtp
from matcher.outgoing import one_by_one, settling
from store import alerts, clock, consents, deliveries, links, owed, sites
from store.database import transaction
from store.deliveries import Mail
from store.errors import Forbidden
from store.owed import Debt

SETTLING = timedelta(milliseconds=200)  # until what is still being matched is matched


@owed.job("mail_alert", batch=10)
def mail_alert(debts: Sequence[Debt]) -> None:
    """Owed work: the owners of these alerts are told of the deliveries that wait."""
    one_by_one(debts, _mail_alert, _end)


@owed.job("mail_confirmation", batch=10, queue=owed.NOW)
def mail_confirmation(debts: Sequence[Debt]) -> None:
    """Owed work: the owners of these addresses are asked whether the alert is theirs."""
    one_by_one(debts, settling(_mail_confirmation), _end)


def _end(session: Session, debt: Debt, refusal: smtp.Refused) -> None:
    alerts.end(session, alerts.get(session, UUID(debt.subject), lock=True), f"refused {refusal.smtp_code}")


def _mail_alert(debt: Debt) -> None:
    mail_id = _gather(debt)
    if mail_id is None:
        return
    with transaction() as session:
        try:
            alert, address = consents.require(session, UUID(debt.subject), consents.LISTINGS)
        except Forbidden:
            owed.settle(session, [debt])  # the commit that withdrew dropped the mail as well
            return
        mail = session.get(Mail, mail_id)
        if mail is None or mail.sent_at is not None:
            owed.release(session, [debt])
            return
        listings = deliveries.to_tell(session, mail)
        # Only now that nobody can change them: what changed before is seen here.
        if (due_at := deliveries.unsettled(session, mail)) is not None:
            owed.wait_for(session, [debt], due_at, SETTLING)
            return
        if listings:
            message = render.listings_mail(
                site=sites.find(session, alert.site),
                alert=alert,
                email=address,
                criteria=alerts.criteria_of(session, alert),
                listings=listings,
                mail_id=mail.id,
            )
            smtp.send(message, links.return_path(alert.id), address)
            deliveries.sent(session, mail, alert)
        else:
            deliveries.discard(session, mail)
    # In a transaction of its own: matching may hold what is owed and wait for these deliveries. PostgreSQL ends one of
    # two that wait for each other, and that must not be the one that has told already.
    with transaction() as session:
        owed.settle(session, [debt])
        deliveries.owe_rest(session, alert)


def _gather(debt: Debt) -> UUID | None:
    """The mail to send, committed before anything is sent; None where none is due, and the debt is dealt with."""
    with transaction() as session:
        try:
            alert, _ = consents.require(session, UUID(debt.subject), consents.LISTINGS)
        except Forbidden:
            owed.settle(session, [debt])
            return None
        due = deliveries.next_mail_at(session, alert)
        # A digest that this debt asked for and that was sent is not sent again: a crash kept it from being settled.
        told = alert.mailed_at is not None and alert.mailed_at >= debt.due_at
        if (alert.frequency == "instant" or told) and due > clock.now() and not deliveries.begun(session, alert):
            owed.postpone(session, [debt], due)
            return None
        mail = deliveries.gather(session, alert)
        if mail is None:
            owed.settle(session, [debt])
            return None
        return mail.id


def _mail_confirmation(session: Session, debt: Debt) -> None:
    alert, address = consents.require(session, UUID(debt.subject), consents.CONFIRMATION)
    message = render.confirmation(
        site=sites.find(session, alert.site),
        alert=alert,
        email=address,
        criteria=alerts.criteria_of(session, alert),
    )
    smtp.send(message, links.return_path(alert.id), address)
    consents.note_confirmation(session, address)
