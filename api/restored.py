"""Indexes that were restored from an old copy: whoever comes upon one has it built anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from indexer import rebuild
from matcher.outage import Outdated
from store.database import transaction
from store.errors import Conflict


@contextmanager
def noticed() -> Iterator[None]:
    """Where the block comes upon such an index, it is built from the rows; until then nothing is read from it. Outside
    of the block's transaction, which ends first. Raises what the block raised."""
    try:
        yield
    except Outdated as outdated:
        try:
            with transaction() as session:
                rebuild.begin(session, outdated.kind)
        except Conflict:
            pass  # it is being built already
        raise
