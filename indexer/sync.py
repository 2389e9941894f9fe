"""Brings changed rows to every index that is read or being built, with the row's version: late writes lose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.kinds import KINDS, Kind, Row
from mappings.client import client
from store import generations, owed
from store.database import transaction
from store.errors import Conflict
from store.owed import Debt

CONFLICT = 409
# The document that says how new an index is: the highest version that was written to it. It is a tombstone.
MARK = "mark"


class NotWritten(Exception):
    """OpenSearch refused some documents for another reason than that it has newer ones."""


@dataclass(frozen=True)
class Write:
    """A document to be written at the version of its row."""

    id: str
    version: int
    document: dict[str, Any]


def writes_of(kind: Kind, subject: str, row: Row | None, version: int) -> list[Write]:
    """What brings the documents of a subject to the state of its row; `version` counts where the row is gone."""
    stamp = version if row is None else row.version
    return [Write(one, stamp, document) for one, document in kind.documents(subject, row).items()]


def bring(kind: Kind, debts: Sequence[Debt], *, refresh: bool = False) -> tuple[list[str], int]:
    """Write the present rows of these subjects to every index of the kind; with `refresh`, searchable on return. Says
    which indexes those are, and the highest version written.

    A subject whose row is gone is overwritten by a tombstone at the version of its debt. Raises NotWritten, Conflict
    where no index exists yet, or what the services raise.
    """
    with transaction() as session:
        rows = kind.rows(session, [debt.subject for debt in debts])
        writes = [
            write for debt in debts for write in writes_of(kind, debt.subject, rows.get(debt.subject), debt.version)
        ]
        # After the rows, never before: see `generations.written`.
        indexes = generations.written(session, kind.name)
    if not indexes:
        raise Conflict(f"no index of {kind.name} exists yet")
    mark = max(one.version for one in writes)
    if kind.marked:
        writes.append(Write(MARK, mark, {kind.live_field: False}))
    write(indexes, writes)
    if refresh:
        # Each of them, not the one that is read: the other may become it before it refreshes by itself.
        client().indices.refresh(index=",".join(indexes))
    return indexes, mark


def write(indexes: Iterable[str], writes: Sequence[Write]) -> int:
    """Write documents to these indexes; returns how many were late. Raises NotWritten for any other refusal."""
    lines: list[dict[str, Any]] = []
    for index in indexes:
        for one in writes:
            # external_gte: the same version again is the same row again, analysed as this index analyses.
            target = {"_index": index, "_id": one.id, "version": one.version, "version_type": "external_gte"}
            lines += [{"index": target}, one.document]
    if not lines:
        return 0
    answer = client().bulk(body=lines, params={"filter_path": "errors,items.*.status,items.*.error.type"})
    if not answer["errors"]:
        return 0
    refused = [item["index"] for item in answer["items"] if "error" in item["index"]]
    reasons = {one["error"]["type"] for one in refused if one["status"] != CONFLICT}
    if reasons:
        raise NotWritten(f"{len(refused)} of {len(lines) // 2} documents: {', '.join(sorted(reasons))}")
    return len(refused)


def _sync(kind: Kind, debts: Sequence[Debt], *, refresh: bool = False) -> None:
    indexes, mark = bring(kind, debts, refresh=refresh)
    with transaction() as session:
        if kind.marked:
            generations.note_mark(session, indexes, mark)
        owed.settle(session, debts)


@owed.job("sync_listing", batch=200, queue=owed.LATER)
def sync_listing(debts: Sequence[Debt]) -> None:
    """Owed work: the listings index holds these listings as they are, or a tombstone."""
    _sync(KINDS["listings"], debts)


@owed.job("sync_criteria", batch=500, queue=owed.NOW)
def sync_criteria(debts: Sequence[Debt]) -> None:
    """Owed work: the alerts index holds the stored queries of these criteria, or a tombstone."""
    _sync(KINDS["alerts"], debts)


@owed.job("sync_cv", batch=200, queue=owed.NOW)
def sync_cv(debts: Sequence[Debt]) -> None:
    """Owed work: the CV index holds these CVs as employers may see them, or a tombstone.

    Searchable before it is settled: until then searches leave these CVs out, so that counts are never of what was.
    """
    _sync(KINDS["cvs"], debts, refresh=True)


@owed.job("sync_search", batch=200, queue=owed.NOW)
def sync_search(debts: Sequence[Debt]) -> None:
    """Owed work: the index of stored searches holds these as they are, or a tombstone."""
    _sync(KINDS["searches"], debts)
