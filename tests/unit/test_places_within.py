"""How far places are from each other."""

from __future__ import annotations

import pytest

from store import places


def test_what_lies_within_a_distance_is_there_nearest_first() -> None:
    near = places.within("fi-837", 20)
    assert near[0] == "fi-837"
    assert {"fi-536", "fi-604"} <= set(near)  # Nokia, Pirkkala
    assert "fi-091" not in places.within("fi-837", 100)
    assert "fi-091" in places.within("fi-837", 200)  # about 160 km, as the crow flies


def test_a_farther_distance_never_loses_a_place() -> None:
    assert set(places.within("se-0180", 30)) < set(places.within("se-0180", 60))


def test_a_region_has_no_position() -> None:
    with pytest.raises(ValueError, match="no position"):
        places.within("fi-r06", 10)
