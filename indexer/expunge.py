"""Removes overwritten content from the segments of the indexes, and proves that none is left.

OpenSearch keeps deleted documents for the recovery of replicas until a retention lease moves on, which a background
task does every 30 seconds: a merge before that removes nothing. So this flushes, merges, looks, and tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from mappings.client import client
from store import generations
from store.database import transaction

WITHIN = 180.0
PAUSE = 3.0


class NotExpunged(Exception):
    """Deleted documents were still in the segments after all tries."""


def expunge(progress: Callable[[str, int], None] = lambda index, left: None) -> list[str]:
    """Merge deleted documents out of every index that is written; returns the indexes, once each holds none.

    `progress(index, left)` is told how many are left after each try. Raises NotExpunged after three minutes.
    """
    with transaction() as session:
        names = sorted(name for kind in generations.KINDS for name in generations.written(session, kind))
    until = time.monotonic() + WITHIN
    for name in names:
        while True:
            client().indices.refresh(index=name)
            client().indices.flush(index=name, params={"force": "true"})
            client().indices.forcemerge(index=name, params={"only_expunge_deletes": "true"}, request_timeout=WITHIN)
            client().indices.refresh(index=name)
            left = deleted(name)
            progress(name, left)
            if not left:
                break
            if time.monotonic() > until:
                raise NotExpunged(f"{left} deleted documents are left in {name}")
            time.sleep(PAUSE)
    return names


def deleted(index: str) -> int:
    """How many deleted documents the segments of an index still hold."""
    segments = client().cat.segments(index=index, params={"format": "json", "h": "docs.deleted"})
    return sum(int(segment["docs.deleted"]) for segment in segments)
