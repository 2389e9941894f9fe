"""What criteria ask of the index: searches and stored queries are made of the same rows, so they mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

from mappings.asked import Piece, Term, pieces, term
from mappings.listing import salary_token
from store.criteria import Criteria
from store.stored_criteria import CriteriaRow

Query = dict[str, Any]
# What one alternative requires: all of these.
Row = tuple[Query, ...]

# Rows of one criteria. Beyond, alternatives stay within a row: that is found as well, and costs more to percolate.
ROWS = 12


def parts(criteria: Criteria) -> dict[str, Query]:
    """The criteria as alternatives, each a query in filter context: a listing meets them if it meets one.

    Each part only has members that must all hold: that is what the percolator can decide from its terms alone, without
    running the query; as branches of one stored query they cost three times as much.
    """
    return {str(number): _part(criteria, row) for number, row in enumerate(_rows(criteria))}


def query(criteria: Criteria) -> Query:
    """The query that finds the listings which meet the criteria; no member of it scores."""
    return one_of(list(parts(criteria).values()))


def one_of(alternatives: Sequence[Query]) -> Query:
    """What finds that which meets one of these; each is in filter context."""
    if len(alternatives) == 1:
        return alternatives[0]
    return {"bool": {"filter": [{"bool": {"should": list(alternatives), "minimum_should_match": 1}}]}}


def holds(sought: Term, field: str) -> Query:
    """What finds a word or phrase in a field of text, in one query."""
    if sought.keys is not None:
        return _has(field, sought.keys)
    return one_of([_sequence(keys, field) for keys in sought.sequences])


def means(piece: Piece) -> Query:
    """What finds words or what they name, in one query."""
    if piece.code is None:
        return spelt(piece, "text")
    named = _has("concept", (piece.code,))
    return named if piece.whole else one_of([spelt(piece, "text"), named])


def in_title(piece: Piece) -> Query:
    """What finds in titles the words or what they name: it orders what was found, and finds nothing by itself."""
    if piece.code is None:
        return spelt(piece, "title")
    return one_of([spelt(piece, "title"), _has("title_concept", (piece.code,))])


def spelt(piece: Piece, field: str) -> Query:
    """What finds all the words in a field."""
    words = [holds(one, field) for one in piece.terms]
    return words[0] if len(words) == 1 else {"bool": {"filter": words}}


def _rows(criteria: Criteria) -> list[Row]:
    asked = pieces(criteria.wanted, criteria.expand)
    alternatives = [list(_alternatives(piece)) for piece in asked]
    # The widest first are put together again, until what is left multiplies to few enough.
    while prod(map(len, alternatives)) > ROWS:
        widest = max(range(len(asked)), key=lambda number: (len(alternatives[number]), -number))
        alternatives[widest] = [(means(asked[widest]),)]
    return [tuple(member for row in rows for member in row) for rows in product(*alternatives)]


def _alternatives(piece: Piece) -> Iterator[Row]:
    if piece.code is not None and piece.whole:
        yield (_has("concept", (piece.code,)),)
        return
    for sequences in product(*(one.sequences for one in piece.terms)):
        yield tuple(_sequence(keys, "text") for keys in sequences)
    if piece.code is not None:
        yield (_has("concept", (piece.code,)),)


def _has(field: str, values: Sequence[str]) -> Query:
    return {"term": {field: values[0]}} if len(values) == 1 else {"terms": {field: list(values)}}


def _sequence(keys: Sequence[str], field: str) -> Query:
    if len(keys) == 1:
        return _has(field, keys)
    # A phrase, and a word that is several (24/7), must be there with all its parts side by side.
    return {"match_phrase": {field: {"query": " ".join(keys)}}}


def _part(criteria: Criteria, row: Row) -> Query:
    required = list(row)
    for field, values in (
        ("language", criteria.languages),
        ("place", criteria.places),
        ("place", criteria.near.municipalities() if criteria.near else ()),
        ("occupation", criteria.occupations),
        ("employment", criteria.employment),
        ("employer", criteria.employers),
    ):
        if values:
            required.append({"terms": {field: list(values)}})
    if criteria.remote:
        required.append({"term": {"remote": "true"}})
    if criteria.salary_min and criteria.salary_currency:
        required.append({"term": {"salary": salary_token(criteria.salary_currency, criteria.salary_min)}})
    asked: Query = {"filter": required or [{"match_all": {}}]}
    if criteria.unwanted:
        asked["must_not"] = [holds(term(text), "text") for text in criteria.unwanted]
    return {"bool": asked}


def documents(number: int, row: CriteriaRow | None) -> dict[str, dict[str, Any]]:
    """The stored queries of criteria by the id of their documents, one for each part.

    Empty tombstones for criteria that no active alert asks for; for criteria that are gone, one for each part that
    there could have been.
    """
    if row is None:
        return {document_id(number, str(part)): {"stored": False} for part in range(ROWS)}
    return {
        document_id(number, part): {"criteria": number, "part": part, "stored": True, "query": asked}
        if row.live
        else {"stored": False}
        for part, asked in parts(row.criteria()).items()
    }


def document_id(number: int, part: str) -> str:
    """The id of the document that stores one part of criteria."""
    return f"{number}:{part}"
