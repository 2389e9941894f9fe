"""Owed work of erasure: what is gone from the rows leaves indexes, queue, mails and files, store by store.

It is done in rounds, since most of it waits for something: a round does what can be done, notes when each store was rid
of whom, and is owed again a few seconds later, until nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from indexer import expunge, leftovers
from store import alone, claims, clock, erasures, generations, laid_mails, ledger, owed, queues
from store.database import transaction
from store.erasures import Erasure
from store.faults import log
from store.owed import Debt

# The indexes in which there is something of persons and of recruiters.
KINDS = ("cvs", "searches")
LOOK_AGAIN = timedelta(seconds=3)
# The tombstone of somebody who was erased just now is on its way.
LOOK_SOON, JUST_NOW = timedelta(milliseconds=300), timedelta(seconds=10)
ALARM = timedelta(minutes=10)
# A merge may take longer than the lease of what was handed out: nobody else is to begin the same.
MERGING = timedelta(seconds=300)


@owed.job("complete_erasure", batch=500, queue=owed.LATER)
def complete_erasure(debts: Sequence[Debt]) -> None:
    """Owed work: every store is rid of who was erased; put off, not settled, until it is."""
    ids = [UUID(debt.subject) for debt in debts]
    # First of all: from then on no backup brings anybody back, whatever becomes of the rest.
    _write_ledger(_read(ids))
    _forget_mails([row for row in _read(ids) if row.mail_at is None])
    _note_index(ids)
    _forget_jobs([row for row in _read(ids) if row.queue_at is None and row.index_at is not None])
    _purge_segments([row for row in _read(ids) if row.segments_at is None and row.marks is not None], debts)
    _put_off(debts)


def _read(ids: Sequence[UUID]) -> list[Erasure]:
    with transaction() as session:
        return erasures.by_ids(session, ids)


def _write_ledger(rows: Sequence[Erasure]) -> None:
    rows = [row for row in rows if row.ledger_at is None]
    if rows and ledger.append(row.entry() for row in rows):
        with transaction() as session:
            erasures.note(session, rows, "ledger_at")


def _forget_mails(rows: Sequence[Erasure]) -> None:
    digests = {digest for row in rows for digest in (row.subject, row.address) if digest}
    if digests:
        laid_mails.forget(digests)
        with transaction() as session:
            erasures.note(session, rows, "mail_at")


def _note_index(ids: Sequence[UUID]) -> None:
    """Whoever is owed to the index no more has a tombstone in each index that is written: what is not written goes."""
    # CVs first: an account is gone from the indexes when its CVs are.
    for of_cvs in (True, False):
        with transaction() as session:
            rows = [row for row in erasures.by_ids(session, ids) if (row.kind == erasures.CV) == of_cvs]
            rows = [row for row in rows if row.index_at is None]
            overwritten = [row for row in rows if erasures.overwritten(session, row)]
            indexes = [name for kind in KINDS for name in generations.written(session, kind)]
        if overwritten:
            leftovers.drop(KINDS)
            marks = expunge.marks(indexes)
            with transaction() as session:
                # Of an address alone there is nothing in them.
                erasures.note(session, [one for one in overwritten if one.kind == erasures.ADDRESS], "index_at", {})
                erasures.note(session, overwritten, "index_at", marks)


def _forget_jobs(rows: Sequence[Erasure]) -> None:
    if not rows:
        return
    named = queues.forget(_digest_in({row.subject for row in rows}))
    waiting = {erasures.digest_of(UUID(subject)) for subject in named}
    _note([row for row in rows if row.subject not in waiting], "queue_at")


def _note(rows: Sequence[Erasure], store: str) -> None:
    """CVs first: an account is gone from a store when its CVs are."""
    with transaction() as session:
        for row in sorted(rows, key=lambda row: row.kind != erasures.CV):
            if not erasures.cvs_left(session, row, store):
                erasures.note(session, [row], store)


def _digest_in(digests: set[bytes]) -> Callable[[str], bool]:
    def about(subject: str) -> bool:
        try:
            return erasures.digest_of(UUID(subject)) in digests
        except ValueError:  # the number of something that belongs to nobody
            return False

    return about


def _purge_segments(rows: Sequence[Erasure], debts: Sequence[Debt]) -> None:
    _note([row for row in rows if not row.marks], "segments_at")
    rows = [row for row in rows if row.marks]
    if not rows:
        return
    indexes = sorted({expunge.index_of(shard) for row in rows for shard in row.marks or {}})
    kept = expunge.kept_from(indexes)
    # Each by its own mark: who is erased later does not make those before wait.
    ready = [row for row in rows if _passed(row.marks or {}, kept)]
    if not ready:
        return
    # One merge at a time: it keeps a worker for as long as it takes, and the others are needed.
    with alone.trying(alone.MERGING) as is_alone:
        if not is_alone:
            return
        with transaction() as session:
            claims.keep(session, debts, MERGING)
        if expunge.merge({expunge.index_of(shard) for shard in kept}):
            _note(ready, "segments_at")


def _passed(marks: Mapping[str, int], kept: Mapping[str, int]) -> bool:
    return all(kept[shard] > mark for shard, mark in marks.items() if shard in kept)


def _put_off(debts: Sequence[Debt]) -> None:
    now = clock.now()
    with transaction() as session:
        rows = {str(row.id): row for row in erasures.by_ids(session, [UUID(debt.subject) for debt in debts])}
        left = [debt for debt in debts if debt.subject in rows and rows[debt.subject].left]
        late = [debt for debt in left if now - rows[debt.subject].rows_at > ALARM]
        owed.settle(session, [debt for debt in debts if debt not in left])
        for debt in left:
            if debt not in late:
                row = rows[debt.subject]
                soon = row.index_at is None and now - row.rows_at < JUST_NOW
                owed.postpone(session, [debt], now + (LOOK_SOON if soon else LOOK_AGAIN))
        for debt in late:
            # No fault of theirs, so they go on together, and soon.
            missing = f"not complete after ten minutes: {', '.join(rows[debt.subject].left)}"
            owed.failed(session, [debt], missing, outage=True)
    if late:
        log.error("%d erasures are not complete after ten minutes", len(late))
