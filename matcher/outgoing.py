"""Mails of owed work go out one by one: a refusal concerns one of them, an outage all that are left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy.orm import Session

from matcher import smtp
from store import owed
from store.database import transaction
from store.errors import Forbidden
from store.faults import describe
from store.owed import Debt

OUTAGE = timedelta(seconds=30)  # between two tries while the mail server is down, at most
REFUSED = timedelta(hours=1)  # between two tries for a mailbox that refuses, at most
PATIENCE = 100  # tries of one refused mail: with an hour between them, four days (RFC 5321, 4.5.4.1: at least 4 to 5)


def _no_more(session: Session, debt: Debt, refusal: smtp.Refused) -> None:
    """Nobody reads there, and nothing else follows from it."""


def settling(mail: Callable[[Session, Debt], None]) -> Callable[[Debt], None]:
    """The mail and the end of its debt in one transaction. A mail that the gate forbids, by Forbidden before anything
    is written, is owed no more."""

    def send(debt: Debt) -> None:
        with transaction() as session:
            with suppress(Forbidden):
                mail(session, debt)
            owed.settle(session, [debt])

    return send


def one_by_one(
    debts: Sequence[Debt],
    mail: Callable[[Debt], None],
    given_up: Callable[[Session, Debt, smtp.Refused], None] = _no_more,
    *,
    longest: timedelta = REFUSED,
    patience: int = PATIENCE,
) -> None:
    """Call `mail` for each debt, which settles it; note what the mail server refuses, and stop where it is down.

    A mail that is refused for good, or more often than `patience`, is not tried again: `given_up` says what follows, in
    the transaction that settles the debt. Others are tried again after a growing pause, `longest` at most.
    """
    for number, debt in enumerate(debts):
        try:
            mail(debt)
        except smtp.Refused as refusal:
            with transaction() as session:
                if refusal.permanent or debt.attempts >= patience:
                    given_up(session, debt, refusal)
                    owed.settle(session, [debt])
                else:
                    owed.failed(session, [debt], describe(refusal), longest=longest)
        except smtp.Unreachable as outage:
            with transaction() as session:
                owed.failed(session, debts[number:], describe(outage), longest=OUTAGE)
            return
