"""The other side of `vahti bench cvs`: what changes, reindexes and compares, and its peers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from opensearchpy.helpers import parallel_bulk
from rich.console import Console
from sqlalchemy import select, text, update

from indexer import rebuild
from indexer.kinds import kind
from mappings.client import client
from mappings.cv import document
from mappings.indexes import alias, body
from stack.bench.report import Spread
from store import cv_criteria, expressions
from store.cvs import Cv
from store.database import engine, transaction

PER_SECOND = 50
CHANGES = 1000
DURING = 20.0  # seconds of searches before and during a reindex
CHUNK = 500
THREADS = 4
LOOK = 0.005

_TEXT = """
    CREATE TABLE bench_text AS
        SELECT id,
            setweight(to_tsvector(configuration, coalesce(body ->> 'headline', '')), 'A')
                || to_tsvector(configuration, body::text) AS words
        FROM cvs, LATERAL (SELECT CASE language WHEN 'fi' THEN 'finnish'::regconfig
            WHEN 'sv' THEN 'swedish'::regconfig ELSE 'english'::regconfig END AS configuration) AS c;
    CREATE INDEX ON bench_text USING gin (words);
    ANALYZE bench_text;
"""


def postgres_text() -> None:
    """A table of the same CVs with the words of each, by the dictionary of its language, and an index on them."""
    with engine().begin() as connection:
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        connection.exec_driver_sql(_TEXT)


def in_postgres(asked: dict[str, Any]) -> float:
    """Seconds that Postgres takes for the first page and the number of those who have the words of a search."""
    criteria = cv_criteria.read({}, asked["text"])
    leaves = expressions.positives(criteria.text) if criteria.text else []
    words = [f"({' & '.join(leaf.text.split())})" for leaf in leaves]
    query = (" | " if " OR " in asked["text"] else " & ").join(word.replace("'", "").replace(":", "") for word in words)
    start = time.perf_counter()
    with engine().connect() as connection:
        connection.execute(
            text(
                "SELECT id, ts_rank(words, q) AS rank, count(*) OVER () FROM bench_text, "
                "LATERAL (SELECT to_tsquery('simple', :q) || to_tsquery('finnish', :q) || to_tsquery('english', :q)) "
                "AS a(q) WHERE words @@ q ORDER BY rank DESC, id LIMIT :size"
            ),
            {"q": query, "size": asked["size"]},
        ).all()
    return time.perf_counter() - start


def _build() -> float:
    with transaction() as session:
        generation = rebuild.begin(session, "cvs")
    with transaction() as session:  # it is built here: the workers of the service have their hands free
        session.execute(text("DELETE FROM owed WHERE job = 'build_generation'"))
    start = time.perf_counter()
    while not rebuild.build(generation.id):
        pass
    return time.perf_counter() - start


def reindex(console: Console, count: int) -> dict[str, Any]:
    """A new generation as the product builds it, with proof and swap, beside parallel_bulk of ready documents."""
    with console.status("Reindexing as the product does"):
        took = _build()
    with console.status("parallel_bulk of ready documents"):
        name = "bench-parallel-bulk"
        client().indices.create(index=name, body=body("cvs"))
        bulk = _parallel_bulk(name)
        client().indices.delete(index=name)
    return {
        "seconds": round(took, 1),
        "per_second": round(count / took),
        "parallel_bulk_s": round(bulk, 1),
        "parallel_bulk_per_second": round(count / bulk),
        "share_of_parallel_bulk": round(bulk / took, 2),
    }


def _parallel_bulk(name: str) -> float:
    took = 0.0
    with transaction() as session:
        for rows in session.scalars(
            select(Cv).where(kind("cvs").shown), execution_options={"yield_per": 20_000}
        ).partitions():
            ready = [{"_index": name, "_id": str(row.id), "_source": document(row)} for row in rows]
            for row in rows:  # one by one: `expunge_all` would end the map that the next part is read into
                session.expunge(row)
            start = time.perf_counter()
            for done, item in parallel_bulk(client(), ready, thread_count=THREADS, chunk_size=CHUNK):
                if not done:
                    raise RuntimeError(f"parallel_bulk: {item}")
            took += time.perf_counter() - start
    start = time.perf_counter()
    client().indices.refresh(index=name)
    return took + time.perf_counter() - start


def search_while_reindexing(console: Console, search: Callable[[], object]) -> dict[str, Any]:
    """One search again and again, alone and while an index is built."""

    def timed(until: Callable[[], bool]) -> Iterator[float]:
        while not until():
            start = time.perf_counter()
            search()
            yield time.perf_counter() - start

    end = time.monotonic() + DURING
    with console.status("Searching alone, then during a reindex"):
        alone = list(timed(lambda: time.monotonic() > end))
        builder = threading.Thread(target=_build)
        builder.start()
        during = list(timed(lambda: not builder.is_alive()))
        builder.join()
    before, meanwhile = Spread.of(alone), Spread.of(during)
    return {"alone": before, "during": meanwhile, "ratio": round(meanwhile.median / before.median, 2)}


def hide_under_load(console: Console) -> dict[str, Any]:
    """From the commit of each "hide" until its debt is settled, which is after every index holds the tombstone and
    shows it: 50 changes a second. The index itself is not asked: reading what was just written makes it refresh."""
    with transaction() as session:
        ids = list(session.scalars(select(Cv.id).where(kind("cvs").shown).limit(CHANGES)))
    committed: dict[str, float] = {}
    settled: dict[str, float] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.is_set() or len(settled) < len(committed):
            asked = [one for one in list(committed) if one not in settled]
            with engine().connect() as connection:
                standing = set(connection.execute(text("SELECT subject_id FROM owed WHERE job = 'sync_cv'")).scalars())
            now = time.perf_counter()
            settled.update((one, now) for one in asked if one not in standing)
            time.sleep(LOOK)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    with console.status(f"Hiding {PER_SECOND} CVs a second"):
        for number, cv_id in enumerate(ids):
            time.sleep(max(0.0, start + number / PER_SECOND - time.perf_counter()))
            with transaction() as session:
                session.execute(update(Cv).where(Cv.id == cv_id).values(visible=False))
            committed[str(cv_id)] = time.perf_counter()
        rate = len(ids) / (time.perf_counter() - start)
        over.set()
        watcher.join()
    for one in ids[:: max(1, len(ids) // 50)]:
        if _held(one)["visible"]:
            raise RuntimeError("a CV is settled and still in the index")
    spread = Spread.of([settled[one] - committed[one] for one in committed])
    return {"changes": len(ids), "per_second": round(rate, 1), "overwritten": spread}


def _held(cv_id: UUID) -> dict[str, Any]:
    answer = client().get(index=alias("cvs"), id=str(cv_id))
    held: dict[str, Any] = answer["_source"]
    return held
