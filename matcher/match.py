"""Owed work of matching: listings find their alerts, alerts find the listings that came while they were made.

Each side makes itself visible before it looks, so that one of the two always sees the other; the ledger absorbs it
when both do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from mappings.client import client
from mappings.listing import asked
from matcher import percolate
from matcher.fitting import require_alike
from matcher.mail import mail_alert
from store import alerts, deliveries, generations, listings, owed, settings, stored_criteria
from store.alerts import Alert
from store.claims import claim, keep
from store.database import transaction
from store.listings import PUBLISHED
from store.owed import Debt

WRITING = timedelta(milliseconds=100)  # until a stored query that is to be written is
TOGETHER = 100  # listings that are caught up with at a time: what they say must fit in memory, however many there are
TOLD_AT_ONCE = 5


def lease() -> timedelta:
    """For how long work that a worker takes for itself is in its hands."""
    return timedelta(seconds=settings.get().lease)


@owed.job("match_listing", batch=40)
def match_listing(debts: Sequence[Debt]) -> None:
    """Owed work: these listings, as they are in the database now, are in the ledger of every alert they match."""
    ids = [UUID(debt.subject) for debt in debts]
    with transaction() as session:
        require_alike(session, "alerts")
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


@owed.job("match_alert", batch=200, queue=owed.NOW)
def match_alert(debts: Sequence[Debt]) -> None:
    """Owed work: these alerts know of what was published while they were confirmed or changed."""
    with transaction() as session:
        require_alike(session, "alerts")
        rows = alerts.by_ids(session, [UUID(debt.subject) for debt in debts])
        active = {debt: row for debt in debts if (row := rows.get(UUID(debt.subject))) and row.state == alerts.ACTIVE}
        numbers = sorted({str(row.criteria_id) for row in active.values()})
        written_at = {int(one.subject): one.due_at for one in owed.read(session, "sync_criteria", numbers)}
        # Writing the index is the indexer's work; it is on its way, and this comes after it.
        early = [debt for debt, row in active.items() if row.criteria_id in written_at]
        for debt in early:
            owed.wait_for(session, [debt], written_at[active[debt].criteria_id], WRITING)
        owed.settle(session, [debt for debt in debts if debt not in active])
        indexes = generations.written(session, "alerts")
    ready = {debt: row for debt, row in active.items() if debt not in early}
    if not ready:
        return
    # Each of them, not the one that is read: another may become it before it refreshes by itself.
    client().indices.refresh(index=",".join(indexes))
    _catch_up(ready)
    with transaction() as session:
        owed.settle(session, list(ready))


def _catch_up(ready: Mapping[Debt, Alert]) -> None:
    """Percolate what was published meanwhile against these alerts alone: once for all of them, since after an outage
    many alerts have much to catch up."""
    searchable = list(ready.values())
    with transaction() as session:
        asked_at = deliveries.now(session)
        catch_up = deliveries.to_catch_up(session, searchable)
    numbers = sorted({alert.criteria_id for alert in searchable})
    listing_ids = sorted(catch_up.looking)
    for start in range(0, len(listing_ids), TOGETHER):
        with transaction() as session:
            keep(session, list(ready), lease())
            rows = listings.by_ids(session, listing_ids[start : start + TOGETHER])
            documents = {row.id: asked(row) for row in rows.values() if row.state == PUBLISHED}
        found = percolate.find(documents, only=numbers)
        for alert in searchable:
            news = {
                listing_id: [alert.criteria_id] if alert.criteria_id in matching else []
                for listing_id, matching in found.items()
                if alert.id in catch_up.looking[listing_id]
                and (alert.criteria_id in matching or (alert.id, listing_id) in catch_up.waiting)
            }
            if news:
                with transaction() as session:
                    deliveries.add(session, news, asked_at, alert)


@owed.job("retire_criteria", batch=50, queue=owed.LATER)
def retire_criteria(debts: Sequence[Debt]) -> None:
    """Owed work: criteria that no active alert asks for are a stored query no longer."""
    with transaction() as session:
        for debt in sorted(debts, key=lambda one: int(one.subject)):
            stored_criteria.retire(session, int(debt.subject))
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
