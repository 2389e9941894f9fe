"""Vacancies: listings of the same words are one job, from two feeds, of which nobody is told twice.

A listing is a twin of another while both are of one vacancy. It leaves the vacancy when it closes, and also when its
words change: whoever was told of it until then knows the job, and whoever was yet to be told may be told by the twin.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, Table, Uuid, select, text
from sqlalchemy.orm import Session

from store.listings import Listing
from store.rows import Row

# The vacancies that listings were of until their words changed; triggers write it, and only SQL reads it.
Table(
    "former_vacancies",
    Row.metadata,
    Column("listing_id", Uuid, ForeignKey(Listing.id), primary_key=True),
    Column("vacancy", LargeBinary, primary_key=True),
    Column("left_at", DateTime(timezone=True), nullable=False),
)

# The twins that the listings of `found` have, or had since they were opened: until when one counted as a twin, empty
# while it does. Found once for the batch, not for each pair; as a rule there are none.
TWINS = """
twins AS MATERIALIZED (
    SELECT l.id AS listing_id, t.id AS twin_id, t.closed_at AS until
    FROM listings AS l JOIN listings AS t
      ON t.vacancy = l.vacancy AND t.id <> l.id AND (t.state = 'published' OR t.closed_at >= l.opened_at)
    WHERE l.id IN (SELECT listing_id FROM found)
    UNION ALL
    SELECT l.id, f.listing_id, f.left_at
    FROM listings AS l JOIN former_vacancies AS f
      ON f.vacancy = l.vacancy AND f.listing_id <> l.id AND f.left_at >= l.opened_at
    WHERE l.id IN (SELECT listing_id FROM found)
)
"""


def in_rounds(session: Session, listing_ids: Collection[UUID]) -> list[list[UUID]]:
    """These listings in rounds that hold each vacancy once: a statement does not see the rows that it adds itself.

    Their vacancies are locked until the transaction ends, since two workers with twins in hand must see each other's
    rows. Vacancies are locked in one order, so that the two cannot wait for each other.
    """
    rows = session.execute(
        select(Listing.id, Listing.vacancy).where(Listing.id.in_(listing_ids)).order_by(Listing.vacancy, Listing.id)
    ).all()
    keys = sorted({int.from_bytes(vacancy[:8], "big", signed=True) for _, vacancy in rows})
    session.execute(
        text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"), {"keys": keys}
    )
    rounds: list[list[UUID]] = []
    taken: dict[bytes, int] = {}
    for listing_id, vacancy in rows:
        number = taken.get(vacancy, 0)
        taken[vacancy] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(listing_id)
    return rounds


def owe_twins(session: Session, listing_ids: Sequence[UUID]) -> None:
    """Have the open twins of these listings matched again: somebody who was to be told by one of them is not."""
    if not listing_ids:
        return
    session.execute(
        text(
            "SELECT owe('match_listing', twin.id::text, nextval('change'), vahti_now()) FROM ("
            "SELECT DISTINCT t.id FROM listings AS l JOIN listings AS t ON t.vacancy = l.vacancy AND t.id <> l.id "
            "WHERE l.id = ANY(:listings) AND t.state = 'published' ORDER BY t.id) AS twin"
        ),
        {"listings": listing_ids},
    )
