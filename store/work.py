"""What a worker does with a batch of owed work: reads what still stands, does it, or notes why it failed."""

from __future__ import annotations

from collections.abc import Sequence

from store import owed
from store.database import transaction
from store.faults import describe, log


def perform(name: str, subjects: Sequence[str]) -> None:
    """Do the owed work `name` for these subjects, as far as it is still owed.

    A failure is noted on the debts, which go out again after a growing pause, and logged without its message. Nothing
    is raised: rq would log what it holds. KeyError for a job that this process does not know.
    """
    job = owed.jobs()[name]
    with transaction() as session:
        debts = owed.read(session, name, subjects)
    if not debts:
        return
    try:
        job.work(debts)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is noted on the debt, shown to operators and retried
        reason = describe(error)
        log.error("%s failed for %d subjects: %s", name, len(debts), reason)
        with transaction() as session:
            owed.failed(session, debts, reason)
