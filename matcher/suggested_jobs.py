"""Suggested jobs: the open listings that suit a person's own CV, the best first, each with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mappings import client, offered, suggested
from mappings.indexes import alias
from matcher import cursor, reasons
from matcher.cursor import Cursor
from matcher.fitting import require_askable
from matcher.outage import asking
from matcher.reasons import Reason
from store import clock, listings, unsynced
from store.cvs import Cv
from store.listings import Listing


@dataclass(frozen=True)
class SuggestedJob:
    """An open listing, as its row is now, and why it suits."""

    listing: Listing
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class SuggestedJobs:
    """An answer: `total` is exact; `next` continues it, and is None at its end."""

    total: int
    jobs: tuple[SuggestedJob, ...]
    next: Cursor | None


def suggest(session: Session, cv: Cv, size: int, page: int = 1, after: Cursor | None = None) -> SuggestedJobs:
    """The open listings that have an occupation or a skill in common with a person's own CV, private or not, best
    first.

    Depends on that CV and those listings alone; nothing is kept and nobody is told. `page` counts from 1; `after`
    continues an earlier answer and goes before it. A listing that changed a moment ago is back once the index knows it
    as it is now. Raises SearchDown when the engine does not answer for every shard, and Invalid for a page beyond
    `cursor.DEEPEST`.
    """
    require_askable(session, "listings")
    now = clock.now()
    offer = offered.offer(cv.body, cv.language)
    body: dict[str, Any] = {
        "query": suggested.jobs(offer, now, unsynced.withdrawn(session)),
        "sort": suggested.order(),
        "size": size + 1,
        "_source": False,
        "version": True,
        "track_total_hits": True,
    }
    if after is not None:
        body["search_after"] = after.position
    else:
        body["from"] = cursor.skipped(page, size)
    with asking():
        answer = client.search(alias("listings"), body)
    hits = answer["hits"]["hits"]
    shown = hits[:size]
    rows = listings.open_by_ids(session, [UUID(hit["_id"]) for hit in shown])
    current = [row for hit in shown if (row := rows.get(UUID(hit["_id"]))) and row.version == hit["_version"]]
    return SuggestedJobs(
        total=answer["hits"]["total"]["value"],
        jobs=tuple(SuggestedJob(row, reasons.between(offer, suggested.opening_of(row))) for row in current),
        next=Cursor("relevance", now.date(), tuple(shown[-1]["sort"])) if len(hits) > size else None,
    )
