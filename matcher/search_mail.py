"""Owed work: recruiters are told that a saved search found new candidates, in a mail that holds nothing of any CV."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy.orm import Session

from matcher import addresses, smtp
from matcher.outgoing import one_by_one, settling
from matcher.render import begin, fill
from store import consents, finds, links, owed, sites, wording
from store.accounts import Account
from store.owed import Debt
from store.saved_searches import SavedSearch
from store.sites import Site


@owed.job("mail_search", batch=10)
def mail_search(debts: Sequence[Debt]) -> None:
    """Owed work: the recruiters who saved these searches know of the candidates that wait."""
    one_by_one(debts, settling(_mail))


def _mail(session: Session, debt: Debt) -> None:
    search = session.get(SavedSearch, int(debt.subject), with_for_update=True)
    if search is None:
        return
    account, address = consents.require_account(session, search.account_id, consents.SERVICE)
    # Looked up under the lock: who hid, blocked or was erased meanwhile is not counted.
    new = finds.of(session, search, untold=True)
    if new:
        first = new[-1][0].id
        site = sites.find(session, account.site)
        smtp.send(message(site, account, address, search, len(new), first), links.return_path(account.id), address)
        finds.told(session, search, [cv.id for cv, _ in new])


def message(site: Site, account: Account, email: str, search: SavedSearch, count: int, first: UUID) -> EmailMessage:
    """The mail that says how many new candidates a saved search found; repeated after a crash, it has the same
    Message-ID, since the candidate who was found first is the same."""
    language = account.language
    text = wording.translator(language).ngettext(
        "%(num)s new candidate: %(search)s", "%(num)s new candidates: %(search)s", count
    )
    subject = text % {"num": wording.number(count, language), "search": search.name}
    mark = hashlib.sha256(f"{search.id} {first}".encode()).hexdigest()[:32]
    made = begin(site, email, subject, f"search.{mark}")
    values = {
        "search": search.name,
        "count": count,
        "sign_in": addresses.page("sign_in", language),
    }
    fill(made, site, language, "search_found", values)
    return made
