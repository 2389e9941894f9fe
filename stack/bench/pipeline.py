"""`vahti bench pipeline`: from the PUT of a listing to the mail server's 250, beside a bare percolation and cron."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import urllib3
from rich.console import Console
from rich.progress import track
from sqlalchemy import text

from mappings.listing import asked as asked_fields
from stack.bench import peers, population, report
from stack.bench.report import Spread
from store import criteria, employers, listings, tokens
from store.criteria import Criteria
from store.database import transaction

WARM_UP = 30
LOOK = 0.002
WITHIN = 600.0


@dataclass(frozen=True)
class Way:
    """The moments of one listing on its way, in seconds since the epoch, all by the clock of this machine."""

    put: float
    answered: float
    matched: float
    gathered: float
    taken: float


def run(console: Console, http: str, alerts: int, count: int, feed: int, seed: int) -> dict[str, Any]:
    """Measure against the service that runs at `http`, empty until now; returns the figures, and prints them."""
    base = f"{http}/api/v1"
    asked = _alerts(console, alerts, count, seed)
    ways, pairs_product, documents = _mail_by_mail(console, base, count, seed)
    bare, pairs_bare = peers.percolation(documents)
    cron_one, _ = peers.cron("bench-cron-one", dict([next(iter(documents.items()))]), asked)
    cron_all, pairs_cron = peers.cron("bench-cron-all", documents, asked)
    figures: dict[str, Any] = {
        "alerts": alerts,
        "listings": count,
        "put_to_250": Spread.of([way.taken - way.put for way in ways]),
        "stages": {
            "PUT answered": Spread.of([way.answered - way.put for way in ways]),
            "queued, percolated, in the ledger": Spread.of([way.matched - way.answered for way in ways]),
            "queued, mail gathered": Spread.of([way.gathered - way.matched for way in ways]),
            "rendered, taken by SMTP": Spread.of([way.taken - way.gathered for way in ways]),
        },
        "bare_percolation": Spread.of(bare),
        "cron_one_listing_ms": round(cron_one * 1000, 1),
        "cron_all_listings_ms": round(cron_all * 1000, 1),
        "sha": {
            "product": peers.fingerprint(pairs_product),
            "bare_percolation": peers.fingerprint(pairs_bare),
            "cron": peers.fingerprint(pairs_cron),
        },
    }
    figures["ratio_to_bare_percolation"] = round(figures["put_to_250"].median / figures["bare_percolation"].median, 2)
    figures["feed"] = _feed(console, base, feed, seed)
    _show(console, figures)
    return figures


def _alerts(console: Console, alerts: int, count: int, seed: int) -> dict[int, Criteria]:
    """The population, and for each listing one instant alert that only this listing meets; returns all criteria."""

    def everybody() -> Iterator[tuple[str, Criteria, str]]:
        for number in range(alerts - count):
            # Digests: their ledger rows are written now, their mails are not what is measured.
            yield f"reader{number}@mail.example", population.criteria(number, seed), "weekly"
        for number in range(count):
            yield f"probe{number}@mail.example", criteria.read({"text": _mark(number)}), "instant"

    with console.status(f"{alerts} alerts"):
        with transaction() as session:
            population.load(session, everybody())
        _until("the alerts to be searchable", lambda: _owed(("sync_criteria", "match_alert")) == 0)
    with transaction() as session:
        rows = session.scalars(criteria.live_rows()).all()
    return {row.id: row.criteria() for row in rows}


def _mark(number: int) -> str:
    return f"merkki{number}x"


def _employer() -> str:
    with transaction() as session:
        return tokens.create(session, "employer", employers.named(session, "Bench"))


def _mail_by_mail(
    console: Console, base: str, count: int, seed: int
) -> tuple[list[Way], peers.Pairs, dict[UUID, dict[str, Any]]]:
    http = urllib3.PoolManager(headers={"Authorization": f"Bearer {_employer()}", "Content-Type": "application/json"})
    moments: dict[int, tuple[float, float]] = {}
    for number in track(range(-WARM_UP, count), "listing by listing", console=console, transient=True):
        given = population.listing(number, seed, _mark(number) if number >= 0 else "")
        reference = given.pop("reference")
        put = time.time()
        answer = http.request("PUT", f"{base}/listings/{reference}", body=json.dumps(given))
        answered = time.time()
        if answer.status != 201:
            raise RuntimeError(f"PUT answered {answer.status}: {answer.data[:300]!r}")
        if number >= 0:
            moments[number] = (put, answered)
            _until("the mail", lambda: _mailed() >= len(moments), LOOK)
        else:
            _until("the match", lambda: _owed(("match_listing", "sync_listing")) == 0, 0.01)
    _until("the rest", lambda: _owed(("match_listing", "sync_listing", "mail_alert")) == 0, 0.05)
    return _ways(moments), *_results(seed, count)


def _mailed() -> int:
    return sum(1 for _ in _mail_dir().glob("*.eml"))


def _mail_dir() -> Path:
    from store import settings

    return Path(settings.get().mail_dir)


def _ways(moments: dict[int, tuple[float, float]]) -> list[Way]:
    taken: dict[str, float] = {}
    for file in _mail_dir().glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=default)
        taken[str(message["X-Envelope-To"])] = datetime.fromisoformat(str(message["X-Received-At"])).timestamp()
    with transaction() as session:
        rows = session.execute(
            text(
                "SELECT a.email, l.matched_at, m.created_at FROM mails m JOIN alerts a ON a.id = m.alert_id "
                "JOIN deliveries d ON d.mail_id = m.id JOIN listings l ON l.id = d.listing_id"
            )
        ).all()
    seen = {email: (matched.timestamp(), gathered.timestamp()) for email, matched, gathered in rows}
    ways = []
    for number, (put, answered) in moments.items():
        email = f"probe{number}@mail.example"
        ways.append(Way(put, answered, *seen[email], taken[email]))
    return ways


def _results(seed: int, count: int) -> tuple[peers.Pairs, dict[UUID, dict[str, Any]]]:
    """The pairs in the ledger, by criteria, and the documents of the measured listings."""
    references = [f"bench-{seed}-{number}" for number in range(count)]
    with transaction() as session:
        rows = session.execute(
            text(
                "SELECT DISTINCT l.id::text, a.criteria_id FROM deliveries d JOIN alerts a ON a.id = d.alert_id "
                "JOIN listings l ON l.id = d.listing_id WHERE l.reference = ANY(:references)"
            ),
            {"references": references},
        ).all()
        ids = session.execute(
            text("SELECT id FROM listings WHERE reference = ANY(:references) ORDER BY id"), {"references": references}
        ).scalars()
        found = listings.by_ids(session, list(ids))
        documents = {listing_id: asked_fields(row) for listing_id, row in found.items()}
    return {(listing_id, number) for listing_id, number in rows}, documents


def _feed(console: Console, base: str, size: int, seed: int) -> dict[str, Any]:
    """A feed of many listings: how fast it is matched, beside bare percolation of the same in the same requests."""
    lines = [json.dumps(population.listing(number, seed + 1), ensure_ascii=False) for number in range(size)]
    headers = {"Authorization": f"Bearer {_employer()}", "Content-Type": "application/x-ndjson"}
    with console.status(f"a feed of {size} listings"):
        start = time.perf_counter()
        http = urllib3.PoolManager(timeout=WITHIN)
        answer = http.request("POST", f"{base}/listings/feed", body="\n".join(lines).encode(), headers=headers)
        accepted = time.perf_counter() - start
        if answer.status != 200 or json.loads(answer.data)["accepted"] != size:
            raise RuntimeError(f"the feed was answered with {answer.status}: {answer.data[:300]!r}")
        _until("the feed to be matched", lambda: _owed(("match_listing",)) == 0, 0.02)
        matched = time.perf_counter() - start
        _until("the feed to be searchable", lambda: _owed(("sync_listing",)) == 0, 0.05)
        _, documents = _results(seed + 1, size)
        bare, _ = peers.percolation_in_batches(documents)
    return {
        "listings": size,
        "accepted_s": round(accepted, 2),
        "matched_s": round(matched, 2),
        "per_second": round(size / matched, 1),
        "bare_percolation_per_second": round(len(documents) / bare, 1),
        "share_of_bare_rate": round((size / matched) / (len(documents) / bare), 3),
    }


def _owed(jobs: tuple[str, ...]) -> int:
    with transaction() as session:
        asked = text("SELECT count(*) FROM owed WHERE job = ANY(:jobs) AND due_at <= now()")
        return int(session.execute(asked, {"jobs": list(jobs)}).scalar_one())


def _until(what: str, true: Callable[[], bool], look: float = 0.1) -> None:
    end = time.monotonic() + WITHIN
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {WITHIN:.0f} s for {what}")
        time.sleep(look)


def _show(console: Console, figures: dict[str, Any]) -> None:
    whole, bare = figures["put_to_250"], figures["bare_percolation"]
    rows = [("PUT to 250", whole), *figures["stages"].items(), ("bare percolation", bare)]
    report.table(
        console,
        f"One listing, {figures['alerts']:,} alerts, {figures['listings']} listings (ms)",
        ("", "median", "p95", "p99", "share"),
        [(name, *(f"{v:.1f}" for v in (s.median, s.p95, s.p99)), f"{s.median / whole.median:.0%}") for name, s in rows],
    )
    console.print(f"the whole way costs {figures['ratio_to_bare_percolation']} bare percolations (median)")
    console.print(
        f"cron, all saved searches: {figures['cron_one_listing_ms']:.0f} ms for one new listing, "
        f"{figures['cron_all_listings_ms']:.0f} ms for all {figures['listings']} in one run"
    )
    same = len(set(figures["sha"].values())) == 1
    console.print(f"result sets {'are the same' if same else 'DIFFER'}: {figures['sha']}")
    feed = figures["feed"]
    console.print(
        f"feed of {feed['listings']:,}: accepted in {feed['accepted_s']} s, matched in {feed['matched_s']} s, "
        f"{feed['per_second']:.0f} a second; bare percolation {feed['bare_percolation_per_second']:.0f} a second "
        f"(share {feed['share_of_bare_rate']:.0%})"
    )


def alone(console: Console, alerts: int, count: int, feed: int, seed: int) -> dict[str, Any]:
    """Start everything in a directory of its own, measure, and leave nothing behind but the results."""
    from stack.supervisor import up

    scratch = tempfile.TemporaryDirectory(prefix="vahti-bench-", dir="/var/tmp", ignore_cleanup_errors=True)
    with scratch as directory, up(Path(directory), 0, "durable") as running:
        return run(console, running.http, alerts, count, feed, seed)
