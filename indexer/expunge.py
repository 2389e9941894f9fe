"""Removes overwritten content from the segments of the indexes, and proves that none of it is left, while writes go on.

OpenSearch keeps deleted documents for the recovery of replicas until a retention lease moves on, which a background
task does every 30 seconds: a merge before that carries them along. So a shard is first waited for until it keeps no
operation up to the mark, which is the last one at the time of asking; then it is merged, and whatever held deleted
documents before must be gone from the list of its segments. What was deleted after the mark may still be there: it is
another round's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from mappings.client import client
from store import generations
from store.database import transaction

WITHIN = 180.0
PAUSE = 3.0
MERGE_WITHIN = 240.0

# The number of the last operation of each shard, by `index/shard`.
Marks = dict[str, int]


class NotExpunged(Exception):
    """Deleted documents were still in the segments after all tries."""


def expunge(progress: Callable[[str, int], None] = lambda index, left: None) -> list[str]:
    """Merge what is deleted by now out of every index that is written; returns the indexes, once each is rid of it.

    `progress(index, left)` is told how many deleted documents there are after each try. Raises NotExpunged after three
    minutes.
    """
    with transaction() as session:
        names = sorted(name for kind in generations.KINDS for name in generations.written(session, kind))
    until = time.monotonic() + WITHIN
    wanted = marks(names)
    for name in names:
        of_index = {shard: mark for shard, mark in wanted.items() if index_of(shard) == name}
        while not purge(of_index):
            left = deleted(name)
            progress(name, left)
            if time.monotonic() > until:
                raise NotExpunged(f"{left} deleted documents are left in {name}")
            time.sleep(PAUSE)
        progress(name, deleted(name))
    return names


def marks(indexes: Iterable[str]) -> Marks:
    """Up to where the shards of these indexes must be rid of what is deleted, for all that is deleted by now to go."""
    found: Marks = {}
    for name, copy in _copies(list(indexes)):
        found[name] = max(found.get(name, -1), copy["seq_no"]["max_seq_no"])
    return found


def purge(wanted: Marks) -> bool:
    """One try to be rid of what was deleted up to these marks; says whether it is gone."""
    kept = kept_from({index_of(shard) for shard in wanted})
    if any(kept[shard] <= mark for shard, mark in wanted.items() if shard in kept):
        return False
    return merge({index_of(shard) for shard in kept})


def kept_from(indexes: Iterable[str]) -> Marks:
    """The first operation of which each shard of these indexes still keeps what was deleted: what was deleted before
    goes with the next merge. Indexes that do not exist any more are left out."""
    names = [name for name in sorted(indexes) if client().indices.exists(index=name)]
    if names:
        client().indices.refresh(index=",".join(names))
        client().indices.flush(index=",".join(names), params={"force": "true"})
    found: Marks = {}
    for shard, copy in _copies(names):
        kept = int(copy["commit"]["user_data"]["min_retained_seq_no"])
        found[shard] = min(found.get(shard, kept), kept)
    return found


def merge(indexes: Iterable[str]) -> bool:
    """Merge the deleted documents out of these indexes, but for those that are kept; says whether all segments are gone
    that held some, of every copy of every shard, and no reader holds on to their files. All are written anew."""
    names = ",".join(sorted(indexes))
    if not names:
        return True
    before = {one for one, left in _segments(names).items() if left}
    client().indices.forcemerge(index=names, params={"only_expunge_deletes": "true"}, request_timeout=MERGE_WITHIN)
    client().indices.refresh(index=names)
    return not before & _segments(names).keys() and not _held(names)


def deleted(index: str) -> int:
    """How many deleted documents the segments of an index still hold."""
    return sum(_segments(index).values())


def index_of(shard: str) -> str:
    """The index that a shard is of."""
    return shard.rpartition("/")[0]


def _copies(indexes: list[str]) -> Iterable[tuple[str, dict[str, Any]]]:
    if not indexes:
        return
    answer = client().indices.stats(index=",".join(indexes), params={"level": "shards"})
    for index, stats in answer["indices"].items():
        for number, copies in stats["shards"].items():
            for copy in copies:
                yield f"{index}/{number}", copy


def _segments(names: str) -> dict[tuple[str, ...], int]:
    """The deleted documents of each segment."""
    columns = ("index", "shard", "prirep", "ip", "segment")
    answer = client().cat.segments(index=names, params={"format": "json", "h": ",".join((*columns, "docs.deleted"))})
    return {tuple(one[column] for column in columns): int(one["docs.deleted"]) for one in answer}


def _held(names: str) -> int:
    """How many searches keep a view of the index, and with it files that are merged away."""
    found = client().indices.stats(index=names, metric="search")["_all"]["total"]["search"]
    return int(found["point_in_time_current"]) + int(found["scroll_current"])
