"""Owed work of matching: listings find their alerts, alerts find the listings that came while they were made.

Each side makes itself visible before it looks, so that one of the two always sees the other; the ledger absorbs it
when both do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from mappings.client import client
from mappings.listing import asked
from matcher import percolate
from matcher.mail import mail_alert
from store import alerts, clock, criteria, deliveries, generations, listings, owed, settings
from store.alerts import Alert
from store.claims import claim
from store.database import transaction
from store.listings import PUBLISHED
from store.owed import Debt

WRITING = timedelta(milliseconds=100)
TOLD_AT_ONCE = 5


def lease() -> timedelta:
    """For how long work that a worker takes for itself is in its hands."""
    return timedelta(seconds=settings.get().lease)


@owed.job("match_listing", batch=40)
def match_listing(debts: Sequence[Debt]) -> None:
    """Owed work: these listings, as they are in the database now, are in the ledger of every alert they match."""
    ids = [UUID(debt.subject) for debt in debts]
    with transaction() as session:
        asked_at = deliveries.now(session)
        rows = [row for row in listings.by_ids(session, ids).values() if row.state == PUBLISHED]
        seen = {row.id: row.opened_xid for row in rows if row.opened_xid is not None}
        documents = {row.id: asked(row) for row in rows}
    found = percolate.find(documents)
    with transaction() as session:
        deliveries.add(session, found, asked_at)
        deliveries.note_matched(session, seen)
        owed.settle(session, debts)
        # A listing that comes by itself is told at once, without another way through the relay and the queue: the mails
        # that it makes due are in these hands from the commit on. A feed's mails are left to all workers.
        due = claim(session, {"mail_alert": TOLD_AT_ONCE}, lease()) if len(debts) == 1 else []
    if due:
        mail_alert(due)


@owed.job("match_alert", batch=50, queue=owed.NOW)
def match_alert(debts: Sequence[Debt]) -> None:
    """Owed work: these alerts know of what was published while they were confirmed or changed."""
    with transaction() as session:
        rows = alerts.by_ids(session, [UUID(debt.subject) for debt in debts])
        active = {debt: row for debt in debts if (row := rows.get(UUID(debt.subject))) and row.state == alerts.ACTIVE}
        unwritten = {
            int(one.subject)
            for one in owed.read(session, "sync_criteria", sorted({str(row.criteria_id) for row in active.values()}))
        }
        # Writing the index is the indexer's work; it is on its way, and this comes after it.
        early = [debt for debt, row in active.items() if row.criteria_id in unwritten]
        owed.postpone(session, early, clock.now() + WRITING)
        owed.settle(session, [debt for debt in debts if debt not in active])
        indexes = generations.written(session, "alerts")
    ready = {debt: row for debt, row in active.items() if debt not in early}
    if ready:
        # Each of them, not the one that is read: another may become it before it refreshes by itself.
        client().indices.refresh(index=",".join(indexes))
    for debt, alert in ready.items():
        _catch_up(debt, alert)


def _catch_up(debt: Debt, alert: Alert) -> None:
    """Percolate what was published meanwhile against this alert alone, which is searchable by now."""
    with transaction() as session:
        asked_at = deliveries.now(session)
        rows = listings.by_ids(session, deliveries.to_catch_up(session, alert))
        documents = {row.id: asked(row) for row in rows.values() if row.state == PUBLISHED}
    found = percolate.find(documents, only=alert.criteria_id) if documents else {}
    with transaction() as session:
        deliveries.add(session, found, asked_at, alert.id)
        owed.settle(session, [debt])


@owed.job("retire_criteria", batch=50, queue=owed.LATER)
def retire_criteria(debts: Sequence[Debt]) -> None:
    """Owed work: criteria that no active alert asks for are a stored query no longer."""
    with transaction() as session:
        for debt in sorted(debts, key=lambda one: int(one.subject)):
            criteria.retire(session, int(debt.subject))
        owed.settle(session, debts)


def _turn_of_time(debts: Sequence[Debt]) -> None:
    with transaction() as session:
        listings.settle_due(session, [UUID(debt.subject) for debt in debts])
        owed.settle(session, debts)


@owed.job("publish_listing", batch=100)
def publish_listing(debts: Sequence[Debt]) -> None:
    """Owed work: drafts whose publication is due are published."""
    _turn_of_time(debts)


@owed.job("expire_listing", batch=100)
def expire_listing(debts: Sequence[Debt]) -> None:
    """Owed work: listings past their deadline are open no longer."""
    _turn_of_time(debts)


@owed.job("lapse_alert", batch=100)
def lapse_alert(debts: Sequence[Debt]) -> None:
    """Owed work: alerts that nobody confirmed in time are removed, with the address."""
    with transaction() as session:
        for debt in debts:
            alerts.lapse(session, UUID(debt.subject))
        owed.settle(session, debts)
