"""Proves that index and database agree: a merge of both sides' (key, version), in the order of the keys."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from indexer.kinds import Kind
from mappings.client import client, whole
from store.database import engine
from store.owed import Owed

PAGE = 5000
KEEP = "2m"
LOOKS = 3
PART = 1000


@dataclass(frozen=True)
class Difference:
    """A subject on which the two disagree: the version that each holds, None where it holds none."""

    subject: str
    in_database: int | None
    in_index: int | None

    def told(self) -> str:
        """The difference in words."""
        if self.in_index is None:
            return f"{self.subject}: missing from the index (database has version {self.in_database})"
        if self.in_database is None:
            return f"{self.subject}: in the index at version {self.in_index}, but not to be shown"
        return f"{self.subject}: index has version {self.in_index}, database {self.in_database}"


def differences(kind: Kind, index: str) -> list[Difference]:
    """Where this index disagrees with the database, leaving out what is still owed to it.

    Both sides are streamed: memory is bounded by the number of candidates. Each candidate is looked at again by itself,
    so that changes made meanwhile are not taken for differences. Refreshes the index first.
    """
    client().indices.refresh(index=index)
    with Session(engine()) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        candidates = [one.subject for one in _compare(_in_database(session, kind), _in_index(kind, index))]
    parts = [candidates[start : start + PART] for start in range(0, len(candidates), PART)]
    return [one for part in parts for one in _again(kind, index, part)]


def _in_database(session: Session, kind: Kind) -> Iterator[tuple[Any, int, int]]:
    rows = session.execute(
        select(kind.key, kind.row.version).where(kind.shown).order_by(kind.key), execution_options={"yield_per": PAGE}
    )
    for key, version in rows:
        yield (key if isinstance(key, int) else str(key)), 0, version


def _in_index(kind: Kind, index: str) -> Iterator[tuple[Any, int, int]]:
    point = client().create_pit(index=index, params={"keep_alive": KEEP})["pit_id"]
    try:
        after: list[Any] | None = None
        while True:
            body: dict[str, Any] = {
                "size": PAGE,
                "query": {"bool": {"filter": [{"term": {kind.live_field: True}}]}},
                "sort": [{kind.key_field: "asc"}],
                "version": True,
                "_source": False,
                "track_total_hits": False,
                "pit": {"id": point, "keep_alive": KEEP},
            }
            if after is not None:
                body["search_after"] = after
            hits = whole(client().search(body=body))["hits"]["hits"]
            for hit in hits:
                yield hit["sort"][0], 1, hit["_version"]
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]
    finally:
        client().delete_pit(body={"pit_id": [point]})


def _compare(database: Iterator[tuple[Any, int, int]], index: Iterator[tuple[Any, int, int]]) -> Iterator[Difference]:
    for key, group in groupby(heapq.merge(database, index), key=lambda one: one[0]):
        versions: dict[int, int] = {side: version for _, side, version in group}
        if versions.get(0) != versions.get(1):
            yield Difference(str(key), versions.get(0), versions.get(1))


def _again(kind: Kind, index: str, subjects: list[str]) -> list[Difference]:
    """Look at candidates by themselves, a few times: a change that falls between two reads does not do so each time."""
    found: list[Difference] = []
    for _ in range(LOOKS):
        if not subjects:
            return []
        client().indices.refresh(index=index)
        with Session(engine()) as session:
            keys = [kind.read_key(subject) for subject in subjects]
            rows = session.execute(select(kind.key, kind.row.version).where(kind.shown, kind.key.in_(keys)))
            in_database: dict[str, int] = {str(key): version for key, version in rows}
            in_index = _versions(kind, index, subjects)
            waiting = set(
                session.scalars(select(Owed.subject_id).where(Owed.job == kind.job, Owed.subject_id.in_(subjects)))
            )
        found = [
            Difference(subject, in_database.get(subject), in_index.get(subject))
            for subject in subjects
            if in_database.get(subject) != in_index.get(subject) and subject not in waiting
        ]
        subjects = [one.subject for one in found]
    return found


def _versions(kind: Kind, index: str, subjects: list[str]) -> dict[str, int]:
    body = {
        "size": len(subjects),
        "query": {"bool": {"filter": [{"ids": {"values": subjects}}, {"term": {kind.live_field: True}}]}},
        "version": True,
        "_source": False,
    }
    return {hit["_id"]: hit["_version"] for hit in whole(client().search(index=index, body=body))["hits"]["hits"]}
