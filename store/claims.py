"""Taking owed work in hand: the relay for the workers, as far as their queues have room, and each worker for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from store import clock, owed
from store.owed import Debt, Owed

# Job by job, each by the index that has its debts in the order of their due times: a feed of a hundred thousand
# listings stands in nobody else's way. The first batch of every job goes before the second of any, and what goes
# alone counts as a job of its own.
_CLAIM = text("""
    WITH lanes AS (
        SELECT j.job, j.queue, j.room, a.alone, CASE WHEN a.alone THEN 1 ELSE j.size END AS size,
               CASE WHEN a.alone THEN least(j.most, j.room) ELSE j.most END AS most
        FROM unnest(CAST(:jobs AS text[]), CAST(:queues AS text[]), CAST(:sizes AS int[]), CAST(:most AS int[]),
                    CAST(:room AS int[])) AS j(job, queue, size, most, room), (VALUES (false), (true)) AS a(alone)
    ), free AS (
        SELECT l.job, l.queue, l.room, l.alone, o.subject_id,
               (row_number() OVER (PARTITION BY l.job, l.alone ORDER BY o.due_at, o.subject_id) - 1) / l.size AS batch
        FROM lanes AS l, LATERAL (
            SELECT owed.subject_id, owed.due_at FROM owed
            WHERE owed.job = l.job AND owed.alone = l.alone
              AND due_at <= :now AND (lease IS NULL OR lease <= :now)
            ORDER BY due_at LIMIT l.most FOR UPDATE SKIP LOCKED
        ) AS o
    ), placed AS (
        SELECT job, subject_id, room, dense_rank() OVER (PARTITION BY queue ORDER BY batch, job, alone) AS place
        FROM free
    )
    UPDATE owed SET lease = :lease FROM placed
    WHERE owed.job = placed.job AND owed.subject_id = placed.subject_id AND placed.place <= placed.room
    RETURNING owed.job, owed.subject_id, owed.version, owed.attempts, owed.alone, owed.due_at
""")


def claim(
    session: Session, most: Mapping[str, int], lease: timedelta, room: Mapping[str, int] | None = None
) -> list[Debt]:
    """Take in hand what is due of each job and in nobody's hands, at most so much of it, the longest due first; with
    `room`, no more than fills so many batches of each queue.

    Two relays that claim at once get different pieces.
    """
    now = clock.now()
    of_job = [owed.jobs()[name] for name in most]
    asked = {
        "jobs": list(most),
        "most": list(most.values()),
        "queues": [job.queue for job in of_job],
        "sizes": [job.batch for job in of_job],
        "room": [sum(most.values()) if room is None else room[job.queue] for job in of_job],
        "now": now,
        "lease": now + lease,
    }
    return [Debt(*row) for row in session.execute(_CLAIM, asked)]


def take_up(session: Session, name: str, subjects: Sequence[str], lease: timedelta) -> list[Debt]:
    """The debts among these subjects that stand and are due, for a worker to begin; the lease runs from now.

    What was put off since it was handed out (a draft that is to be published later, say) is given back: done now, it
    would be settled without being done.
    """
    now = clock.now()
    debts = owed.read(session, name, subjects)
    owed.release(session, [debt for debt in debts if debt.due_at > now])
    due = [debt for debt in debts if debt.due_at <= now]
    keep(session, due, lease)
    return due


def take_along(session: Session, name: str, most: int, lease: timedelta) -> list[Debt]:
    """Debts of this job that are due and have not failed, the longest due first, in this worker's hands from now: also
    those that wait in the queue, whose own worker will find them done. Two workers may have the same in hand for a
    moment, so this is for work that can be done twice."""
    now = clock.now()
    found = (
        select(Owed.subject_id)
        .where(Owed.job == name, Owed.due_at <= now, Owed.attempts == 0)
        .order_by(Owed.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    debts = owed.read(session, name, list(session.scalars(found)))
    keep(session, debts, lease)
    return debts


def keep(session: Session, debts: Sequence[Debt], lease: timedelta) -> None:
    """Keep these debts, of one job, in hand for longer: whoever is at work on many says so now and then, so that nobody
    else begins the same."""
    if debts:
        session.execute(
            update(Owed)
            .where(Owed.job == debts[0].job, Owed.subject_id.in_([debt.subject for debt in debts]))
            .values(lease=clock.now() + lease)
            .execution_options(synchronize_session=False)
        )
