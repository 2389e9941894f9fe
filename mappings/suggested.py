"""Suggestions as queries: the listings that suit a CV and the CVs that suit a listing, each scored by fixed weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mappings import nearness, offered
from mappings.listing import asked as indexed
from mappings.listing import salary_token
from mappings.nearness import Codes
from mappings.offered import Offer, Opening, language_token, phrase_token
from mappings.query import Query
from mappings.search import matching
from store import visibility
from store.criteria import Criteria
from store.listings import Listing
from store.visibility import Viewer

# Names the weights and the rules: it is noted with what was suggested, so that it can be told later why.
RULES = "1"

# What each reason weighs, of 100 together. What the work is and what one can do weigh 65, so that where and how decide
# among what suits and never instead of it: without an occupation or a skill in common nothing is suggested at all.
SAME, NEAR, RELATED = 40, 25, 10
# The first skill in common says most, the fifth nothing new: long lists of skills win nothing. Those that ESCO does not
# name are compared word by word, which says less: they weigh once, however many they are.
SKILLS = (8, 5, 3, 2)
OWN_WORDS = 7
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
        *_occupations(offer.occupations),
        *_skills("concept", offer.skills),
        Clause(OWN_WORDS, _said(offer.phrases)) if offer.phrases else None,
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
        *_occupations(opening.occupations),
        *_skills("named", opening.skills),
        _step(OWN_WORDS, "named", map(phrase_token, opening.phrases)),
        _step(NEARBY, "named", _each(nearness.nearby, opening.places)),
        _step(PLACE - NEARBY, "named", _each(nearness.around, opening.places)),
        _step(LANGUAGE, "named", [language_token(opening.language)]),
        _step(ASKED_LANGUAGE, "named", map(language_token, opening.asked_languages)),
        _step(EMPLOYMENT, "wished", opening.employment),
        _step(REMOTE, "remote", ["true"] if opening.remote else ()),
    ]
    return [one for one in clauses if one is not None]


def _occupations(codes: Codes) -> list[Clause | None]:
    return [
        _step(RELATED, "named", _each(nearness.related, codes)),
        _step(NEAR - RELATED, "named", _each(nearness.near, codes)),
        _step(SAME - NEAR, "named", _each(nearness.same, codes)),
    ]


def _skills(field: str, codes: Codes) -> list[Clause]:
    each: list[Query] = [{"term": {field: code}} for code in sorted(codes)]
    return [
        Clause(weight, {"bool": {"should": each, "minimum_should_match": number}})
        for number, weight in enumerate(SKILLS[: len(codes)], 1)
    ]


def _said(phrases: Codes) -> Query:
    """That a text has one of these, of one word or of several side by side."""
    words = sorted(phrase for phrase in phrases if " " not in phrase)
    several: list[Query] = [{"match_phrase": {"text": phrase}} for phrase in sorted(phrases) if " " in phrase]
    return {"bool": {"should": [{"terms": {"text": words}}, *several], "minimum_should_match": 1}}


def _each(near: Callable[[str], Codes], codes: Codes) -> Codes:
    return frozenset().union(*(near(code) for code in codes))


def _step(weight: int, field: str, values: Iterable[str]) -> Clause | None:
    asked = sorted(values)
    return Clause(weight, {"terms": {field: asked}}) if asked else None


def scored(clauses: Sequence[Clause], found: Query, common: Sequence[Query | None]) -> Query:
    """Of what is found, that which meets one of `common`, scored by the sum of the weights of the clauses that it
    meets: by the two documents alone, and exactly, since the weights are whole numbers."""
    needed = [one for one in common if one is not None]
    return {
        "bool": {
            "filter": [
                found,
                {"bool": {"should": needed, "minimum_should_match": 1}} if needed else {"match_none": {}},
            ],
            "should": [{"constant_score": {"filter": one.asked, "boost": one.weight}} for one in clauses],
            "minimum_should_match": 0,
        }
    }


def _any(field: str, values: Iterable[str]) -> Query | None:
    step = _step(0, field, values)
    return step.asked if step else None


def jobs(offer: Offer, now: datetime, hidden: Sequence[str]) -> Query:
    """The open listings that suit a CV. `hidden` are those that the index may still hold open although they are not."""
    common = [
        _any("named", _each(nearness.related, offer.occupations)),
        _any("concept", offer.skills),
        _said(offer.phrases) if offer.phrases else None,
    ]
    return scored(for_offer(offer), matching(Criteria(), now, hidden), common)


def candidates(opening: Opening, seen_by: Viewer, changed: Sequence[str]) -> Query:
    """The CVs that suit a listing, that this viewer sees and that let themselves be suggested: no other has `named`.
    `changed` are those of which the index may not hold what the database does."""
    found: dict[str, Any] = {"filter": [visibility.in_index(seen_by)]}
    if changed:
        found["must_not"] = [{"ids": {"values": list(changed)}}]
    common = {*_each(nearness.related, opening.occupations), *opening.skills, *map(phrase_token, opening.phrases)}
    return scored(for_opening(opening), {"bool": found}, [_any("named", common)])


def opening_of(listing: Listing) -> Opening:
    """What a listing offers and asks, as it is in the index."""
    return offered.opening(listing, indexed(listing))


def order() -> list[Query]:
    """The order of suggestions, total: of equals the one whose id is younger comes first."""
    return [{"_score": {"order": "desc"}}, {"id": {"order": "desc"}}]
