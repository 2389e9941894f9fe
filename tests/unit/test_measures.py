"""Recall, precision, nDCG and MRR as the books define them, and floors that are held."""

from __future__ import annotations

from math import log2

import pytest

from stack.evaluation import floors
from stack.evaluation.measures import Figure, Tally, ndcg, reciprocal_rank


def test_recall_counts_what_should_be_found_over_all_searches() -> None:
    tally = Tally()
    tally.add("a", {"1", "2", "3"}, (), ["1", "2", "9"])
    tally.add("b", {"4"}, (), [])
    assert (tally.recall, tally.precision) == (0.5, 1.0)
    assert tally.missed == [("a", "3"), ("b", "4")]


def test_precision_counts_what_should_not_be_found() -> None:
    tally = Tally()
    tally.add("a", {"1", "2"}, {"7", "8"}, ["7", "1", "2", "5"])
    assert tally.precision == pytest.approx(2 / 3)
    assert tally.mistaken == [("a", "7")]


def test_nothing_to_find_is_nothing_missed() -> None:
    assert (Tally().recall, Tally().precision) == (1.0, 1.0)


def test_the_best_order_has_an_ndcg_of_one() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c", "x"], grades) == 1.0
    assert ndcg(["x", "y"], grades) == 0.0


def test_ndcg_discounts_by_place() -> None:
    expected = (3 / log2(2) + 7 / log2(3)) / (7 / log2(2) + 3 / log2(3))
    assert ndcg(["b", "a"], {"a": 3, "b": 2}) == pytest.approx(expected)


def test_ndcg_looks_at_the_first_hits_only_and_counts_none_twice() -> None:
    assert ndcg(["x", "a"], {"a": 3}, top=1) == 0.0
    assert ndcg(["a", "a"], {"a": 1, "b": 1}, top=2) == ndcg(["a"], {"a": 1, "b": 1}, top=2)


def test_the_reciprocal_rank_is_of_the_first_good_hit() -> None:
    assert reciprocal_rank(["x", "y", "a", "b"], {"a", "b"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"], {"a"}) == 0.0


def _figure(recall: float) -> Figure:
    return Figure("inflection", "fi", "inflection", "dev", "vahti", 1, 10, recall=recall)


def test_a_figure_below_its_floor_is_told() -> None:
    figure = _figure(0.9)
    assert floors.below({figure.name: figure}, {figure.name: {"recall": 0.9}}) == []
    (told,) = floors.below({figure.name: figure}, {figure.name: {"recall": 0.95}})
    assert told == "inflection/fi/inflection/dev: recall is 0.9, the floor is 0.95"


def test_a_figure_without_a_floor_and_a_floor_without_a_figure_are_told() -> None:
    figure = _figure(0.9)
    assert floors.unheld({figure.name: figure}, {}) == [figure.name]
    assert floors.unheld({figure.name: figure}, {figure.name: {}}) == []
    assert "not measured" in floors.below({}, {figure.name: {"recall": 0.9}})[0]
    (told,) = floors.below({figure.name: figure}, {figure.name: {"ndcg": 0.1}})
    assert "ndcg is None" in told
