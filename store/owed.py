"""Owed work: what the database knows must still be done, who has it in hand, and when it goes out again.

Rows are written by triggers, in the transaction of the change that owes them, and removed by whoever did the work, in
the transaction that did it. Between the two, a lease says that somebody has the work in hand; when it runs out, the
work is handed out again, so that a lost queue or a killed worker delays work and never loses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, FetchedValue, Integer, bindparam, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.rows import Moment, Row

FIRST_RETRY = timedelta(seconds=5)
LAST_RETRY = timedelta(minutes=1)
OUTAGE_RETRY = timedelta(seconds=10)  # the work of an outage goes out together, and people wait for its end
LONGEST_WAIT = timedelta(seconds=5)  # before work that waits for other work looks again, whenever that is due


class Owed(Row):
    """One piece of work for one subject."""

    __tablename__ = "owed"

    job: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(Integer, server_default=FetchedValue())
    last_error: Mapped[str | None]
    alone: Mapped[bool] = mapped_column(server_default=FetchedValue())
    lease: Mapped[Moment | None]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())


@dataclass(frozen=True)
class Debt:
    """A piece of owed work as it was read: settling it settles this version and nothing newer."""

    job: str
    subject: str
    version: int
    attempts: int
    alone: bool
    due_at: datetime


# Gets the debts of a batch and settles what it did of them, in the transaction that did it.
Work = Callable[[Sequence[Debt]], None]


@dataclass(frozen=True)
class Job:
    """How a kind of owed work is done. Of one that `gathers`, a batch costs much and each piece of it little: a worker
    that begins one takes along what else is due, so that batches grow while work piles up."""

    name: str
    work: Work
    batch: int
    queue: str
    gathers: bool = False


# Somebody waits for what is in the first queue; listings are matched and mailed in the second, and indexed for searches
# in the third. Workers turn to a queue when those before it are empty.
NOW, NEXT, LATER = QUEUES = ("now", "next", "later")


_jobs: dict[str, Job] = {}


def job(name: str, batch: int, queue: str = NEXT, *, gathers: bool = False) -> Callable[[Work], Work]:
    """Register the function that does the owed work `name`, in batches of at most `batch` subjects."""

    def register(work: Work) -> Work:
        _jobs[name] = Job(name, work, batch, queue, gathers)
        return work

    return register


def jobs() -> dict[str, Job]:
    """The kinds of work that this process can do, by name."""
    return dict(_jobs)


def owe(session: Session, name: str, subject: str, due_at: datetime | None = None) -> None:
    """Owe work that follows from no change of a row: a reindex, say."""
    session.execute(
        text("SELECT owe(:job, :subject, nextval('change'), :due)"),
        {"job": name, "subject": subject, "due": due_at or clock.now()},
    )


def read(session: Session, name: str, subjects: Sequence[str]) -> list[Debt]:
    """The debts that still stand among these subjects, due or not: what was settled meanwhile is left out."""
    rows = session.execute(
        select(Owed.job, Owed.subject_id, Owed.version, Owed.attempts, Owed.alone, Owed.due_at).where(
            Owed.job == name, Owed.subject_id.in_(subjects)
        )
    )
    return [Debt(*row) for row in rows]


def settle(session: Session, debts: Sequence[Debt]) -> None:
    """Remove these debts up to the version that was seen; a newer one stays and is free to go out at once."""
    if not debts:
        return
    values = [{"j": debt.job, "s": debt.subject, "v": debt.version} for debt in debts]
    session.connection().execute(
        Owed.__table__.delete().where(  # type: ignore[attr-defined]
            Owed.job == bindparam("j"), Owed.subject_id == bindparam("s"), Owed.version <= bindparam("v")
        ),
        values,
    )
    release(session, debts)


def release(session: Session, debts: Sequence[Debt]) -> None:
    """Give back what stands of these debts: it goes out again when it is due."""
    if not debts:
        return
    freed = session.execute(
        text(
            "UPDATE owed SET lease = NULL "
            "FROM unnest(CAST(:jobs AS text[]), CAST(:subjects AS text[])) AS d(job, subject) "
            "WHERE owed.job = d.job AND owed.subject_id = d.subject AND lease IS NOT NULL RETURNING 1"
        ),
        {"jobs": [debt.job for debt in debts], "subjects": [debt.subject for debt in debts]},
    ).all()
    if freed:
        session.execute(select(func.pg_notify("owed", "")))


def postpone(session: Session, debts: Sequence[Debt], until: datetime) -> None:
    """Put these debts off: not a failure, only too early. A newer version of the debt is put off as well."""
    session.execute(
        text(
            "UPDATE owed SET lease = NULL, due_at = :until "
            "FROM unnest(CAST(:jobs AS text[]), CAST(:subjects AS text[])) AS d(job, subject) "
            "WHERE owed.job = d.job AND owed.subject_id = d.subject"
        ),
        {"until": until, "jobs": [debt.job for debt in debts], "subjects": [debt.subject for debt in debts]},
    )


def wait_for(session: Session, debts: Sequence[Debt], due_at: datetime, pause: timedelta) -> None:
    """Put these debts off because other work comes first, which is due at that time or in somebody's hands: for the
    pause at least, so that an outage is not spent asking, and for `LONGEST_WAIT` at most, as it may be done sooner."""
    now = clock.now()
    postpone(session, debts, min(max(due_at, now + pause), now + LONGEST_WAIT))


def failed(
    session: Session, debts: Sequence[Debt], error: str, longest: timedelta = LAST_RETRY, *, outage: bool = False
) -> None:
    """Note a failed try: the work is due again after a pause that doubles from 5 seconds to `longest`.

    Each piece goes alone from then on, so that what is at fault fails alone; but not after an `outage`, in which none
    is: then they are tried again together, every 10 seconds. Work that was owed anew meanwhile did not fail: it is
    given back as it is. `error` must hold nothing personal: it is shown to operators.
    """
    now = clock.now()
    longest = min(longest, OUTAGE_RETRY) if outage else longest
    for debt in debts:
        session.execute(
            text(
                "UPDATE owed SET attempts = attempts + 1, last_error = :error, alone = alone OR NOT :outage, "
                "lease = NULL, due_at = :due "
                "WHERE job = :job AND subject_id = :subject AND due_at = :seen"
            ),
            {
                "error": error[:500],
                "outage": outage,
                "due": now + min(FIRST_RETRY * 2 ** min(debt.attempts, 20), longest),
                "job": debt.job,
                "subject": debt.subject,
                "seen": debt.due_at,
            },
        )
    release(session, debts)


def next_due(session: Session, names: Iterable[str], after: datetime) -> datetime | None:
    """When the next piece of work of these jobs falls due after this moment; None when none does.

    Whoever looked for what is due names a moment before that look: what falls due between the two is not slept over.
    """
    due: datetime | None = session.scalar(
        text(
            "SELECT min(o.due_at) FROM unnest(CAST(:jobs AS text[])) AS j(job), "
            "LATERAL (SELECT min(due_at) AS due_at FROM owed WHERE owed.job = j.job AND owed.due_at > :after) AS o"
        ),
        {"jobs": list(names), "after": after},
    )
    return due


def lag(session: Session) -> dict[str, tuple[int, float, int]]:
    """For each job with work due: how many pieces, the age in seconds of the one longest due, how many have failed."""
    now = clock.now()
    rows = session.execute(
        select(
            Owed.job,
            func.count(),
            func.extract("epoch", now - func.min(Owed.due_at)),
            func.count().filter(Owed.attempts > 0),
        )
        .where(Owed.due_at <= now)
        .group_by(Owed.job)
    )
    return {name: (count, float(age), tries) for name, count, age, tries in rows}
