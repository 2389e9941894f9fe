"""Brings changed rows to every index that is read or being built, with the row's version: late writes lose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.kinds import KINDS, Kind, Row
from mappings.client import Incomplete, client
from mappings.indexes import MARK, shape
from store import generations, owed
from store.database import transaction
from store.errors import Conflict
from store.owed import Debt

CONFLICT = 409


class NotWritten(Exception):
    """OpenSearch refused some documents for another reason than that it has newer ones."""


@dataclass(frozen=True)
class Write:
    """A document to be written at the version of its row."""

    id: str
    version: int
    document: dict[str, Any]


def built_by_another(kind_name: str) -> Incomplete:
    """What to raise where an index is for another version to write: it is waited for as an outage is."""
    return Incomplete(f"another version of the service builds the index of {kind_name}", 503)


def writes_of(kind: Kind, subject: str, row: Row | None, version: int) -> list[Write]:
    """What brings the documents of a subject to the state of its row; `version` counts where the row is gone."""
    stamp = version if row is None else row.version
    return [Write(one, stamp, document) for one, document in kind.documents(subject, row).items()]


def bring(kind: Kind, debts: Sequence[Debt]) -> list[str]:
    """Write the present rows of these subjects to every index of the kind, and say which indexes those are.

    A subject whose row is gone is overwritten by a tombstone at the version of its debt. Raises NotWritten, Conflict
    where no index exists yet, Incomplete while another version of the service builds one, or what the services raise.
    """
    with transaction() as session:
        rows = kind.rows(session, [debt.subject for debt in debts])
        writes = [
            write for debt in debts for write in writes_of(kind, debt.subject, rows.get(debt.subject), debt.version)
        ]
        # After the rows, never before: see `generations.written`.
        indexes = generations.written(session, kind.name)
        if generations.built_otherwise(session, kind.name, shape(kind.name)):
            # While a new version of the service is taken into use, workers of the one before are still there. What they
            # made of a row would stay in the new index, at the same version: its own workers do it.
            raise built_by_another(kind.name)
    if not indexes:
        raise Conflict(f"no index of {kind.name} exists yet")
    write(indexes, writes)
    return indexes


def mark(kind: Kind, indexes: Sequence[str]) -> tuple[list[str], int]:
    """Have these indexes say that they hold what was written until now: the mark, and which of them hold it.

    An index whose mark is lower than what was noted was restored from an old copy. It gets none: it goes on being known
    by its mark, whatever is written to it, until it is built anew.
    """
    with transaction() as session:
        # Drawn after the documents were written, so that a copy of the index which lacks one of them has a lower mark.
        # The versions of the rows would not do: they are not written in their order.
        number = generations.next_mark(session)
        # What must be there is read before what is there: in between, another worker only adds to it.
        must_hold = generations.marks(session, indexes)
    held = _held_marks(indexes)
    current = [name for name in indexes if held[name] >= must_hold.get(name, 0)]
    write(current, [mark_document(kind, number)])
    return current, number


def mark_document(kind: Kind, number: int) -> Write:
    """What writes a mark."""
    return Write(MARK, number, {kind.live_field: False})


def _held_marks(indexes: Sequence[str]) -> dict[str, int]:
    asked = [{"_index": name, "_id": MARK} for name in indexes]
    answers = client().mget(body={"docs": asked}, params={"_source": "false"})["docs"]
    return {one["_index"]: one.get("_version", 0) for one in answers}


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


def _sync(kind: Kind, debts: Sequence[Debt]) -> None:
    bring(kind, debts)
    with transaction() as session:
        owed.settle(session, debts)


def _sync_marked(kind: Kind, debts: Sequence[Debt]) -> None:
    indexes = bring(kind, debts)
    marked, number = mark(kind, indexes)
    # Each of them, not the one that is read: the other may become it before it refreshes by itself.
    client().indices.refresh(index=",".join(indexes))
    with transaction() as session:
        generations.note_mark(session, marked, number)
        owed.settle(session, debts)


@owed.job("sync_listing", batch=200, queue=owed.LATER)
def sync_listing(debts: Sequence[Debt]) -> None:
    """Owed work: the listings index holds these listings as they are, or a tombstone."""
    _sync(KINDS["listings"], debts)


@owed.job("sync_criteria", batch=500, queue=owed.NOW)
def sync_criteria(debts: Sequence[Debt]) -> None:
    """Owed work: the alerts index holds the stored queries of these criteria, or a tombstone."""
    _sync(KINDS["alerts"], debts)


@owed.job("sync_cv", batch=200, queue=owed.NOW, gathers=True)
def sync_cv(debts: Sequence[Debt]) -> None:
    """Owed work: the CV index holds these CVs as employers may see them, or a tombstone.

    Searchable before it is settled: until then searches leave these CVs out, so that counts are never of what was.
    """
    _sync_marked(KINDS["cvs"], debts)


@owed.job("sync_search", batch=200, queue=owed.NOW)
def sync_search(debts: Sequence[Debt]) -> None:
    """Owed work: the index of stored searches holds these as they are, or a tombstone."""
    _sync(KINDS["searches"], debts)
