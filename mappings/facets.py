"""How many of what a search counts: each facet with its own choice lifted, so that it shows what else there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mappings.query import Query, query
from store.criteria import SALARY_STEPS, Criteria

# A shard's own most frequent values may not be those of all: each tells of more than there are places or groups.
OF_A_SHARD = 1000
FACETS: dict[str, dict[str, Any]] = {
    "place": {"field": "place", "size": 100, "shard_size": OF_A_SHARD},
    # Groups of ISCO-08 at each of their four levels; the occupations of ESCO below them are too many to choose from.
    "occupation": {"field": "occupation", "size": 100, "shard_size": OF_A_SHARD, "include": "isco-[0-9]+"},
    "employment": {"field": "employment", "size": 20},
    # Nobody looks for work that is not remote: asking for it finds what asking for nothing does.
    "remote": {"field": "remote", "size": 1, "include": ["true"]},
    # Of one currency, and not each step: see `counts`.
    "salary_min": {"field": "salary", "size": 50},
    "language": {"field": "language", "size": 10},
    "employer": {"field": "employer", "size": 30, "shard_size": OF_A_SHARD},
}
# The members of criteria by which each facet narrows, with what they are when nothing is chosen.
MEMBERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "place": {"places": (), "near": None},
        "occupation": {"occupations": ()},
        "employment": {"employment": ()},
        "remote": {"remote": False},
        "salary_min": {"salary_min": None, "salary_currency": None},
        "language": {"languages": ()},
        "employer": {"employers": ()},
    }
)


def lifted(criteria: Criteria) -> Criteria:
    """The criteria without what was chosen in any facet: what all counts have in common."""
    return replace(criteria, **{name: nothing for members in MEMBERS.values() for name, nothing in members.items()})


def chosen(criteria: Criteria) -> dict[str, Query]:
    """What was chosen in each facet as a filter: with `lifted`, together they are the criteria."""
    filters = {}
    for facet, members in MEMBERS.items():
        own = {name: getattr(criteria, name) for name in members if getattr(criteria, name)}
        if own:
            filters[facet] = query(Criteria(**own))
    return filters


def narrowing(criteria: Criteria) -> Query:
    """All that was chosen in facets, as the filter that comes after counting."""
    return {"bool": {"filter": list(chosen(criteria).values())}}


def counts(criteria: Criteria, currency: str = "EUR") -> dict[str, Query]:
    """Counts, of the listings that meet `lifted` criteria: of each facet among those that meet all choices but its own.

    Salaries are those of `currency`, one of `SALARY_STEPS`, every fifth step. Of each employer one listing comes along,
    whose row says how the employer writes its name.
    """
    filters = chosen(criteria)
    counted: dict[str, Query] = {}
    for name, terms in FACETS.items():
        values: dict[str, Any] = {"terms": dict(terms)}
        if name == "employer":
            values["aggs"] = {"one": {"top_hits": {"size": 1, "_source": ["id"]}}}
        if name == "salary_min":
            values["terms"]["include"] = f"{currency}:[0-9]*[05]{str(SALARY_STEPS[currency])[1:]}"
        others = [one for facet, one in filters.items() if facet != name]
        counted[name] = {"filter": {"bool": {"filter": others}}, "aggs": {"values": values}}
    return counted
