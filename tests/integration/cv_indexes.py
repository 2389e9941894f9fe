"""What can befall the CV index, done by hand: copied, restored from an old copy, lost, and deletions forgotten; and the
worker that pauses just before it writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from indexer import rebuild, sync
from indexer.sync import Write
from mappings import indexes
from mappings.client import client
from mappings.indexes import MARK
from store import generations, owed
from store.database import transaction
from store.owed import Debt

Document = tuple[str, int, dict[str, Any]]
# OpenSearch looks at a clock of its own, which moves on every 200 ms.
FORGOTTEN_AFTER = 0.3

_here = threading.local()


@dataclass(frozen=True)
class Copy:
    """An index as it was at one moment: its documents with their versions."""

    index: str
    documents: list[Document]


def documents(index: str) -> list[Document]:
    """All documents of an index, tombstones and the mark among them."""
    body = {"size": 1000, "query": {"match_all": {}}, "version": True}
    client().indices.refresh(index=index)
    hits = client().search(index=index, body=body)["hits"]["hits"]
    return [(hit["_id"], hit["_version"], hit["_source"]) for hit in hits]


def restore(copy: Copy) -> None:
    """Put an index back to what it was, under its name and alias."""
    live = live_index("cvs")
    client().indices.delete(index=copy.index, params={"ignore_unavailable": "true"})
    body = indexes.body("cvs")
    if copy.index == live:
        body["aliases"] = {indexes.alias("cvs"): {}}
    client().indices.create(index=copy.index, body=body)
    lines: list[dict[str, Any]] = []
    for one, version, source in copy.documents:
        target = {"_index": copy.index, "_id": one, "version": version, "version_type": "external"}
        lines += [{"index": target}, source]
    if lines:
        answer = client().bulk(body=lines, params={"refresh": "true"})
        assert not answer["errors"]


def lose(index: str) -> None:
    """The index is gone, whole."""
    client().indices.delete(index=index)


def exists(index: str) -> bool:
    return bool(client().indices.exists(index=index))


def forget_deletions(names: Iterable[str]) -> None:
    """From now on what was deleted is not remembered: `index.gc_deletes` is over for all of it."""
    for name in names:
        if exists(name):
            client().indices.put_settings(index=name, body={"index": {"gc_deletes": "1ms"}})
            time.sleep(FORGOTTEN_AFTER)
            client().indices.refresh(index=name)


def live_index(kind: str) -> str:
    with transaction() as session:
        live = generations.live(session, kind)
    assert live is not None
    return live.index_name


def written(kind: str) -> list[str]:
    with transaction() as session:
        return [one.index_name for one in generations.in_state(session, kind, ("building", "live"))]


def begin_anew(kinds: Sequence[str]) -> None:
    """One empty index of each kind, and no memory of others."""
    for kind in kinds:
        client().indices.delete(index=f"{indexes.alias(kind)}-*", params={"expand_wildcards": "all"})
    with transaction() as session:
        session.execute(text("DELETE FROM generations WHERE kind = ANY(:kinds)"), {"kinds": list(kinds)})
    rebuild.ensure()


# Workers.


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside the block, something can happen just before a worker writes to the index: see `before_write`, `Paused`."""
    real = sync.write

    def write(names: Iterable[str], writes: Sequence[Write]) -> int:
        waiting: Callable[[], None] | None = getattr(_here, "waiting", None)
        # A mark is written under a lock for which this thread would wait in vain.
        if waiting is not None and [one.id for one in writes] != [MARK]:
            _here.waiting = None
            waiting()
        return real(names, writes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync, "write", write)
        yield


@contextmanager
def before_write(event: Callable[[], None]) -> Iterator[None]:
    """Inside the block, this happens between the first reading of rows and their writing to the index."""
    _here.waiting = event
    try:
        yield
    finally:
        _here.waiting = None


@contextmanager
def amid(owner: Any, name: str, event: Callable[[], None], *, before: bool) -> Iterator[None]:
    """Inside the block, this happens before or after the first call of a function."""
    real, patch = getattr(owner, name), pytest.MonkeyPatch()

    def call(*given: Any, **named: Any) -> Any:
        patch.undo()
        if before:
            event()
        found = real(*given, **named)
        if not before:
            event()
        return found

    patch.setattr(owner, name, call)
    try:
        yield
    finally:
        patch.undo()


class Paused:
    """A worker that has read its rows and where they go to, and writes nothing until it is woken."""

    def __init__(self, debts: Sequence[Debt]) -> None:
        self._read, self._go = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._work: Future[None] = self._pool.submit(self._run, debts)
        self._work.add_done_callback(lambda _: self._read.set())
        assert self._read.wait(30)

    def _run(self, debts: Sequence[Debt]) -> None:
        _here.waiting = self._wait
        owed.jobs()["sync_cv"].work(debts)

    def _wait(self) -> None:
        self._read.set()
        assert self._go.wait(600)

    def wake(self) -> None:
        """Let it go on to its end; raises what it raised."""
        self._go.set()
        self._pool.shutdown()
        self._work.result()
