"""Mails about contact details as people read them; neither holds anything of the CV, and each has one Message-ID."""

from __future__ import annotations

from email.message import EmailMessage

from matcher import addresses
from matcher.render import begin, fill
from store import wording
from store.accounts import Account
from store.contact_requests import ContactRequest
from store.employers import Employer
from store.sites import Site


def request_mail(site: Site, account: Account, email: str, request: ContactRequest, employer: Employer) -> EmailMessage:
    """The mail that asks a person for contact details, with the employer's words and a link to the answer."""
    language = account.language
    subject = wording.translator(language).gettext("%(employer)s asks for your contact details")
    mark = f"asked.{request.id}.{request.asked_at:%Y%m%d%H%M%S}"
    message = begin(site, email, subject % {"employer": employer.name}, mark)
    values = {
        "employer": employer.name,
        "lines": request.message.splitlines(),
        "until": wording.date(request.expires_at, site.zone(language), language),
        "link": addresses.contact_request(request.id, language),
    }
    fill(message, site, language, "contact_request", values)
    return message


def answer_mail(site: Site, account: Account, email: str, request: ContactRequest, employer: Employer) -> EmailMessage:
    """The mail that tells a recruiter that contact details were handed over: where to see them, and until when."""
    language = account.language
    subject = wording.translator(language).gettext("You can see the contact details that you asked for")
    mark = f"granted.{request.id}.{request.expires_at:%Y%m%d%H%M%S}"
    message = begin(site, email, subject, mark)
    values = {
        "employer": employer.name,
        "until": wording.date(request.expires_at, site.zone(language), language),
        "link": addresses.contact_details(request.cv_id, language),
    }
    fill(message, site, language, "contact_answer", values)
    return message
