"""The search of CVs: the engine says which, the database says whether and what of them is shown, and it is noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from mappings import client, cv_search
from mappings.client import whole
from mappings.cv import asked as document_of
from mappings.cv_search import Sort
from mappings.indexes import MARK
from matcher import cursor, cv_marks, cv_why
from matcher.cursor import Cursor
from matcher.cv_facets import label
from matcher.facets import Facet
from matcher.fitting import require_askable
from matcher.marks import Sought
from matcher.outage import Outdated, SearchDown, asking
from store import access_log, clock, cvs, entrances, generations, visibility
from store.accounts import Account
from store.cv_criteria import CvCriteria
from store.cvs import Cv
from store.entrances import Entrance
from store.unsynced import CvIndex
from store.visibility import Viewer

Found = TypeVar("Found")

TRIES = 3
ASK_MARK = {"size": 1, "query": {"ids": {"values": [MARK]}}, "version": True, "_source": False}


@dataclass(frozen=True)
class CvSearch:
    """What a recruiter looks for. `page` counts from 1; `after` continues an earlier answer and goes before it."""

    criteria: CvCriteria
    sort: Sort = "relevance"
    size: int = 20
    page: int = 1
    after: Cursor | None = None
    facets: bool = False
    language: str = "en"


@dataclass(frozen=True)
class CvHit:
    """A CV that was found, as its row is now: `seen` is `cv.seen()`. Highlights are HTML that holds `<mark>` and
    nothing else."""

    cv: Cv
    seen: dict[str, Any]
    highlights: dict[str, list[str]]
    why: tuple[str, ...]


@dataclass(frozen=True)
class CvFound:
    """An answer: `total` is exact; `next` continues it, and is None at its end. `number` is that of the logged
    search."""

    total: int
    hits: tuple[CvHit, ...]
    next: Cursor | None
    facets: dict[str, list[Facet]] = field(default_factory=dict)
    number: int = 0


def find(session: Session, recruiter: Account, asked: CvSearch, entrance: Entrance | None = None) -> CvFound:
    """The CVs that meet the criteria and that this recruiter may see at this moment; the search is noted in the log of
    each of them that the answer shows, in this transaction. `entrance` is what is known of the recruiter, where the
    caller has just asked.

    Raises SearchDown when the engine does not answer for every shard, Outdated when its index is older than the
    database, and Invalid for a page beyond `cursor.DEEPEST`.
    """
    found = steadily(session, recruiter, lambda known: _look(session, known, asked), entrance)
    number = access_log.note_search(session, recruiter, _noted(asked), found.total, [hit.cv.id for hit in found.hits])
    return CvFound(found.total, found.hits, found.next, found.facets, number)


def similar(session: Session, recruiter: Account, cv: Cv, size: int, language: str) -> list[CvHit]:
    """The CVs that this recruiter may see and that have most in common with this one, at most `size`; noted as found.
    Raises as `find` does."""
    document = document_of(cv.seen(), cv.language)

    def look(known: Entrance) -> list[Cv] | None:
        index = readable(known.index)
        query = cv_search.like(known.viewer, document, index.changed, str(cv.id))
        answer = ask(session, index, {"query": query, "size": size, "_source": False, "version": True})
        return current(session, answer["hits"]["hits"], visibility.sql(known.viewer))

    found = steadily(session, recruiter, look)
    access_log.note(session, recruiter, access_log.FOUND, [one.id for one in found])
    return [CvHit(one, one.seen(), {}, tuple(cv_why.common(cv, one, language))) for one in found]


def _look(session: Session, entrance: Entrance, asked: CvSearch) -> CvFound | None:
    """One try; None where a hit is not, or not any more, as the engine has it."""
    day = asked.after.day if asked.after else clock.now().date()
    seen_by, index = entrance.viewer, readable(entrance.index)
    answer = ask(session, index, body(seen_by, asked, index.changed, day))
    hits = answer["hits"]["hits"]
    rows = current(session, hits, visibility.sql(seen_by))
    if rows is None:
        return None
    shown = hits[: asked.size]
    sought = cv_marks.sought(asked.criteria)
    return CvFound(
        total=answer["hits"]["total"]["value"],
        hits=tuple(_hit(row, sought, asked) for row in rows[: asked.size]),
        next=Cursor(asked.sort, day, tuple(shown[-1]["sort"])) if len(hits) > asked.size else None,
        facets=_facets(answer, asked.language) if asked.facets else {},
    )


def steadily(
    session: Session, recruiter: Account, look: Callable[[Entrance], Found | None], entrance: Entrance | None = None
) -> Found:
    """What `look` finds with what is known of the recruiter, who is asked anew whenever it gives None because what it
    found had changed. `entrance` is what is known at first, where the caller has just asked. Raises SearchDown."""
    require_askable(session, "cvs")
    for _ in range(TRIES):
        found = look(entrance or entrances.enter(session, recruiter.id))
        if found is not None:
            return found
        entrance = None
    # Each time what was found had changed before it was looked up: that is not for ever, nor an answer.
    raise SearchDown("the CVs change faster than they are read")


def readable(index: CvIndex | None) -> CvIndex:
    """The index, if it can be searched. Raises SearchDown."""
    if index is None:
        raise SearchDown("the index of CVs is being built, or catches up")
    return index


def body(seen_by: Viewer, asked: CvSearch, changed: Sequence[str], day: date) -> dict[str, Any]:
    """What the engine is asked; raises Invalid for a page beyond `cursor.DEEPEST`."""
    found = cv_search.matching(seen_by, asked.criteria, changed)
    request: dict[str, Any] = {
        "query": cv_search.ranked(found, asked.criteria, day),
        "sort": cv_search.order(asked.sort),
        "size": asked.size + 1,
        "_source": False,
        "version": True,
        "track_total_hits": True,
    }
    if asked.after is not None:
        request["search_after"] = asked.after.position
    else:
        request["from"] = cursor.skipped(asked.page, asked.size)
    if asked.facets:
        request["aggs"] = cv_search.facets()
    return request


def ask(session: Session, index: CvIndex, request: dict[str, Any]) -> dict[str, Any]:
    """The answer of an index that holds everything that was settled in it, and nothing of a later database than this
    one, which was restored then. Raises SearchDown and Outdated."""
    with asking():
        answer, marked = client.msearch(index.name, [request, ASK_MARK])
    hits = whole(marked)["hits"]["hits"]
    written = hits[0]["_version"] if hits else 0
    # Beyond what was the newest before the answer it may be by what was written meanwhile: then there is a newer one
    # now.
    if written < index.mark or (written > index.newest and written > generations.newest_version(session)):
        raise Outdated("cvs")
    return answer


def current(session: Session, hits: Sequence[dict[str, Any]], rule: ColumnElement[bool]) -> list[Cv] | None:
    """The CVs of hits, asked for with their versions, as their rows are now, in one query; None where one of them is
    not, or not any more, as the engine has it, or the rule keeps it from who asks."""
    rows = cvs.seen_by(session, [UUID(hit["_id"]) for hit in hits], rule)
    found = [row for hit in hits if (row := rows.get(UUID(hit["_id"]))) is not None and row.version == hit["_version"]]
    return found if len(found) == len(hits) else None


def _hit(row: Cv, sought: Sought, asked: CvSearch) -> CvHit:
    seen = row.seen()
    marked = cv_marks.find(seen, row.language, sought)
    return CvHit(row, seen, marked.shown, tuple(cv_why.why(asked.criteria, seen, marked.said, asked.language)))


def _facets(answer: dict[str, Any], language: str) -> dict[str, list[Facet]]:
    return {
        name: sorted(
            (
                Facet(bucket["key"], label(name, bucket["key"], language), bucket["doc_count"])
                for bucket in answer["aggregations"][name]["buckets"]
            ),
            key=lambda facet: (-facet.count, facet.label),
        )
        for name in cv_search.FACETS
    }


def _noted(asked: CvSearch) -> dict[str, Any]:
    return {**asked.criteria.body(), **({"page": asked.page} if asked.page > 1 else {})}
