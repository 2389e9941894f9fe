"""From where a stream of listing changes goes on after a snapshot."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import clock
from store.listings import Listing

# Longer than any transaction that changes listings lives, as `listings.changed_since` has it.
SETTLED = timedelta(hours=1)


def horizon(session: Session) -> int:
    """A version such that every change up to it is committed: whoever reads all listings after this call, and then the
    changes since that version, has missed nothing. What changed lately is told twice, which costs a line.

    Versions are drawn before they are committed, so the highest one that is visible says nothing about lower ones that
    are not; a change that is older than any open transaction does.
    """
    settled = select(func.max(Listing.version)).where(Listing.updated_at < clock.now() - SETTLED)
    return session.scalar(settled) or 0
