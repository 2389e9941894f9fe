"""Suggestions as queries: the listings that suit a CV and the CVs that suit a listing, each scored by fixed weights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mappings import nearness
from mappings.listing import salary_token
from mappings.nearness import Codes
from mappings.offered import Offer, Opening, language_token
from mappings.query import Query
from mappings.search import matching
from store import visibility
from store.criteria import Criteria
from store.visibility import Viewer

# Names the weights and the rules: it is noted with what was suggested, so that it can be told later why.
RULES = "1"

# What each reason weighs, of 100 together. What the work is and what one can do weigh 65, so that where and how decide
# among what suits and never instead of it: without an occupation or a skill in common nothing is suggested at all.
SAME, NEAR, RELATED = 40, 25, 10
# The first skill in common says most, the sixth nothing new: long lists of skills win nothing.
SKILLS = (9, 7, 4, 3, 2)
PLACE, NEARBY = 15, 8
REMOTE = 6
LANGUAGE, ASKED_LANGUAGE = 5, 3
EMPLOYMENT = 3
SALARY = 3


@dataclass(frozen=True)
class Clause:
    """What one step of a reason weighs, and what it asks of the index. Steps of one reason add up: whatever is the same
    is near as well."""

    weight: int
    asked: Query


def for_offer(offer: Offer) -> list[Clause]:
    """What makes a listing suit a CV, as clauses on the index of listings."""
    clauses = [
        *_common(offer.occupations, offer.skills),
        _step(NEARBY, "named", _each(nearness.nearby, offer.places)),
        _step(PLACE - NEARBY, "named", _each(nearness.inside, offer.places)),
        _step(LANGUAGE, "language", offer.spoken),
        _step(ASKED_LANGUAGE, "named", map(language_token, offer.spoken)),
        _step(EMPLOYMENT, "employment", offer.employment),
        _step(REMOTE, "remote", ["true"] if offer.remote else ()),
        _step(SALARY, "salary", [salary_token(*offer.salary)] if offer.salary else ()),
    ]
    return [one for one in clauses if one is not None]


def for_opening(opening: Opening) -> list[Clause]:
    """What makes a CV suit a listing, as clauses on the index of CVs; the same reasons, but for the salary."""
    clauses = [
        *_common(opening.occupations, opening.skills),
        _step(NEARBY, "named", _each(nearness.nearby, opening.places)),
        _step(PLACE - NEARBY, "named", _each(nearness.around, opening.places)),
        _step(LANGUAGE, "named", [language_token(opening.language)]),
        _step(ASKED_LANGUAGE, "named", map(language_token, opening.asked_languages)),
        _step(EMPLOYMENT, "wished", opening.employment),
        _step(REMOTE, "remote", ["true"] if opening.remote else ()),
    ]
    return [one for one in clauses if one is not None]


def _common(occupations: Codes, skills: Codes) -> list[Clause | None]:
    return [
        _step(RELATED, "named", _each(nearness.related, occupations)),
        _step(NEAR - RELATED, "named", _each(nearness.near, occupations)),
        _step(SAME - NEAR, "named", _each(nearness.same, occupations)),
        *(
            Clause(weight, {"bool": {"should": _each_term("named", skills), "minimum_should_match": number}})
            for number, weight in enumerate(SKILLS[: len(skills)], 1)
        ),
    ]


def _each(near: Callable[[str], Codes], codes: Codes) -> Codes:
    return frozenset().union(*(near(code) for code in codes))


def _step(weight: int, field: str, values: Iterable[str]) -> Clause | None:
    asked = sorted(values)
    return Clause(weight, {"terms": {field: asked}}) if asked else None


def _each_term(field: str, values: Collection[str]) -> list[Query]:
    return [{"term": {field: value}} for value in sorted(values)]


def scored(clauses: Sequence[Clause], found: Query, occupations: Codes, skills: Codes) -> Query:
    """Of what is found, that which has an occupation or a skill in common, scored by the sum of the weights of what it
    meets: by the two documents alone, and exactly, since the weights are whole numbers."""
    common = sorted(_each(nearness.related, occupations) | skills)
    return {
        "bool": {
            "filter": [found, {"terms": {"named": common}} if common else {"match_none": {}}],
            "should": [{"constant_score": {"filter": one.asked, "boost": one.weight}} for one in clauses],
            "minimum_should_match": 0,
        }
    }


def jobs(offer: Offer, now: datetime, hidden: Sequence[str]) -> Query:
    """The open listings that suit a CV. `hidden` are those that the index may still hold open although they are not."""
    return scored(for_offer(offer), matching(Criteria(), now, hidden), offer.occupations, offer.skills)


def candidates(opening: Opening, seen_by: Viewer, changed: Sequence[str]) -> Query:
    """The CVs that suit a listing, that this viewer sees and that let themselves be suggested: no other has `named`.
    `changed` are those of which the index may not hold what the database does."""
    found: dict[str, Any] = {"filter": [visibility.in_index(seen_by)]}
    if changed:
        found["must_not"] = [{"ids": {"values": list(changed)}}]
    return scored(for_opening(opening), {"bool": found}, opening.occupations, opening.skills)


def order() -> list[Query]:
    """The order of suggestions, total: of equals the one whose id is younger comes first."""
    return [{"_score": {"order": "desc"}}, {"id": {"order": "desc"}}]
