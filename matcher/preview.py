"""What an alert would find: shown to whoever creates or edits one, before it exists."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from mappings import client, search
from mappings.indexes import alias
from matcher.fitting import require_askable
from matcher.outage import asking
from store import clock, listings, unsynced
from store.criteria import Criteria
from store.listings import Listing

WEEKS = 4
EXAMPLES = 5


@dataclass(frozen=True)
class Preview:
    """`open` listings match now; `per_week` of them were published in a week, over the last `WEEKS`; the newest are
    shown as examples. What was published in that time and has closed since is not known to the index and not counted,
    so that `per_week` is what the alert would have brought at least."""

    open: int
    per_week: float
    examples: tuple[Listing, ...]


def preview(session: Session, criteria: Criteria) -> Preview:
    """What these criteria find now. Raises SearchDown when the engine does not answer for every shard."""
    require_askable(session, "listings")
    now = clock.now()
    body = {
        "query": search.matching(criteria, now, unsynced.withdrawn(session)),
        "sort": search.order("newest"),
        "size": EXAMPLES,
        "_source": False,
        "track_total_hits": True,
        "aggs": {"lately": search.lately(now, WEEKS)},
    }
    with asking():
        answer = client.search(alias("listings"), body)
    ids = [UUID(hit["_id"]) for hit in answer["hits"]["hits"]]
    rows = listings.open_by_ids(session, ids)
    return Preview(
        open=answer["hits"]["total"]["value"],
        per_week=round(answer["aggregations"]["lately"]["doc_count"] / WEEKS, 1),
        examples=tuple(rows[one] for one in ids if one in rows),
    )
