"""The job search: the engine says which listings, the database says whether and what of them is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mappings import client, search
from mappings import facets as requests
from mappings.asked import pieces
from mappings.indexes import alias
from mappings.search import Demoted, Sort
from matcher import cursor, facets, marks, spelling, spread
from matcher.cursor import Cursor
from matcher.facets import Facet
from matcher.fitting import require_askable
from matcher.marks import Sought
from matcher.outage import asking
from matcher.why import why
from store import clock, listings, sanitise, terms, unsynced
from store.criteria import Criteria
from store.listings import Listing


@dataclass(frozen=True)
class Search:
    """What somebody looks for. `page` counts from 1; `after` continues an earlier answer and goes before it."""

    criteria: Criteria
    sort: Sort
    size: int = 20
    page: int = 1
    after: Cursor | None = None
    facets: bool = False
    # Which salaries the facets count.
    currency: str = "EUR"
    language: str = "en"
    # What was typed: help with its spelling keeps the order of its words.
    text: str = ""


@dataclass(frozen=True)
class Hit:
    """A listing that was found, as its row is now. Highlights are HTML that holds `<mark>` and nothing else."""

    listing: Listing
    title: str | None
    description: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """An answer: `total` is exact; `next` continues it, and is None at its end; `did_you_mean` finds more."""

    total: int
    hits: tuple[Hit, ...]
    next: Cursor | None
    facets: dict[str, list[Facet]] = field(default_factory=dict)
    did_you_mean: str | None = None


def find(session: Session, asked: Search) -> Found:
    """The listings that meet the criteria and are open, exactly as an alert with these criteria would be told of them.

    Raises SearchDown when the engine does not answer for every shard, and Invalid for a page beyond `cursor.DEEPEST`.
    """
    require_askable(session, "listings")
    now = clock.now()
    day = asked.after.day if asked.after else now.date()
    hidden = unsynced.withdrawn(session)
    body: dict[str, Any] = {
        "sort": search.order(asked.sort),
        "size": asked.size + 1,
        "_source": False,
        "track_total_hits": True,
    }
    if asked.after is not None:
        body["search_after"] = asked.after.position
    else:
        body["from"] = cursor.skipped(asked.page, asked.size)
    # What was chosen in facets comes after counting, and narrows hits and total all the same.
    counted = requests.lifted(asked.criteria) if asked.facets else asked.criteria
    found = search.matching(counted, now, hidden)
    if asked.facets:
        body["post_filter"] = requests.narrowing(asked.criteria)
        body["aggs"] = requests.counts(asked.criteria, asked.currency)

    def ask(demoted: Demoted, **more: Any) -> dict[str, Any]:
        query = search.ranked(found, asked.criteria, day, demoted) if asked.sort == "relevance" else found
        with asking():
            return client.search(alias("listings"), {"query": query, **body, **more})

    if asked.sort != "relevance" or asked.after is not None:
        demoted = asked.after.demoted if asked.after is not None else {}
        page = spread.cut(ask(demoted), asked.size, demoted)
    else:
        page = spread.first(ask, asked.size)
        if asked.page > 1:
            page = replace(spread.cut(ask(page.demoted, aggs={}), asked.size, page.demoted), counts=page.counts)
    return Found(
        total=page.total,
        hits=tuple(_shown(session, asked, page.hits)),
        next=Cursor(asked.sort, day, tuple(page.hits[-1]["sort"]), page.demoted) if page.more else None,
        facets=facets.read(session, page.counts, asked.language) if asked.facets else {},
        did_you_mean=spelling.did_you_mean(
            asked.text or terms.Terms(asked.criteria.wanted, asked.criteria.unwanted).text(),
            asked.criteria,
            page.total,
            lambda criteria: search.matching(criteria, now, hidden),
        ),
    )


def _shown(session: Session, asked: Search, hits: Sequence[dict[str, Any]]) -> list[Hit]:
    """Hits as their rows are now, in the order of the engine; what closed meanwhile is left out."""
    rows = listings.open_by_ids(session, [UUID(hit["_id"]) for hit in hits])
    what = marks.sought(pieces(asked.criteria.wanted, asked.criteria.expand))
    return [_hit(asked, row, what) for hit in hits if (row := rows.get(UUID(hit["_id"]))) is not None]


def _hit(asked: Search, row: Listing, what: Sought) -> Hit:
    text = sanitise.public_text(row.description)
    in_title, in_text = marks.find(row.title, row.language, what), marks.find(text, row.language, what)
    return Hit(
        listing=row,
        title=marks.whole(row.title, in_title) if in_title else None,
        description=tuple(marks.fragments(text, in_text)),
        why=tuple(why(asked.criteria, row, asked.language, marks.stands([(row.title, in_title), (text, in_text)]))),
    )
