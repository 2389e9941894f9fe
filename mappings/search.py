"""What a search asks of the listings index around the criteria: who is shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from mappings.asked import pieces, term
from mappings.query import Query, holds, in_title, one_of, query
from store.criteria import Criteria

Sort = Literal["relevance", "newest", "deadline"]

# What a word in the title weighs against freshness, which is 1 for a listing of the day and halves in FRESH days.
IN_TITLE = 3.0
FRESH = 14
# Listings without a deadline come after all that have one: no deadline is in the next century.
NO_DEADLINE = 4_102_444_800_000


def matching(criteria: Criteria, now: datetime, hidden: Sequence[str] = ()) -> Query:
    """The listings that meet the criteria and are open at `now`: the criteria as an alert stores them, and no more.

    `hidden` are ids of listings that the index may still hold open although they are not.
    """
    still_open: Query = {
        "bool": {
            "should": [
                {"bool": {"must_not": [{"exists": {"field": "deadline"}}]}},
                {"range": {"deadline": {"gt": now.isoformat()}}},
            ],
            "minimum_should_match": 1,
        }
    }
    asked: Query = {"filter": [query(criteria), {"term": {"open": True}}, still_open]}
    if hidden:
        asked["must_not"] = [{"ids": {"values": list(hidden)}}]
    return {"bool": asked}


def ranked(found: Query, criteria: Criteria, day: date) -> Query:
    """The same listings, scored: each word of the criteria that the title has, and freshness as seen from `day`.

    The score depends on the listing and on what is asked alone, never on what else is indexed, so that the pages of an
    answer go on where the last one ended whatever is published meanwhile. Nothing here changes which listings match.
    """
    fresh: Query = {"distance_feature": {"field": "published_at", "origin": day.isoformat(), "pivot": f"{FRESH}d"}}
    titles: list[Query] = [
        {"constant_score": {"filter": in_title(piece), "boost": IN_TITLE}}
        for piece in pieces(criteria.wanted, criteria.expand)
    ]
    return {"bool": {"filter": [found], "should": [*titles, fresh], "minimum_should_match": 0}}


def order(sort: Sort) -> list[Query]:
    """The order of an answer, total: of equals the one whose id is younger comes first."""
    first: dict[Sort, Query] = {
        "relevance": {"_score": "desc"},
        "newest": {"published_at": "desc"},
        "deadline": {"deadline": {"order": "asc", "missing": NO_DEADLINE}},
    }
    return [first[sort], {"id": "desc"}]


def lately(now: datetime, weeks: int) -> Query:
    """Those that were published within the last weeks, up to now."""
    since = now - timedelta(weeks=weeks)
    return {"filter": {"range": {"published_at": {"gt": since.isoformat(), "lte": now.isoformat()}}}}


def titles_beginning(text: str, now: datetime) -> Query:
    """The open listings whose title has these words, the last one perhaps unfinished."""
    *words, last = text.split()
    begun: Query = {"prefix": {"title": {"value": last}}}
    asked = [holds(term(word), "title") for word in words] + [one_of([begun, holds(term(last), "title")])]
    return {"bool": {"filter": [matching(Criteria(), now), *asked]}}
