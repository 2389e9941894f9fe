"""Proves that index and database agree: a merge of both sides' (document, version), in the order of the rows."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from indexer.kinds import Kind, Row, subject_of
from mappings.client import client, whole
from store.database import engine
from store.owed import Owed

PAGE = 5000
KEEP = "2m"
LOOKS = 3
PART = 1000

# The place of a document in the order, which side it is from, its id, and the version there.
Seen = tuple[tuple[Any, ...], int, str, int]
DATABASE, INDEX = 0, 1


@dataclass(frozen=True)
class Difference:
    """A document on which the two disagree: the version that each holds, None where it holds none."""

    document: str
    in_database: int | None
    in_index: int | None

    def told(self) -> str:
        """The difference in words."""
        if self.in_index is None:
            return f"{self.document}: missing from the index (database has version {self.in_database})"
        if self.in_database is None:
            return f"{self.document}: in the index at version {self.in_index}, but not to be shown"
        return f"{self.document}: index has version {self.in_index}, database {self.in_database}"


def differences(kind: Kind, index: str) -> list[Difference]:
    """Where this index disagrees with the database, leaving out what is still owed to it.

    Both sides are streamed: memory is bounded by the number of candidates. Each candidate is looked at again by itself,
    so that changes made meanwhile are not taken for differences. Refreshes the index first.
    """
    client().indices.refresh(index=index)
    with Session(engine()) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        candidates = list(_compare(_in_database(session, kind), _in_index(kind, index)))
    parts = [candidates[start : start + PART] for start in range(0, len(candidates), PART)]
    return [one for part in parts for one in _again(kind, index, part)]


def _expected(kind: Kind, row: Row) -> list[str]:
    """The ids of the documents that a row that is shown must have, in their order."""
    return [str(row.id)] if kind.parts is None else kind.parts(row)


def _in_database(session: Session, kind: Kind) -> Iterator[Seen]:
    if kind.parts is None:
        asked: Select[Any] = select(kind.key, kind.row.version).where(kind.shown).order_by(kind.key)
        for key, version in session.execute(asked, execution_options={"yield_per": PAGE}):
            yield (key if isinstance(key, int) else str(key),), DATABASE, str(key), version
        return
    rows: Iterable[Row] = session.scalars(
        select(kind.row).where(kind.shown).order_by(kind.key), execution_options={"yield_per": PAGE}
    )
    for row in rows:
        for one in _expected(kind, row):
            yield (row.id, one.partition(":")[2]), DATABASE, one, row.version
        session.expunge(row)


def _in_index(kind: Kind, index: str) -> Iterator[Seen]:
    point = client().create_pit(index=index, params={"keep_alive": KEEP})["pit_id"]
    try:
        after: list[Any] | None = None
        while True:
            body: dict[str, Any] = {
                "size": PAGE,
                "query": {"bool": {"filter": [{"term": {kind.live_field: True}}]}},
                "sort": [{field: "asc"} for field in kind.sort],
                "version": True,
                "_source": False,
                "track_total_hits": False,
                "pit": {"id": point, "keep_alive": KEEP},
            }
            if after is not None:
                body["search_after"] = after
            hits = whole(client().search(body=body))["hits"]["hits"]
            for hit in hits:
                yield tuple(hit["sort"][: len(kind.sort)]), INDEX, hit["_id"], hit["_version"]
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]
    finally:
        client().delete_pit(body={"pit_id": [point]})


def _compare(database: Iterator[Seen], index: Iterator[Seen]) -> Iterator[str]:
    """The ids of the documents that one side lacks, or has at another version."""
    for _, group in groupby(heapq.merge(database, index), key=lambda seen: seen[0]):
        seen = list(group)
        if len(seen) != 2 or seen[0][3] != seen[1][3]:
            yield from {one for _, _, one, _ in seen}


def _again(kind: Kind, index: str, documents: list[str]) -> list[Difference]:
    """Look at candidates by themselves, a few times: a change that falls between two reads does not do so each time."""
    found: list[Difference] = []
    for _ in range(LOOKS):
        if not documents:
            return []
        client().indices.refresh(index=index)
        subjects = sorted({subject_of(one) for one in documents})
        with Session(engine()) as session:
            keys = [kind.read_key(subject) for subject in subjects]
            rows: list[Row] = list(session.scalars(select(kind.row).where(kind.shown, kind.key.in_(keys))))
            in_database = {one: row.version for row in rows for one in _expected(kind, row)}
            in_index = _versions(kind, index, documents)
            waiting = set(
                session.scalars(select(Owed.subject_id).where(Owed.job == kind.job, Owed.subject_id.in_(subjects)))
            )
        found = [
            Difference(one, in_database.get(one), in_index.get(one))
            for one in documents
            if in_database.get(one) != in_index.get(one) and subject_of(one) not in waiting
        ]
        documents = [one.document for one in found]
    return found


def _versions(kind: Kind, index: str, documents: list[str]) -> dict[str, int]:
    body = {
        "size": len(documents),
        "query": {"bool": {"filter": [{"ids": {"values": documents}}, {"term": {kind.live_field: True}}]}},
        "version": True,
        "_source": False,
    }
    return {hit["_id"]: hit["_version"] for hit in whole(client().search(index=index, body=body))["hits"]["hits"]}
