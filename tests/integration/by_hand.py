"""Owed work done by hand: one job at a time, in the order that a test chooses, failures raised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, text

import indexer.jobs  # noqa: F401 - both register their jobs
import matcher.jobs  # noqa: F401
from store import clock, owed
from store.claims import claim
from store.database import transaction
from store.owed import Debt, Owed

HOUR = timedelta(hours=1)


def take(*names: str) -> list[Debt]:
    """What is due of these jobs, claimed as the relay claims it."""
    with transaction() as session:
        return claim(session, dict.fromkeys(names, 1000), HOUR)


def work(debts: Sequence[Debt]) -> None:
    """Do what was taken, job by job in the order of the names, as one worker does."""
    for name in sorted({debt.job for debt in debts}):
        owed.jobs()[name].work([debt for debt in debts if debt.job == name])


def do(*names: str) -> int:
    """Do what is due of these jobs, one job after the other; returns how many pieces that was."""
    done = 0
    for name in names:
        debts = take(name)
        work(debts)
        done += len(debts)
    return done


def drain() -> None:
    """Do all that is due, and what was put off for less than two seconds, by moving the clock; leases do not count."""
    names = sorted(owed.jobs())
    while True:
        with transaction() as session:
            session.execute(text("UPDATE owed SET lease = NULL"))
        looked_at = clock.now()
        if do(*names):
            continue
        with transaction() as session:
            due = owed.next_due(session, names, after=looked_at)
        if due is None or due > clock.now() + timedelta(seconds=2):
            return
        clock.set_ahead(clock.ahead() + max(due - clock.now(), timedelta(0)) + timedelta(milliseconds=1))


def standing(*names: str) -> list[Owed]:
    """What is owed of these jobs, due or not."""
    with transaction() as session:
        return list(session.scalars(select(Owed).where(Owed.job.in_(names)).order_by(Owed.job, Owed.subject_id)))
