"""Indexes that nothing writes any more: retired, failed, or of a generation that a restored database never heard of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mappings.client import client
from mappings.indexes import alias
from store import generations
from store.database import transaction

KEPT = ("planned", "building", "live")


def existing(kind: str) -> dict[str, int]:
    """The indexes of a kind that there are, each with its number, whatever the database knows of them."""
    columns = {"format": "json", "h": "index", "expand_wildcards": "all"}
    names = [str(one["index"]) for one in client().cat.indices(index=f"{alias(kind)}-*", params=columns)]
    ours = re.compile(f"{re.escape(alias(kind))}-([0-9]+)")
    return {name: int(found[1]) for name in names if (found := ours.fullmatch(name))}


def drop(kinds: Sequence[str]) -> list[str]:
    """Delete what nothing writes: no tombstone reaches it, so that it would keep what was erased. Returns the names.

    Searches that read a retired index at this moment fail once, and are asked again.
    """
    found: list[str] = []
    for kind in kinds:
        # The indexes first: each that is listed had its row before it was made.
        names = existing(kind)
        with transaction() as session:
            known = {one.index_name for one in generations.in_state(session, kind, KEPT)}
        found += sorted(names.keys() - known)
    if found:
        client().indices.delete(index=",".join(found), params={"ignore_unavailable": "true"})
    return found
