"""The ledger of saved searches: which candidate was found by which, and told when; each pair once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from store import clock, cvs, saved_searches, visibility
from store.cvs import Cv
from store.saved_searches import Find, SavedSearch

_ADD = text("""
    INSERT INTO finds (saved_search_id, cv_id, found_at)
    SELECT s.id, c.id, :now
    FROM unnest(CAST(:searches AS bigint[]), CAST(:cvs AS uuid[]), CAST(:shown AS xid8[])) AS pair(search, cv, shown)
    JOIN saved_searches AS s ON s.id = pair.search
    JOIN cvs AS c ON c.id = pair.cv AND c.shown_xid = pair.shown
    WHERE c.visible AND c.consented AND is_new(c.shown_at, c.shown_xid, s.since_at, s.since)
    ORDER BY s.id, c.id
    ON CONFLICT DO NOTHING
""")

_NEW_TO = text("""
    SELECT c.id FROM cvs AS c, saved_searches AS s
    WHERE s.id = :search AND c.visible AND c.consented AND c.shown_at >= s.since_at - interval '1 hour'
        AND is_new(c.shown_at, c.shown_xid, s.since_at, s.since)
    ORDER BY c.id
""")


def add(session: Session, found: Mapping[UUID, Iterable[int]], shown: Mapping[UUID, str | None]) -> None:
    """Enter what a percolation found, by CV: each pair that is new to its search and that the rule lets its viewer see.
    `shown` is the `shown_xid` of each CV as it was percolated: of one that says something else by now nothing is told,
    since it may hide what was found; it is matched again. The mails that this makes due are owed by a trigger."""
    wanted: dict[int, list[UUID]] = {}
    for cv_id, numbers in found.items():
        for number in numbers:
            wanted.setdefault(number, []).append(cv_id)
    rows = list(session.scalars(select(SavedSearch).where(SavedSearch.id.in_(wanted))))
    saved_searches.know_viewers(session, rows)
    pairs = [
        (row.id, cv_id)
        for row in rows
        if row.viewer is not None
        for cv_id in cvs.seen_by(session, wanted[row.id], visibility.sql(row.viewer))
    ]
    if pairs:
        values = {
            "now": clock.now(),
            "searches": [one for one, _ in pairs],
            "cvs": [one for _, one in pairs],
            "shown": [shown[one] for _, one in pairs],
        }
        session.execute(_ADD, values)


def new_to(session: Session, search: SavedSearch) -> list[UUID]:
    """The CVs that could be found for the first time, as they are, since this search was saved."""
    return list(session.scalars(_NEW_TO, {"search": search.id}))


def of(session: Session, search: SavedSearch, *, untold: bool = False) -> list[tuple[Cv, datetime]]:
    """The candidates that a saved search found and that its recruiter may see now, the latest first, with when."""
    saved_searches.know_viewers(session, [search])
    if search.viewer is None:
        return []
    asked = (
        select(Cv, Find.found_at)
        .join(Find, Find.cv_id == Cv.id)
        .where(Find.saved_search_id == search.id, visibility.sql(search.viewer))
        .order_by(Find.found_at.desc(), Cv.id)
    )
    if untold:
        asked = asked.where(Find.told_at.is_(None))
    return [(row.Cv, row.found_at) for row in session.execute(asked)]


def told(session: Session, search: SavedSearch, cv_ids: Sequence[UUID]) -> None:
    """Note that the recruiter was told of these candidates."""
    now = clock.now()
    session.execute(update(Find).where(Find.saved_search_id == search.id, Find.cv_id.in_(cv_ids)).values(told_at=now))
    search.mailed_at = now
    session.flush()
