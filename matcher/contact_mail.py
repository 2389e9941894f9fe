"""Mails about contact details: the person learns who asks for them, the recruiter that there is an answer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from matcher import contact_render, smtp
from matcher.outgoing import one_by_one, settling
from store import consents, contact_requests, links, owed, sites
from store.errors import Forbidden, NotFound
from store.owed import Debt


@owed.job("mail_contact_request", batch=10, queue=owed.NOW)
def mail_contact_request(debts: Sequence[Debt]) -> None:
    """Owed work: the persons learn who asks for their contact details."""
    one_by_one(debts, settling(_mail_request))


@owed.job("mail_contact_answer", batch=10, queue=owed.NOW)
def mail_contact_answer(debts: Sequence[Debt]) -> None:
    """Owed work: the recruiters learn that contact details were handed over."""
    one_by_one(debts, settling(_mail_answer))


def _mail_request(session: Session, debt: Debt) -> None:
    """Nothing is mailed of a request that is answered or has expired, nor of one that could not be made any more."""
    try:
        person_id, _ = contact_requests.parties(session, UUID(debt.subject))
        account, address = consents.require_account(session, person_id, consents.SERVICE)
        request, employer = contact_requests.to_tell(session, UUID(debt.subject), contact_requests.ASKED)
    except (NotFound, Forbidden):
        return
    message = contact_render.request_mail(sites.find(session, account.site), account, address, request, employer)
    smtp.send(message, links.return_path(account.id), address)


def _mail_answer(session: Session, debt: Debt) -> None:
    """Nothing is mailed of a grant that was taken back, has expired, or shows nothing at present."""
    try:
        _, recruiter_id = contact_requests.parties(session, UUID(debt.subject))
        account, address = consents.require_account(session, recruiter_id, consents.SERVICE)
        request, employer = contact_requests.to_tell(session, UUID(debt.subject), contact_requests.GRANTED)
    except (NotFound, Forbidden):
        return
    message = contact_render.answer_mail(sites.find(session, account.site), account, address, request, employer)
    smtp.send(message, links.return_path(account.id), address)
