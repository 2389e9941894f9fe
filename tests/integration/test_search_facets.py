"""Facets of the job search on the real engine, against counting the rows themselves."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mappings.facets import FACETS, MEMBERS
from mappings.listing import asked
from matcher import search
from matcher.search import Found, Search
from store import criteria
from store.criteria import Criteria
from store.database import transaction
from store.listings import Listing
from tests.integration.test_search import refresh
from tests.making import publish

Work = Callable[[], int]

TITLES = ("Kokki", "Kock", "Cook", "Leipuri")
# What each facet may be asked for, alone or together with the others.
CHOICES: dict[str, tuple[Any, ...]] = {
    "text": ("kokki", "kock", "-leipuri"),
    "places": (["fi-091"], ["fi-r06", "se-0180"], ["fi"]),
    "near": ({"place": "fi-091", "km": 30},),
    "occupations": (["isco-5120"], ["isco-2", "isco-51"]),
    "employment": (["part_time"], ["full_time", "seasonal"]),
    "remote": (True,),
    "languages": (["sv"], ["fi", "en"]),
    "employers": (["Pohjolan hoiva"], ["Muu Oy", "Nobody"]),
    "salary_min": (3000,),
}


def made(chance: random.Random, count: int) -> list[Listing]:
    with transaction() as session:
        return [
            publish(
                session,
                f"a-{number}",
                by=(by := chance.choice(("Pohjolan hoiva", "Muu Oy", "Köket AB"))),
                employer=by,
                title=chance.choice(TITLES),
                description="<p>Tervetuloa.</p>",
                language=chance.choice(("fi", "sv", "en")),
                places=tuple(chance.sample(("fi-837", "fi-091", "fi-092", "se-0180", "fi-r06"), chance.choice((1, 2)))),
                occupation=chance.choice((None, "isco-2221", "isco-5120", "isco-7512")),
                employment=tuple(chance.sample(("full_time", "part_time", "seasonal"), chance.choice((1, 2)))),
                remote=chance.random() < 0.3,
                salary=chance.choice((None, 2600, 3100)),
            )
            for number in range(count)
        ]


def find(chosen: Criteria, **options: Any) -> Found:
    with transaction() as session:
        return search.find(session, Search(chosen, "relevance", size=100, **options))


def values(facet: str, row: Listing) -> list[str]:
    """The values of a row that a facet counts."""
    value = asked(row).get(FACETS[facet]["field"], [])
    found = [value] if isinstance(value, str) else list(value)
    if facet == "salary_min":
        amounts = [int(one.partition(":")[2]) for one in found]
        return [str(one) for one in amounts if one % 500 == 0]
    if facet == "remote":
        return [one for one in found if one == "true"]
    return [one for one in found if one.startswith("isco-")] if facet == "occupation" else found


@pytest.mark.promise("L2")
def test_a_facet_counts_what_there_is_beside_its_own_choice(work: Work) -> None:
    """For many searches: each count is the number of rows that the search finds with that facet's choice taken back."""
    chance = random.Random(11)
    rows = {row.id: row for row in made(chance, 90)}
    work()
    refresh()
    searches: list[dict[str, Any]] = [{}]
    for _ in range(25):
        names = chance.sample(sorted(CHOICES), chance.randint(1, 4))
        searches.append({name: chance.choice(CHOICES[name]) for name in names})
    more = 0
    for given in searches:
        chosen = criteria.read(given, anything=True)
        plain, counted = find(chosen), find(chosen, facets=True)
        assert (counted.total, [hit.listing.id for hit in counted.hits], counted.next) == (
            plain.total,
            [hit.listing.id for hit in plain.hits],
            plain.next,
        )
        for facet in FACETS:
            beside = [rows[hit.listing.id] for hit in find(replace(chosen, **MEMBERS[facet])).hits]
            expected = Counter(value for row in beside for value in values(facet, row))
            assert {one.value: one.count for one in counted.facets[facet]} == expected, (given, facet)
            more += len(beside) > plain.total
    assert more > 20


@pytest.mark.promise("L2")
def test_who_chose_a_town_sees_how_many_another_has(work: Work) -> None:
    with transaction() as session:
        for number, place in enumerate(("fi-091", "fi-837", "fi-837")):
            publish(session, f"a-{number}", places=(place,), title="Kokki")
    work()
    refresh()
    found = find(Criteria(places=("fi-091",)), facets=True)
    assert found.total == len(found.hits) == 1
    counts = {one.value: one.count for one in found.facets["place"]}
    assert (counts["fi-091"], counts["fi-837"], counts["fi"]) == (1, 2, 3)
    assert [(one.value, one.count) for one in found.facets["employment"]] == [("full_time", 1)]
