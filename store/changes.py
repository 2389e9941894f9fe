"""The stream of listing changes: in the order of their versions, and up to where nothing lower can still appear."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store.listings import DRAFT, Listing

# The lock by which a transaction that changes listings says that its versions are above a number (migration 0002).
_ANNOUNCED = text("""
    SELECT l.objid FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.classid = 22081 AND l.objsubid = 2
""")
_DRAWN = text("SELECT last_value FROM change")
_ROUND = 2**31


def horizon(session: Session) -> int:
    """A version such that every change up to it is committed and will be seen by any statement after this call.

    Where the sequence is is read first, and then who has announced itself: whoever announces itself later draws higher
    versions than that, and whoever is not there any more had committed. Nobody is waited for. The session must not hold
    an older snapshot: each statement sees what is committed when it begins (READ COMMITTED).
    """
    drawn: int = session.execute(_DRAWN).scalar_one()
    announced: list[int] = list(session.scalars(_ANNOUNCED))
    # No number that is announced by now is higher than this.
    latest: int = session.execute(_DRAWN).scalar_one()
    return min([drawn, *(latest - (latest - part) % _ROUND for part in announced)])


def since(session: Session, version: int, limit: int) -> list[Listing]:
    """The listings changed after a version, in the order of their versions; drafts are nobody's business.

    Whoever goes on from the last version of each answer sees every change: what could still appear below what is shown
    holds the rest back.
    """
    settled = horizon(session)
    rows = session.scalars(
        select(Listing)
        .where(Listing.version > version, Listing.version <= settled, Listing.state != DRAFT)
        .order_by(Listing.version)
        .limit(limit)
    )
    return list(rows)
