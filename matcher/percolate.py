"""Finds the criteria that match listings: one percolation a listing, many in a request, numbers only in the answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

from mappings.client import msearch
from mappings.indexes import alias
from store.faults import log

Subject = TypeVar("Subject", bound=Hashable)

TOGETHER = 20  # percolations a request
MOST = 50_000  # criteria in one answer, below OpenSearch's limit of 65,535 buckets
PARTS = 16


def find(documents: Mapping[Subject, dict[str, Any]], only: Sequence[int] | None = None) -> dict[Subject, list[int]]:
    """For each document the numbers of the criteria whose stored query it meets; with `only`, of these at most.

    Filter context, no hits and an aggregation on the number: nothing is scored, fetched or run twice. Raises
    mappings.client.Incomplete when a shard did not answer, or what opensearchpy raises.
    """
    found: dict[Subject, list[int]] = {}
    subjects = list(documents)
    for start in range(0, len(subjects), TOGETHER):
        part = subjects[start : start + TOGETHER]
        answers = msearch(alias("alerts"), [_body(documents[subject], only) for subject in part])
        for subject, answer in zip(part, answers, strict=True):
            criteria = answer["aggregations"]["criteria"]
            if criteria["sum_other_doc_count"]:
                log.warning("a listing matches more than %d criteria: asking in %d parts", MOST, PARTS)
                found[subject] = _in_parts(documents[subject])
            else:
                found[subject] = [bucket["key"] for bucket in criteria["buckets"]]
    return found


def _body(document: dict[str, Any], only: Sequence[int] | None, part: int | None = None) -> dict[str, Any]:
    asked: list[dict[str, Any]] = [{"percolate": {"field": "query", "document": document}}]
    if only is not None:
        asked.insert(0, {"terms": {"criteria": list(only)}})
    terms: dict[str, Any] = {"field": "criteria", "size": MOST}
    if part is not None:
        terms["include"] = {"partition": part, "num_partitions": PARTS}
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"filter": asked}},
        "aggs": {"criteria": {"terms": terms}},
    }


def _in_parts(document: dict[str, Any]) -> list[int]:
    answers = msearch(alias("alerts"), [_body(document, None, part) for part in range(PARTS)])
    if any(answer["aggregations"]["criteria"]["sum_other_doc_count"] for answer in answers):
        raise OverflowError(f"a listing matches more than {MOST * PARTS} criteria")
    return [bucket["key"] for answer in answers for bucket in answer["aggregations"]["criteria"]["buckets"]]
