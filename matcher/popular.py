"""How many open listings have each occupation, place and skill: counted once in a while, to order suggestions by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from mappings import client
from mappings.indexes import alias
from matcher.outage import asking
from store import clock

# An order of suggestions that is so old is as good as a new one, and counting takes longer than suggesting.
AGE = timedelta(minutes=5)
# More values than there are of each; of what texts name, skills alone.
COUNTED: dict[str, dict[str, Any]] = {
    "place": {"field": "place", "size": 2_000},
    "occupation": {"field": "occupation", "size": 5_000},
    "skill": {"field": "concept", "size": 20_000, "include": ".*/esco/skill/.*"},
}


class Popularity:
    """Counts of one moment; each is equal to itself alone, so that what was made by it can be kept as long."""

    def __init__(self, counted_at: datetime, counts: Mapping[str, int]) -> None:
        self.counted_at = counted_at
        self._counts = MappingProxyType(dict(counts))

    def count(self, code: str) -> int:
        """How many open listings had the code, or what lies below it."""
        return self._counts.get(code, 0)


_last: dict[str, Popularity] = {}


def now() -> Popularity:
    """The counts, at most `AGE` old. Raises SearchDown when the engine does not answer and none are kept."""
    index = alias("listings")
    kept = _last.get(index)
    if kept is None or not timedelta(0) <= clock.now() - kept.counted_at < AGE:
        kept = _last[index] = _counted(index)
    return kept


def _counted(index: str) -> Popularity:
    body: dict[str, Any] = {
        "size": 0,
        "query": {"term": {"open": True}},
        "aggs": {name: {"terms": terms} for name, terms in COUNTED.items()},
    }
    with asking():
        answer = client.search(index, body)
    counts: dict[str, int] = {}
    for name in COUNTED:
        counts.update({bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"][name]["buckets"]})
    return Popularity(clock.now(), counts)
