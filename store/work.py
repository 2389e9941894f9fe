"""What a worker does with a batch of owed work: reads what still stands, does it, or notes why it failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from store import owed, settings
from store.claims import take_along, take_up
from store.database import transaction
from store.faults import describe, log
from store.owed import Debt, Job


@dataclass(frozen=True)
class Failure:
    """A failed try: in words that name nobody, and whether a service was down, which is the fault of no subject."""

    reason: str
    outage: bool


def _database_down(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


_signs: list[Callable[[Exception], bool]] = [_database_down]


def outage(sign: Callable[[Exception], bool]) -> Callable[[Exception], bool]:
    """Register a function that says whether an exception means that a service is down."""
    _signs.append(sign)
    return sign


def perform(name: str, subjects: Sequence[str]) -> None:
    """Do the owed work `name` for these subjects, as far as it is still owed and due.

    A failure is noted on the debts, which go out again after a growing pause, and logged without its message. Raises
    sqlalchemy.exc.DBAPIError where the database does not take even that (the debts go out again when their lease ends),
    and KeyError for a job that this process does not know.
    """
    job = owed.jobs()[name]
    lease = timedelta(seconds=settings.get().lease)
    with transaction() as session:
        debts = take_up(session, name, subjects, lease)
        if debts and job.gathers and not debts[0].alone:
            known = {debt.subject for debt in debts}
            along = take_along(session, name, job.batch, lease)
            debts += [debt for debt in along if debt.subject not in known][: job.batch - len(debts)]
    if not debts:
        return
    failure = _try(job, debts)
    # Not while the failure is being handled: rq would find it in the traceback of a second one, and keep that in Redis.
    if failure is not None:
        log.error("%s failed for %d subjects: %s", name, len(debts), failure.reason)
        with transaction() as session:
            owed.failed(session, debts, failure.reason, outage=failure.outage)


def _try(job: Job, debts: Sequence[Debt]) -> Failure | None:
    """What went wrong; None where the work was done."""
    try:
        job.work(debts)
    except Exception as error:  # noqa: BLE001 - whatever it was is noted on the debt, shown to operators and tried again
        return Failure(describe(error), any(sign(error) for sign in _signs))
    return None
