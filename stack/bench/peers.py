"""The peers of the pipeline: a bare percolation, and the cron way, which runs every saved search on what is new."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from mappings.client import client, msearch
from mappings.indexes import body
from mappings.query import query
from matcher import percolate
from store.criteria import Criteria

Pairs = set[tuple[str, int]]

AT_ONCE = 100  # saved searches in one request
MOST = 10_000


def fingerprint(pairs: Iterable[tuple[str, int]]) -> str:
    """A hash of a whole result set: two ways of matching are compared by it, never by counts."""
    lines = "\n".join(f"{listing} {number}" for listing, number in sorted(pairs))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def percolation(documents: Mapping[UUID, dict[str, Any]]) -> tuple[float, Pairs]:
    """Documents percolated in the requests that the product makes, and nothing else done: seconds, and pairs found."""
    start = time.perf_counter()
    found = percolate.find(documents)
    took = time.perf_counter() - start
    return took, {(str(listing_id), number) for listing_id, numbers in found.items() for number in numbers}


def cron(name: str, documents: Mapping[UUID, dict[str, Any]], asked: Mapping[int, Criteria]) -> tuple[float, Pairs]:
    """Every saved search run on an index of the new listings alone, as a job would every so often.

    Returns the seconds that the searches took (filling the index is not counted), and the pairs found.
    """
    client().indices.create(index=name, body=body("listings"))
    try:
        lines: list[dict[str, Any]] = []
        for listing_id, document in documents.items():
            lines += [{"index": {"_index": name, "_id": str(listing_id)}}, document]
        client().bulk(body=lines, params={"refresh": "true"})
        numbers: Sequence[int] = list(asked)
        pairs: Pairs = set()
        start = time.perf_counter()
        for first in range(0, len(numbers), AT_ONCE):
            part = numbers[first : first + AT_ONCE]
            searches = [{"query": query(asked[number]), "size": MOST, "_source": False} for number in part]
            for number, answer in zip(part, msearch(name, searches), strict=True):
                pairs |= {(hit["_id"], number) for hit in answer["hits"]["hits"]}
        return time.perf_counter() - start, pairs
    finally:
        client().indices.delete(index=name)
