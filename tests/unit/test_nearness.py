"""How near codes are to each other: the same both ways, and each step within the next."""

from __future__ import annotations

import random

import pytest

from mappings import nearness
from mappings.nearness import inside, narrowest, near, nearby, related, same, tells
from store import occupations, places

CHANCE = random.Random(5)
CODES = [one.code for one in occupations.all() if tells(one.code)]
SOME = CHANCE.sample(CODES, 150)
PLACES = CHANCE.sample([one.code for one in places.all()], 60)


def test_near_is_near_both_ways() -> None:
    for step in (same, near, related):
        reached = {code: step(code) for code in SOME}
        for one in SOME:
            assert {other for other in SOME if one in reached[other]} == reached[one] & set(SOME)
    for one in PLACES:
        assert {other for other in PLACES if one in nearby(other)} == nearby(one) & set(PLACES)
        assert {other for other in PLACES if one in inside(other)} == nearness.around(one) & set(PLACES)


def test_each_step_is_within_the_next() -> None:
    for code in SOME:
        assert {code} <= same(code) <= near(code) <= related(code)
        assert all(tells(one) for one in related(code))
    for code in PLACES:
        assert {code} <= inside(code) <= nearby(code)


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("isco-2512", "isco-2512", (True, True, True)),
        ("isco-25", "isco-2512", (True, True, True)),
        ("isco-2512", "isco-2513", (False, False, True)),
        ("isco-2512", "isco-2521", (False, False, False)),
        ("isco-2", "isco-25", (False, False, False)),
    ],
)
def test_how_near(one: str, other: str, steps: tuple[bool, bool, bool]) -> None:
    assert tuple(one in step(other) for step in (same, near, related)) == steps


def test_places() -> None:
    tampere, nokia, pirkanmaa, helsinki = "fi-837", "fi-536", "fi-r06", "fi-091"
    assert nokia in nearby(tampere)
    assert nokia not in inside(tampere)
    assert tampere in inside(pirkanmaa)
    assert {pirkanmaa, "fi"} <= nearby(tampere)
    assert helsinki not in nearby(tampere)


def test_of_occupations_the_narrowest_stay() -> None:
    assert narrowest(["isco-25", "isco-2512", "isco-5120"]) == {"isco-2512", "isco-5120"}
