"""What a search of CVs asks of the index: who may be seen, what is asked, in which order, how many of what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from mappings import expression
from mappings.query import Query, in_title, spelt
from store import visibility
from store.cv_criteria import CvCriteria
from store.visibility import Viewer

Sort = Literal["relevance", "newest"]

# What a word weighs by where it stands, beside freshness, which is 1 for a CV of the day and halves in FRESH days.
IN_TITLE, IN_SKILLS = 3.0, 2.0
FRESH = 60

FACETS: dict[str, dict[str, Any]] = {
    "place": {"field": "place", "size": 100},
    "occupation": {"field": "occupation", "size": 100, "include": "isco-[0-9]+"},
    "skill": {"field": "skill", "size": 50},
    "spoken": {"field": "spoken", "size": 30},
    "employment": {"field": "wished", "size": 20},
    "language": {"field": "language", "size": 3},
}
# What two CVs have in common, for "similar candidates".
LIKE = ["title", "skill_text", "text"]


def asked(criteria: CvCriteria) -> Query:
    """The query that finds the CVs which meet the criteria, in filter context: for a search and for a stored search."""
    required: list[Query] = []
    if criteria.text is not None:
        required.append(expression.query(criteria.text, criteria.expand))
    for field, values in (
        ("place", criteria.places),
        # A distance is the set of municipalities within it: the same for the index, a stored search and the facets.
        ("place", criteria.near.municipalities() if criteria.near else ()),
        ("occupation", criteria.occupations),
        ("wished", criteria.employment),
        ("spoken", criteria.languages),
    ):
        if values:
            required.append({"terms": {field: list(values)}})
    required += [{"term": {"skill": skill}} for skill in criteria.skills]
    if criteria.remote:
        required.append({"term": {"remote": "true"}})
    if criteria.language:
        required.append({"term": {"language": criteria.language}})
    return {"bool": {"filter": required or [{"match_all": {}}]}}


def matching(seen_by: Viewer, criteria: CvCriteria, changed: Sequence[str]) -> Query:
    """The CVs that this viewer sees and that meet the criteria. `changed` are those of which the index may not hold
    what the database does: they are left out, so that nothing is counted, marked or shown that was hidden meanwhile."""
    found: Query = {"filter": [visibility.in_index(seen_by), asked(criteria)]}
    if changed:
        found["must_not"] = [{"ids": {"values": list(changed)}}]
    return {"bool": found}


def ranked(found: Query, criteria: CvCriteria, day: date) -> Query:
    """The same CVs, scored by where the words stand and by freshness as seen from `day`; of nothing else that is
    indexed, so that the pages of an answer go on where the last one ended. Changes nothing of which
    CVs match."""
    fresh: Query = {"distance_feature": {"field": "shown_at", "origin": day.isoformat(), "pivot": f"{FRESH}d"}}
    asked = expression.asked(criteria.text, criteria.expand) if criteria.text is not None else ()
    scored: list[Query] = [
        {"constant_score": {"filter": where, "boost": weight}}
        for piece in asked
        for where, weight in ((in_title(piece), IN_TITLE), (spelt(piece, "skill_text"), IN_SKILLS))
    ]
    return {"bool": {"filter": [found], "should": [*scored, fresh], "minimum_should_match": 0}}


def order(sort: Sort) -> list[Query]:
    """The order of an answer, total: of equals the one whose id is younger comes first."""
    first: dict[Sort, Query] = {"relevance": {"_score": "desc"}, "newest": {"shown_at": "desc"}}
    return [first[sort], {"id": "desc"}]


def facets() -> dict[str, Query]:
    """How many of the CVs found have which place, occupation, skill and so on."""
    return {name: {"terms": dict(terms)} for name, terms in FACETS.items()}


def like(seen_by: Viewer, document: dict[str, Any], changed: Sequence[str], but: str) -> Query:
    """The CVs that this viewer sees and that have most in common with a document, itself aside."""
    words = {name: value for name, value in document.items() if name in LIKE}
    found: Query = {
        "filter": [visibility.in_index(seen_by)],
        "must_not": [{"ids": {"values": [but, *changed]}}],
        "should": [
            {
                "more_like_this": {
                    "fields": LIKE,
                    "like": [{"doc": words}],
                    "min_term_freq": 1,
                    "min_doc_freq": 1,
                    "max_query_terms": 40,
                    "minimum_should_match": "20%",
                }
            },
            *({"term": {"occupation": {"value": code, "boost": 2}}} for code in document.get("occupation", [])),
            *({"term": {"skill": {"value": skill}}} for skill in document.get("skill", [])),
        ],
        "minimum_should_match": 1,
    }
    return {"bool": found}
