"""What the index may still show although it is not open any more: closed, expired or gone, and not yet synced."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from store import clock

# Every search carries these ids, so there is a limit. More stand only after OpenSearch was down while much was closed:
# for the seconds until the sync has caught up, counts may then include some that are closed. Listings themselves are
# never shown wrongly, since each hit is looked up in the database before it is shown.
MOST = 1000

_WITHDRAWN = text("""
    SELECT o.subject_id FROM owed AS o LEFT JOIN listings AS l ON l.id = CAST(o.subject_id AS uuid)
    WHERE o.job = 'sync_listing' AND (l.id IS NULL OR l.state <> 'published' OR l.deadline <= :now)
    LIMIT :most
""")


def withdrawn(session: Session) -> list[str]:
    """The ids of listings that are not open and whose removal is still owed to the index, at most `MOST`."""
    return list(session.scalars(_WITHDRAWN, {"now": clock.now(), "most": MOST}))


MOST_CHANGED = 60_000  # below OpenSearch's limit of 65,536 ids in a query


@dataclass(frozen=True)
class CvIndex:
    """The index of CVs that is read: the mark that it must have reached, the newest version that the database gave out
    (also where that was not committed), and the CVs of which the index may not hold what the database does."""

    name: str
    mark: int
    newest: int
    changed: list[str]
