"""An answer of the search engine that does not speak for every shard, in time, is an error and never "no match"."""

from __future__ import annotations

from typing import Any

import pytest

from mappings import client
from mappings.client import Incomplete, whole
from matcher import percolate

pytestmark = pytest.mark.invariant(11)

SHARDS = {"total": 2, "successful": 2, "skipped": 0, "failed": 0}
GOOD: dict[str, Any] = {
    "took": 1,
    "timed_out": False,
    "_shards": SHARDS,
    "hits": {"hits": []},
    "aggregations": {"criteria": {"sum_other_doc_count": 0, "buckets": [{"key": 7}]}},
}
BAD = {
    "a shard failed": {**GOOD, "_shards": {**SHARDS, "successful": 1, "failed": 1}},
    "a shard is missing without having failed": {**GOOD, "_shards": {**SHARDS, "successful": 1}},
    "time ran out": {**GOOD, "timed_out": True},
    "one search of several was refused": {"error": {"type": "search_phase_execution_exception"}, "status": 503},
}


class Engine:
    """Answers what it is told to."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self._answers = answers
        self.params: dict[str, str] = {}

    def search(self, **asked: Any) -> dict[str, Any]:
        self.params = asked["params"]
        return self._answers[0]

    def msearch(self, **_: Any) -> dict[str, Any]:
        return {"took": 1, "responses": self._answers}


def test_a_whole_answer_is_given_back() -> None:
    assert whole(GOOD) is GOOD


@pytest.mark.parametrize("answer", BAD.values(), ids=list(BAD))
def test_an_answer_that_is_not_whole_is_an_error(answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Incomplete):
        whole(answer)
    engine = Engine([answer])
    monkeypatch.setattr(client, "client", lambda: engine)
    with pytest.raises(Incomplete):
        client.search("some", {})
    assert engine.params["allow_partial_search_results"] == "false"


@pytest.mark.parametrize("answer", BAD.values(), ids=list(BAD))
def test_one_bad_answer_among_percolations_is_an_error_for_all(
    answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a listing would count as matched against alerts that nobody asked."""
    monkeypatch.setattr(client, "client", lambda: Engine([GOOD, answer]))
    with pytest.raises(Incomplete):
        percolate.find({"one": {}, "two": {}})


def test_answers_that_went_missing_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are told apart by their place alone: with one less, all after it would be another listing's."""
    monkeypatch.setattr(client, "client", lambda: Engine([GOOD]))
    with pytest.raises(Incomplete):
        percolate.find({"one": {}, "two": {}})


def test_whole_answers_are_told_in_the_order_of_the_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {**GOOD, "aggregations": {"criteria": {"sum_other_doc_count": 0, "buckets": []}}}
    monkeypatch.setattr(client, "client", lambda: Engine([GOOD, other]))
    assert percolate.find({"one": {}, "two": {}}) == {"one": [7], "two": []}
