"""Owed work of saved searches: a CV that can newly be found finds them, a new one finds the CVs that came meanwhile.

As with alerts, each side makes itself visible before it looks, and the ledger absorbs it when both find the pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from mappings.client import client, msearch
from mappings.cv import asked
from mappings.indexes import alias
from matcher.fitting import require_alike
from matcher.match import WRITING
from store import finds, generations, owed, visibility
from store.cvs import Cv
from store.database import transaction
from store.owed import Debt
from store.saved_searches import SavedSearch

MOST = 50_000  # searches that one CV can match, below OpenSearch's limit of 65,535 buckets
TOGETHER = 20
PAGE = 100

# A CV as it is percolated: what searches ask, and who may be told of it.
Asked = tuple[dict[str, Any], dict[str, Any]]


def percolate(documents: Mapping[UUID, Asked], only: Sequence[int] | None = None) -> dict[UUID, list[int]]:
    """For each CV the numbers of the saved searches that find it and whose viewers may see it; with `only`, of these.

    Raises mappings.client.Incomplete when a shard did not answer, OverflowError for more than `MOST` searches.
    """
    found: dict[UUID, list[int]] = {}
    subjects = list(documents)
    for start in range(0, len(subjects), TOGETHER):
        part = subjects[start : start + TOGETHER]
        answers = msearch(alias("searches"), [_body(*documents[subject], only) for subject in part])
        for subject, answer in zip(part, answers, strict=True):
            searches = answer["aggregations"]["searches"]
            if searches["sum_other_doc_count"]:
                raise OverflowError(f"a CV matches more than {MOST} saved searches")
            found[subject] = [bucket["key"] for bucket in searches["buckets"]]
    return found


def _body(document: dict[str, Any], allowed: dict[str, Any], only: Sequence[int] | None) -> dict[str, Any]:
    required: list[dict[str, Any]] = [allowed, {"percolate": {"field": "query", "document": document}}]
    if only is not None:
        required.insert(0, {"terms": {"search": list(only)}})
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"filter": required}},
        "aggs": {"searches": {"terms": {"field": "search", "size": MOST}}},
    }


def _asked(rows: Sequence[Cv]) -> dict[UUID, Asked]:
    return {row.id: (asked(row.seen(), row.language), visibility.in_percolator(row)) for row in rows if row.findable}


def _shown(rows: Sequence[Cv]) -> dict[UUID, str | None]:
    return {row.id: row.shown_xid for row in rows}


@owed.job("match_cv", batch=40)
def match_cv(debts: Sequence[Debt]) -> None:
    """Owed work: these CVs, as they are in the database now, are in the ledger of every saved search that finds
    them."""
    with transaction() as session:
        require_alike(session, "searches")
        rows = session.scalars(select(Cv).where(Cv.id.in_([UUID(debt.subject) for debt in debts]))).all()
    found = percolate(_asked(rows))
    with transaction() as session:
        finds.add(session, found, _shown(rows))
        owed.settle(session, debts)


@owed.job("match_search", batch=50, queue=owed.NOW)
def match_search(debts: Sequence[Debt]) -> None:
    """Owed work: these saved searches know of the CVs that came while they were saved."""
    with transaction() as session:
        require_alike(session, "searches")
        numbers = [int(debt.subject) for debt in debts]
        rows = {row.id: row for row in session.scalars(select(SavedSearch).where(SavedSearch.id.in_(numbers)))}
        # Writing the index is the indexer's work; it is on its way, and this comes after it.
        written_at = {
            one.subject: one.due_at for one in owed.read(session, "sync_search", [debt.subject for debt in debts])
        }
        ready = [debt for debt in debts if debt.subject not in written_at and int(debt.subject) in rows]
        for debt in debts:
            if debt.subject in written_at:
                owed.wait_for(session, [debt], written_at[debt.subject], WRITING)
        owed.settle(session, [debt for debt in debts if int(debt.subject) not in rows])
        indexes = generations.written(session, "searches")
    if not ready:
        return
    client().indices.refresh(index=",".join(indexes))
    for debt in ready:
        _catch_up(rows[int(debt.subject)])
    with transaction() as session:
        owed.settle(session, ready)


def _catch_up(search: SavedSearch) -> None:
    with transaction() as session:
        new = finds.new_to(session, search)
    for start in range(0, len(new), PAGE):
        with transaction() as session:
            rows = session.scalars(select(Cv).where(Cv.id.in_(new[start : start + PAGE]))).all()
        found = percolate(_asked(rows), only=[search.id])
        with transaction() as session:
            finds.add(session, found, _shown(rows))
