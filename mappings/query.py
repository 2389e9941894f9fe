"""What criteria ask of the index: searches and stored queries are made of the same parts, so they mean the same."""

from __future__ import annotations

from typing import Any

from mappings.listing import salary_token
from store.criteria import LANGUAGES, Criteria, CriteriaRow

Query = dict[str, Any]

# The part of criteria that ask for no words: it holds for listings in any language.
ANY = "any"


def parts(criteria: Criteria) -> dict[str, Query]:
    """The criteria as alternatives, each a query in filter context: a listing meets them if it meets one.

    Words are sought in the listing's own language with that language's analysis, so there is one part for each language
    that the criteria allow. Each part only has members that must all hold: that is what the percolator can decide from
    its terms alone, without running the query; as branches of one stored query they cost three times as much.
    """
    if not criteria.wanted:
        return {ANY: _part(criteria, ())}
    return {language: _part(criteria, (language,)) for language in sorted(criteria.languages or LANGUAGES)}


def query(criteria: Criteria) -> Query:
    """The query that finds the listings which meet the criteria; no member of it scores."""
    alternatives = list(parts(criteria).values())
    if len(alternatives) == 1:
        return alternatives[0]
    return {"bool": {"filter": [{"bool": {"should": alternatives, "minimum_should_match": 1}}]}}


def _part(criteria: Criteria, languages: tuple[str, ...]) -> Query:
    # A listing has words in the field of its own language only: asking for words there asks for the language too.
    required = [_term(term, language) for term in criteria.wanted for language in languages]
    if criteria.languages and not languages:
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
        unwanted_in = languages or criteria.languages or LANGUAGES
        asked["must_not"] = [_term(term, language) for term in criteria.unwanted for language in unwanted_in]
    return {"bool": asked}


def _term(term: str, language: str) -> Query:
    field = f"text_{language}"
    # A phrase, and a word that the analysis splits (e-mail, t&k), must be there with all its parts side by side.
    return {"match" if term.isalnum() else "match_phrase": {field: {"query": term}}}


def documents(number: int, row: CriteriaRow | None) -> dict[str, dict[str, Any]]:
    """The stored queries of criteria by the id of their documents, one for each part.

    Empty tombstones for criteria that no active alert asks for; for criteria that are gone, one for each part that
    there could have been.
    """
    if row is None:
        return {document_id(number, part): {"stored": False} for part in (ANY, *LANGUAGES)}
    return {
        document_id(number, part): {"criteria": number, "part": part, "stored": True, "query": asked}
        if row.live
        else {"stored": False}
        for part, asked in parts(row.criteria()).items()
    }


def document_id(number: int, part: str) -> str:
    """The id of the document that stores one part of criteria."""
    return f"{number}:{part}"
