"""Mails about accounts as people read them; repeated, each has the same Message-ID."""

from __future__ import annotations

from email.message import EmailMessage

from matcher import addresses
from matcher.render import begin, fill
from store import wording
from store.account_links import CONFIRM, AccountLink
from store.accounts import Account
from store.sites import Site
from store.wording import N_

_SUBJECTS = {
    "account_confirm": N_("Confirm your account: %(site)s"),
    "account_reset": N_("Choose a new password: %(site)s"),
    "account_known": N_("You already have an account: %(site)s"),
    "account_changed": N_("Your password was changed: %(site)s"),
}


def link_mail(site: Site, account: Account, email: str, link: AccountLink, token: str) -> EmailMessage:
    """The mail that lets the owner of an address confirm an account, or choose a new password."""
    confirms = link.purpose == CONFIRM
    name: addresses.Page = "confirm_account" if confirms else "reset"
    page = addresses.page(name, account.language, {"token": token})
    until = wording.date_and_hour(link.expires_at, site.zone(account.language), account.language)
    template = "account_confirm" if confirms else "account_reset"
    return _mail(site, account, email, template, link.digest.hex()[:32], link=page, until=until)


def known_mail(site: Site, account: Account, email: str, version: int) -> EmailMessage:
    """The mail that answers whoever registers an address that has an account: only its owner learns that it has."""
    return _mail(site, account, email, "account_known", f"known.{account.id}.{version}")


def changed_mail(site: Site, account: Account, email: str, version: int) -> EmailMessage:
    """The mail that tells of a new password, for the case that it was somebody else who set it."""
    return _mail(site, account, email, "account_changed", f"changed.{account.id}.{version}")


def _mail(site: Site, account: Account, email: str, template: str, message_id: str, **values: str) -> EmailMessage:
    language = account.language
    subject = wording.translator(language).gettext(_SUBJECTS[template]) % {"site": site.name}
    message = begin(site, email, subject, message_id)
    ways = {"sign_in": addresses.page("sign_in", language), "forgotten": addresses.page("forgotten", language)}
    fill(message, site, language, template, {**ways, **values})
    return message
