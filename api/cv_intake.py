"""CVs that another system hands over: each becomes its owner's, and nobody who was erased comes back with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from api.cv_carried import Lost
from api.cv_records import CvRecord
from store import accounts, consents, cvs, erasures, language_detection
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from store.errors import NotFound, Problem
from store.faults import describe, log

# A transaction holds so many: few enough that nobody waits long for its locks.
TOGETHER = 100
SOURCE = "import"

State = Literal["imported", "replaced", "unchanged", "kept", "erased", "rejected"]
STATES: tuple[State, ...] = ("imported", "replaced", "unchanged", "kept", "erased", "rejected")

_ADDRESS = Problem("contact.email", "is missing", "the address by which its owner comes to the account")
_OTHER = Problem("contact.email", "is the address of a recruiter or an admin", "the address of a person")
_UNSAID = Problem("", "cannot be stored", "tell us: our checks should have said why")


@dataclass(frozen=True)
class CvOutcome:
    """What became of the CV that begins in a line of a file. `kept`: its owner has another one here, which stays."""

    line: int
    state: State
    problems: Sequence[Problem] = ()
    lost: Sequence[Lost] = ()


def take_in(records: Iterable[CvRecord], *, visible: bool = False, replace: bool = False) -> Iterator[CvOutcome]:
    """Make each CV that of the account of its `contact.email`; tells what became of it, once that is committed.

    An account that is new has an address that nobody confirmed and no password: its owner gets in by asking for one.
    Nobody is mailed. A new account's CV is private, or with `visible` to be found, as its owner agreed to where it
    comes from: that consent is noted. Who has an account already decides alone: their CV is private where it is new,
    and who has one keeps it, unless `replace` says otherwise; who sees it stays as they chose. Handing in the same file
    again changes nothing. Every `TOGETHER` are committed together.
    """
    lines: dict[str, int] = {}
    waiting = iter(records)
    while chunk := list(islice(waiting, TOGETHER)):
        good: list[tuple[str, CvRecord]] = []
        for record in chunk:
            outcome = _refused(record, lines)
            if outcome is None:
                good.append((_email(record), record))
            else:
                yield outcome
        # Two imports of the same people take their locks in the same order.
        good.sort(key=lambda one: one[0])
        with transaction() as session:
            outcomes = [_kept(session, email, record, visible, replace) for email, record in good]
        yield from sorted(outcomes, key=lambda one: one.line)


def _email(record: CvRecord) -> str:
    email: str = (record.cv or {}).get("contact", {}).get("email", "")
    return email.strip().lower()


def _refused(record: CvRecord, lines: dict[str, int]) -> CvOutcome | None:
    """Why a record cannot be anybody's, or None; notes whose it is."""
    if record.cv is None:
        return CvOutcome(record.line, "rejected", record.problems)
    email = _email(record)
    if not email:
        return CvOutcome(record.line, "rejected", [_ADDRESS])
    first = lines.setdefault(email, record.line)
    if first != record.line:
        problem = Problem("contact.email", f"is the same as in line {first:,}", "one CV of each person")
        return CvOutcome(record.line, "rejected", [problem])
    return None


def _kept(session: Session, email: str, record: CvRecord, visible: bool, replace: bool) -> CvOutcome:
    try:
        with session.begin_nested():
            state = _keep(session, email, record.cv or {}, visible, replace)
    except (DataError, IntegrityError) as error:
        log.error("a CV that passed every check cannot be stored: %s", describe(error))
        return CvOutcome(record.line, "rejected", [_UNSAID])
    if state is None:
        return CvOutcome(record.line, "rejected", [_OTHER])
    return CvOutcome(record.line, state, lost=record.lost)


def _keep(session: Session, email: str, body: dict[str, Any], visible: bool, replace: bool) -> State | None:
    """What became of it; None where the account of the address is none of a person."""
    accounts.alone_with(session, email)
    account = _account(session, email)
    cv = _cv(session, account) if account is not None else None
    if cv is None and erasures.left_out(session, email, account):
        return "erased"
    if account is None:
        language = language_detection.of_cv(body, "en")
        account = accounts.create(session, accounts.PERSON, email, language=language)
        if visible:
            consents.give(session, account.id, consents.TERMS, SOURCE)
        made, _ = cvs.save(session, account.id, body)
        cvs.show(session, made, visible)
        return "imported"
    if account.role != accounts.PERSON:
        return None
    if cv is not None and cv.body == body:
        return "unchanged"
    if cv is not None and not replace:
        return "kept"
    if account.confirmed_at is None:
        # Whoever registered it did not prove that the address is theirs: no password of theirs opens it.
        account.password_hash = None
    cvs.save(session, account.id, body)
    return "imported" if cv is None else "replaced"


def _account(session: Session, email: str) -> Account | None:
    """The account of the address, held until the transaction ends: whoever erases it waits, or was first."""
    found = accounts.by_email(session, email)
    try:
        return accounts.get(session, found.id, lock=True) if found is not None else None
    except NotFound:
        return None


def _cv(session: Session, account: Account) -> Cv | None:
    try:
        return cvs.of(session, account.id, lock=True)
    except NotFound:
        return None
