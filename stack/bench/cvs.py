"""`vahti bench cvs`: recruiter search beside the bare query and Postgres, hiding under load, reindexing, verifying."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import cycle
from statistics import median
from typing import Any

import urllib3
from rich.console import Console
from rich.progress import track
from sqlalchemy import text

from api.cv_query import read_search
from indexer import verify
from indexer.kinds import kind
from mappings.client import client
from matcher import cv_search
from stack.bench import cv_population, cv_writes, report
from stack.bench.report import Spread
from stack.bench.running import owed_of, until
from store import accounts, clock, employers, generations, tokens, visibility
from store.database import transaction

WARM_UP = 40
RECRUITERS = 60


def run(console: Console, http: str, count: int, searches: int, seed: int) -> dict[str, Any]:
    """Measure against the service that runs at `http`, without CVs until now; returns the figures, and prints them."""
    loaded = _load(console, count, seed)
    rebuilt = cv_writes.reindex(console, count)
    bearers = cycle(_recruiters())
    asked = cv_population.searches(searches + WARM_UP, seed)
    with console.status("The same CVs in Postgres full-text search"):
        cv_writes.postgres_text()
    product, bare, postgres, same = _search(console, http, bearers, asked)
    figures: dict[str, Any] = {
        "cvs": count,
        "searches": searches,
        "load_s": loaded,
        "search": Spread.of(product),
        "bare_query": Spread.of(bare),
        # Each search beside the same query sent right after it.
        "ratio_to_bare_query": round(median(one / other for one, other in zip(product, bare, strict=True)), 2),
        "postgres_text": Spread.of(postgres),
        "same_results": same,
        "reindex": rebuilt,
        "search_while_reindexing": cv_writes.search_while_reindexing(
            console, lambda: _post(http, next(bearers), asked[0])
        ),
        "hide": cv_writes.hide_under_load(console),
        "verify": _verify(console),
    }
    _show(console, figures)
    return figures


def _load(console: Console, count: int, seed: int) -> float:
    start = time.perf_counter()
    for first, last in track(list(cv_population.batches(count)), "people", console=console, transient=True):
        with transaction() as session:
            cv_population.load(session, first, last, seed)
            # The index is filled by the reindex that is measured, not by what the loading owes.
            session.execute(text("DELETE FROM owed WHERE job IN ('sync_cv', 'match_cv')"))
    with transaction() as session:
        session.execute(text("ANALYZE cvs"))
    return round(time.perf_counter() - start, 1)


def _recruiters() -> list[str]:
    """Tokens of as many recruiters as it takes for each to search no more than one may."""
    with transaction() as session:
        employer = employers.named(session, "Bench Recruiting Oy")
        employers.approve(session, employer)
        return [
            tokens.create(session, "recruiter", employer, f"recruiter{number}@bench.example")
            for number in range(RECRUITERS)
        ]


_http = urllib3.PoolManager()


def _post(http: str, token: str, asked: dict[str, Any]) -> dict[str, Any]:
    answer = _http.request(
        "POST",
        f"{http}/api/v1/cvs/search",
        body=json.dumps(asked),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    if answer.status != 200:
        raise RuntimeError(f"the search answered {answer.status}: {answer.data[:300]!r}")
    return json.loads(answer.data)  # type: ignore[no-any-return]


def _search(
    console: Console, http: str, bearers: Iterator[str], asked: list[dict[str, Any]]
) -> tuple[list[float], list[float], list[float], bool]:
    """Seconds of each search by HTTP, of its query sent bare, and of the same words in Postgres; and whether the first
    two found the same CVs in the same order, and the same number."""
    with transaction() as session:
        account = accounts.by_email(session, "recruiter0@bench.example")
        if account is None:
            raise RuntimeError("the recruiter is gone")
        seen_by = visibility.viewer(session, account)
        read_from = generations.read_from(session, "cvs")
    if read_from is None:
        raise RuntimeError("there is no index of CVs")
    product: list[float] = []
    bare: list[float] = []
    postgres: list[float] = []
    same = True
    for one in track(asked, "search by search", console=console, transient=True):
        start = time.perf_counter()
        answer = _post(http, next(bearers), one)
        product.append(time.perf_counter() - start)
        body = cv_search.body(seen_by, read_search(one), [], clock.now().date())
        start = time.perf_counter()
        found = client().search(index=read_from[0], body=body)
        bare.append(time.perf_counter() - start)
        ids = [hit["_id"] for hit in found["hits"]["hits"][: one["size"]]]
        same = same and [hit["id"] for hit in answer["hits"]] == ids
        same = same and answer["total"] == found["hits"]["total"]["value"]
        postgres.append(cv_writes.in_postgres(one))
    return product[WARM_UP:], bare[WARM_UP:], postgres[WARM_UP:], same


def _verify(console: Console) -> dict[str, Any]:
    with transaction() as session:
        read_from = generations.read_from(session, "cvs")
    if read_from is None:
        raise RuntimeError("there is no index of CVs")
    until("what is owed", lambda: owed_of(("sync_cv",)) == 0)
    with console.status("Comparing index and database"):
        start = time.perf_counter()
        found = verify.differences(kind("cvs"), read_from[0])
        took = time.perf_counter() - start
    with transaction() as session:
        pairs = kind("cvs").count(session)
    return {"pairs": pairs, "seconds": round(took, 2), "differences": len(found), "per_second": round(pairs / took)}


def _show(console: Console, figures: dict[str, Any]) -> None:
    rows = [
        ("recruiter's search by HTTP", figures["search"]),
        ("the same query, bare", figures["bare_query"]),
        ("Postgres full-text search", figures["postgres_text"]),
        ("hide: commit to overwritten", figures["hide"]["overwritten"]),
        ("search before a reindex", figures["search_while_reindexing"]["alone"]),
        ("search during a reindex", figures["search_while_reindexing"]["during"]),
    ]
    report.table(
        console,
        f"{figures['cvs']:,} CVs, {figures['searches']} searches (ms)",
        ("", "median", "p95", "p99"),
        [(name, *(f"{value:.1f}" for value in (s.median, s.p95, s.p99))) for name, s in rows],
    )
    console.print(
        f"a search costs {figures['ratio_to_bare_query']} of its bare query, the median; "
        f"results {'are the same' if figures['same_results'] else 'DIFFER'}"
    )
    built, hidden, proven = figures["reindex"], figures["hide"], figures["verify"]
    console.print(
        f"reindex {built['per_second']:,} CVs a second, {built['share_of_parallel_bulk']:.0%} of parallel_bulk with "
        f"ready documents ({built['parallel_bulk_per_second']:,}); verify {proven['pairs']:,} pairs in "
        f"{proven['seconds']} s; {hidden['changes']} changes at {hidden['per_second']:.0f} a second"
    )
