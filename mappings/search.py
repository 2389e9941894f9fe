"""What a search asks of the listings index around the criteria: who is shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from mappings.asked import Piece, pieces, term
from mappings.query import Query, holds, in_title, one_of, query
from store import occupations
from store.criteria import Criteria

Sort = Literal["relevance", "newest", "deadline"]
# Employers, as the index compares them, with the ids of their listings that keep their place.
Demoted = Mapping[str, Sequence[str]]

# What it weighs that words, or what they name, are in the title, are the listing's occupation, are that very one and
# not a narrower one, are named in its text: each more than all that come after, and than freshness, which is 1 for a
# listing of the day and halves in FRESH days.
IN_TITLE, AS_OCCUPATION, EXACTLY, NAMED = 16.0, 8.0, 4.0, 2.0
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


def ranked(found: Query, criteria: Criteria, day: date, demoted: Demoted | None = None) -> Query:
    """The same listings, scored: where what is asked stands in them, then freshness as seen from `day`.

    `demoted` are employers with the ids of the listings that keep their place: all others of theirs come after those of
    everybody else. The score depends on the listing and on what is asked alone, never on what else is indexed, so that
    the pages of an answer go on where the last one ended whatever is published meanwhile. Nothing here changes which
    listings match.
    """
    asked = pieces(criteria.wanted, criteria.expand)
    scored = [one for piece in asked for one in _weighed(piece)]
    fresh: Query = {"distance_feature": {"field": "published_at", "origin": day.isoformat(), "pivot": f"{FRESH}d"}}
    # More than all the rest together can be. Who keeps the place has it also where nobody is demoted, so that a score
    # is the same whether others are or not.
    most = len(asked) * (IN_TITLE + AS_OCCUPATION + EXACTLY + NAMED) + 2
    place: Query = {"constant_score": {"filter": _in_place(demoted or {}), "boost": most}}
    return {"bool": {"filter": [found], "should": [place, *scored, fresh], "minimum_should_match": 0}}


def _weighed(piece: Piece) -> Iterator[Query]:
    yield {"constant_score": {"filter": in_title(piece), "boost": IN_TITLE}}
    if piece.code is None:
        return
    if occupations.known(piece.code):
        yield {"constant_score": {"filter": {"term": {"occupation": piece.code}}, "boost": AS_OCCUPATION}}
        yield {"constant_score": {"filter": {"term": {"named": piece.code}}, "boost": EXACTLY}}
    yield {"constant_score": {"filter": {"term": {"concept": piece.code}}, "boost": NAMED}}


def _in_place(demoted: Demoted) -> Query:
    moved: list[Query] = [
        {"bool": {"filter": [{"term": {"employer": employer}}], "must_not": [{"ids": {"values": list(kept)}}]}}
        for employer, kept in demoted.items()
    ]
    return {"bool": {"must_not": moved}} if moved else {"match_all": {}}


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
