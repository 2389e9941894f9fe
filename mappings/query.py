"""What criteria ask of the index: one function for the search and for the stored query, so that they mean the same."""

from __future__ import annotations

from typing import Any

from mappings.listing import salary_token
from store.criteria import LANGUAGES, Criteria, CriteriaRow

Query = dict[str, Any]


def query(criteria: Criteria) -> Query:
    """The query that finds the listings which meet the criteria, in filter context: no member of it scores.

    Words and phrases are sought in the listing's own language with that language's analysis: one branch for each
    language that the criteria allow. Members are only such as the percolator can extract.
    """
    required: list[Query] = []
    languages = criteria.languages or LANGUAGES
    if criteria.wanted:
        required.append(_any([_all_of(criteria.wanted, language) for language in languages]))
    if criteria.languages:
        required.append({"terms": {"language": list(criteria.languages)}})
    for field, values in (
        ("place", criteria.places),
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
        asked["must_not"] = [_term(term, language) for term in criteria.unwanted for language in LANGUAGES]
    return {"bool": asked}


def _all_of(wanted: tuple[str, ...], language: str) -> Query:
    clauses = [_term(term, language) for term in wanted]
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": clauses}}


def _any(branches: list[Query]) -> Query:
    return branches[0] if len(branches) == 1 else {"bool": {"should": branches, "minimum_should_match": 1}}


def _term(term: str, language: str) -> Query:
    field = f"text_{language}"
    if " " in term:
        return {"match_phrase": {field: {"query": term}}}
    # A word that the analysis splits (e-mail, t&k) must be there with all its parts, side by side.
    return {"match_phrase" if not term.isalnum() else "match": {field: {"query": term}}}


def document(row: CriteriaRow | None) -> dict[str, Any]:
    """The stored query of a row; an empty tombstone for criteria that no active alert asks for."""
    if row is None or not row.live:
        return {"stored": False}
    return {"criteria": row.id, "stored": True, "query": query(row.criteria())}
