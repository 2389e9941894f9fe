"""Criteria out of what people send: canonical, or refused with the field, the reason and what would be right."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from store.criteria import EMPLOYMENT, Criteria, from_body, read, selective
from store.errors import Invalid, Problem
from store.near import Near


def problems(data: dict[str, Any]) -> list[Problem]:
    with pytest.raises(Invalid) as caught:
        read(data)
    return caught.value.problems


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": ""},
        {"languages": ["fi", "sv", "en"]},
        {"places": ["fi"]},
        {"places": ["fi", "se"], "languages": ["fi"], "exclude": "kokki"},
        {"remote": False},
        {"text": "-kokki"},
    ],
)
def test_criteria_that_choose_nothing_are_refused(data: dict[str, Any]) -> None:
    [problem] = problems(data)
    assert problem.field == "criteria"
    assert "nearly every listing" in problem.reason
    assert "word" in problem.right


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"text": "x" * 301}, "criteria.text"),
        ({"text": " ".join(f"w{n}" for n in range(13))}, "criteria.text"),
        ({"text": "???"}, "criteria.text"),
        ({"text": 7}, "criteria.text"),
        ({"text": "a b", "exclude": "a"}, "criteria.exclude"),
        ({"places": ["fi-091", "fi-999"]}, "criteria.places[1]"),
        ({"places": "fi-091"}, "criteria.places"),
        ({"places": [f"fi-{n}" for n in range(31)]}, "criteria.places"),
        ({"occupations": ["isco-99999"]}, "criteria.occupations[0]"),
        ({"employment": ["sometimes"]}, "criteria.employment[0]"),
        ({"languages": ["de"]}, "criteria.languages[0]"),
        ({"text": "a", "remote": "yes"}, "criteria.remote"),
        ({"text": "a", "salary_min": -1}, "criteria.salary_min"),
        ({"text": "a", "salary_min": 1_000_000}, "criteria.salary_min"),
        ({"text": "a", "salary_min": True}, "criteria.salary_min"),
        ({"text": "a", "salary_min": 3000, "salary_currency": "DEM"}, "criteria.salary_currency"),
        ({"text": "a", "employers": [""]}, "criteria.employers[0]"),
        ({"near": "fi-091"}, "criteria.near"),
        ({"near": {"place": "fi-091"}}, "criteria.near"),
        ({"near": {"place": "fi-r01", "km": 30}}, "criteria.near.place"),
        ({"near": {"place": "fi-091", "km": 0}}, "criteria.near.km"),
        ({"near": {"place": "fi-091", "km": 301}}, "criteria.near.km"),
        ({"near": {"place": "fi-091", "km": True}}, "criteria.near.km"),
        ({"txt": "a"}, "criteria.txt"),
    ],
)
def test_a_problem_names_its_field_and_what_would_be_right(data: dict[str, Any], field: str) -> None:
    [problem] = problems(data)
    assert problem.field == field
    assert problem.reason
    assert problem.right


def test_all_problems_are_told_at_once() -> None:
    fields = {problem.field for problem in problems({"text": 1, "places": ["x"], "remote": 2, "salary_min": "much"})}
    assert fields == {"criteria.text", "criteria.places[0]", "criteria.remote", "criteria.salary_min"}


def test_a_distance_alone_chooses_and_is_in_whole_kilometres() -> None:
    assert read({"near": {"place": "fi-837", "km": 30.9}}) == Criteria(near=Near("fi-837", 30))
    assert read({"near": None, "text": "a"}).near is None


def test_what_a_wider_choice_covers_is_dropped() -> None:
    chosen = read({"places": ["fi-837", "fi-r06", "se-0180"], "occupations": ["isco-2221", "isco-22"]})
    assert chosen.places == ("fi-r06", "se-0180")
    assert chosen.occupations == ("isco-22",)


valid = st.fixed_dictionaries(
    {"text": st.text('abcåäö C#+"-', min_size=1, max_size=40)},
    optional={
        "places": st.lists(st.sampled_from(["fi", "fi-r06", "fi-837", "se-01", "se-0180"]), max_size=4),
        "employment": st.lists(st.sampled_from(EMPLOYMENT), max_size=4),
        "languages": st.lists(st.sampled_from(["fi", "sv", "en"]), max_size=3),
        "salary_min": st.integers(100, 20_000),
        "near": st.fixed_dictionaries(
            {"place": st.sampled_from(["fi-837", "se-0180"]), "km": st.one_of(st.integers(1, 300), st.floats(1, 300))}
        ),
        "remote": st.booleans(),
        "employers": st.lists(st.text("abc ÅÄÖ", min_size=1, max_size=10).filter(str.strip), max_size=3),
    },
)


@given(valid, st.randoms())
@example({"text": 'a"--C'}, random.Random(1))
@example({"text": 'b "-c"'}, random.Random(1))
@example({"text": 'b -"- c d"'}, random.Random(1))
def test_canonical_criteria_stay_as_they_are(data: dict[str, Any], chance: Any) -> None:
    """Reading what was shown, a stored body, or the same lists in another order gives the same value."""
    try:
        one = read(data)
    except Invalid:
        return
    assert read(one.shown()) == one
    assert from_body(one.body()) == one
    shuffled = {
        key: chance.sample(value, len(value)) if isinstance(value, list) else value for key, value in data.items()
    }
    assert read(shuffled).hash() == one.hash()
    assert selective(one)


def test_different_criteria_differ_in_their_hash() -> None:
    members: list[dict[str, Any]] = [
        {"wanted": ("a",)},
        {"unwanted": ("a",)},
        {"places": ("fi",)},
        {"employers": ("a",)},
        {"remote": True},
    ]
    members += [{"near": Near("fi-837", 30)}, {"near": Near("fi-837", 31)}, {"near": Near("fi-091", 30)}]
    hashes = {Criteria(**member).hash() for member in members}
    assert len(hashes) == len(members)
