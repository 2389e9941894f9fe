"""Everything that is held about the holder of an account, out of every table whose rows lead to it: see `SECTIONS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, func, or_, select
from sqlalchemy import Row as Found
from sqlalchemy.orm import Session

from store import accounts, clock, cvs, erasures, links, schema
from store.access_log import SearchRow
from store.accounts import Account
from store.alerts import Alert
from store.consents import Confirmation
from store.employers import Employer
from store.erasures import Erasure
from store.errors import NotFound
from store.listings import Listing
from store.saved_searches import SavedSearch
from store.shortlists import Shortlist
from store.stored_criteria import CriteriaRow

ACCOUNT, CV, ALERT = "account", "cv", "alert"


@dataclass(frozen=True)
class Section:
    """The rows of a table whose `column` names the account, its CV or an alert of its address (`of`). `withheld` are
    columns that are not told, each with the reason."""

    name: str
    table: str
    column: str
    of: str
    withheld: dict[str, str] = field(default_factory=dict)


_DIGEST = "a digest: whoever has the token or the link knows it, and from the digest nobody can"
_RECRUITER = "who at the employer it was: that is somebody else"
_OURS = "how rows follow each other in the database; it tells nothing about anybody"

SECTIONS = (
    Section("account", "accounts", "id", ACCOUNT, {"password_hash": "a digest", "address": _DIGEST}),
    Section("identities", "identities", "account_id", ACCOUNT),
    Section("consents", "consents", "account_id", ACCOUNT),
    Section("tokens", "tokens", "account_id", ACCOUNT, {"digest": _DIGEST}),
    Section("links", "account_links", "account_id", ACCOUNT, {"digest": _DIGEST}),
    Section("copies", "copies", "account_id", ACCOUNT),
    Section("cv", "cvs", "account_id", ACCOUNT, {"shown_xid": _OURS}),
    Section("access_log", "access_log", "cv_id", CV, {"account_id": _RECRUITER}),
    Section("contact_requests", "contact_requests", "cv_id", CV, {"account_id": _RECRUITER}),
    Section("found_by_saved_searches", "finds", "cv_id", CV),
    Section(
        *("shortlists", "shortlist_entries", "cv_id", CV),
        {"added_by": _RECRUITER, "note": "the employer's own words, which the employer answers for: ask there"},
    ),
    Section("alerts", "alerts", "id", ALERT, {"since": _OURS}),
    Section("alert_mails", "mails", "alert_id", ALERT),
    Section("alert_listings", "deliveries", "alert_id", ALERT),
)


def _employer(of: type[SavedSearch] | type[Shortlist]) -> Callable[[Column[Any]], Any]:
    return lambda column: select(Employer.name).join(of, of.employer_id == Employer.id).where(of.id == column)


# What a number or an id in a column stands for, and is told as.
_MEANT: dict[str, tuple[str, Callable[[Column[Any]], Any]]] = {
    "employer_id": ("employer", lambda column: select(Employer.name).where(Employer.id == column)),
    "saved_search_id": ("employer", _employer(SavedSearch)),
    "shortlist_id": ("employer", _employer(Shortlist)),
    "search_id": ("search", lambda column: select(SearchRow.asked.op("-")("page")).where(SearchRow.id == column)),
    "criteria_id": ("criteria", lambda column: select(CriteriaRow.body).where(CriteriaRow.id == column)),
    "listing_id": ("listing", lambda column: select(Listing.title).where(Listing.id == column)),
}


def of(session: Session, account: Account) -> dict[str, Any]:
    """What is held about the holder of the account, as JSON: a list of rows by section, with every column but those
    that are withheld, and what is known by the digest of the address or an id alone.

    The alerts of an address are told to an account whose address is confirmed: else anybody could ask for anybody's.
    """
    ids: dict[str, Sequence[UUID]] = {
        ACCOUNT: [account.id],
        CV: _cv(session, account),
        ALERT: _alerts(session, account),
    }
    told: dict[str, Any] = {"made_at": clock.now().isoformat()}
    for section in SECTIONS:
        told[section.name] = [_told(row) for row in _rows(session, section, ids[section.of])]
    told["confirmation_mails"] = [at.isoformat() for at in _confirmations(session, account)]
    told["erasures"] = [_told(row) for row in _erasures(session, account)]
    return told


def _cv(session: Session, account: Account) -> list[UUID]:
    try:
        return [cvs.of(session, account.id).id]
    except NotFound:
        return []


def _alerts(session: Session, account: Account) -> Sequence[UUID]:
    if account.email is None or account.confirmed_at is None:
        return []
    return session.scalars(select(Alert.id).where(func.lower(Alert.email) == account.email).order_by(Alert.id)).all()


def columns(section: Section) -> list[Column[Any]]:
    """The columns that a section tells."""
    return [
        column
        for column in _table(section).columns
        if column.name not in section.withheld and not isinstance(column.type, LargeBinary)
    ]


def _rows(session: Session, section: Section, ids: Sequence[UUID]) -> Sequence[Found[Any]]:
    table = _table(section)
    asked = select(*(_meant(column) for column in columns(section))).where(table.c[section.column].in_(ids))
    return session.execute(asked.order_by(*table.primary_key.columns)).all()


def _table(section: Section) -> Table:
    return schema.metadata.tables[section.table]


def _meant(column: Column[Any]) -> ColumnElement[Any]:
    if column.name not in _MEANT:
        return column
    name, said = _MEANT[column.name]
    found: ColumnElement[Any] = said(column).correlate(column.table).scalar_subquery().label(name)
    return found


def _confirmations(session: Session, account: Account) -> Sequence[datetime]:
    if account.email is None:
        return []
    digests = links.keyed_digests(account.email, "confirmation")
    return session.scalars(
        select(Confirmation.sent_at).where(Confirmation.address.in_(digests)).order_by(Confirmation.sent_at)
    ).all()


def _erasures(session: Session, account: Account) -> Iterable[Found[*tuple[Any, ...]]]:
    """Of CVs that the account had, and of whoever had the address before."""
    about = [Erasure.account == erasures.digest_of(account.id)]
    if account.email is not None:
        about.append(Erasure.address == accounts.digest_of(account.email))
    told = (Erasure.kind, Erasure.by_role, Erasure.asked_at, Erasure.rows_at, Erasure.index_at, Erasure.segments_at)
    return session.execute(select(*told).where(or_(*about)).order_by(Erasure.asked_at)).all()


def _told(row: Found[*tuple[Any, ...]]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
