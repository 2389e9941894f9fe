"""`vahti bench pipeline`: from the PUT of a listing to the mail server's 250, beside a bare percolation and cron."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import urllib3
from rich.console import Console
from rich.progress import track
from sqlalchemy import text

from mappings.listing import asked as asked_fields
from stack.bench import feed, peers, population, report
from stack.bench.report import Spread
from stack.bench.running import employer_token, owed_of, results, until
from store import criteria, listings, stored_criteria
from store.criteria import Criteria
from store.database import transaction

WARM_UP = 30
LOOK = 0.002


@dataclass(frozen=True)
class Way:
    """The moments of one listing on its way, in seconds since the epoch, all by the clock of this machine."""

    put: float
    answered: float
    matched: float
    gathered: float
    taken: float


def run(console: Console, http: str, alerts: int, count: int, size: int, seed: int) -> dict[str, Any]:
    """Measure against the service that runs at `http`, empty until now; returns the figures, and prints them."""
    base = f"{http}/api/v1"
    asked = _alerts(console, alerts, count, seed)
    ways, bare, pairs_bare = _mail_by_mail(console, base, count, seed)
    pairs_product, documents = results(seed, count)
    first = next(iter(documents))
    cron_one, _ = peers.cron("bench-cron-one", {first: documents[first]}, asked)
    cron_all, pairs_cron = peers.cron("bench-cron-all", documents, asked)
    whole = [way.taken - way.put for way in ways]
    figures: dict[str, Any] = {
        "alerts": alerts,
        "listings": count,
        "pairs": len(pairs_product),
        "put_to_250": Spread.of(whole),
        "stages": {
            "PUT answered": Spread.of([way.answered - way.put for way in ways]),
            "queued, percolated, in the ledger": Spread.of([way.matched - way.answered for way in ways]),
            "mail gathered": Spread.of([way.gathered - way.matched for way in ways]),
            "rendered, taken by SMTP": Spread.of([way.taken - way.gathered for way in ways]),
        },
        "bare_percolation": Spread.of(bare),
        # Each listing beside its own bare percolation, made right after it: both feel the same machine.
        "ratio_to_bare_percolation": round(median(way / one for way, one in zip(whole, bare, strict=True)), 2),
        "cron_one_listing_ms": round(cron_one * 1000, 1),
        "cron_all_listings_ms": round(cron_all * 1000, 1),
        "sha": {
            "product": peers.fingerprint(pairs_product),
            "bare_percolation": peers.fingerprint(pairs_bare),
            "cron": peers.fingerprint(pairs_cron),
        },
        "feed": feed.measure(console, base, size, seed),
    }
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
        until("the alerts to be searchable", lambda: owed_of(("sync_criteria", "match_alert")) == 0)
    with transaction() as session:
        rows = session.scalars(stored_criteria.live_rows()).all()
    return {row.id: row.criteria() for row in rows}


def _mark(number: int) -> str:
    return f"merkki{number}x"


def _mail_by_mail(console: Console, base: str, count: int, seed: int) -> tuple[list[Way], list[float], peers.Pairs]:
    """Each listing put, its mail waited for, then percolated bare: the ways, and seconds and pairs of the latter."""
    http = urllib3.PoolManager(
        headers={"Authorization": f"Bearer {employer_token()}", "Content-Type": "application/json"}
    )
    moments: list[tuple[float, float]] = []
    bare: list[float] = []
    pairs: peers.Pairs = set()
    for number in track(range(-WARM_UP, count), "listing by listing", console=console, transient=True):
        given = population.listing(number, seed, _mark(number) if number >= 0 else "")
        reference = given.pop("reference")
        put = time.time()
        answer = http.request("PUT", f"{base}/listings/{reference}", body=json.dumps(given))
        answered = time.time()
        if answer.status != 201:
            raise RuntimeError(f"PUT answered {answer.status}: {answer.data[:300]!r}")
        if number >= 0:
            moments.append((put, answered))
            until("the mail", lambda: _mailed() >= len(moments), LOOK)
        until("the match", lambda: owed_of(("match_listing", "sync_listing")) == 0, 0.01)
        took, found = peers.percolation(_document(UUID(json.loads(answer.data)["id"])))
        if number >= 0:
            bare.append(took)
            pairs |= found
    return _ways(moments), bare, pairs


def _document(listing_id: UUID) -> dict[UUID, dict[str, Any]]:
    with transaction() as session:
        return {key: asked_fields(row) for key, row in listings.by_ids(session, [listing_id]).items()}


def _mailed() -> int:
    return sum(1 for _ in _mail_dir().glob("*.eml"))


def _mail_dir() -> Path:
    from store import settings

    return Path(settings.get().mail_dir)


def _ways(moments: list[tuple[float, float]]) -> list[Way]:
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
    for number, (put, answered) in enumerate(moments):
        email = f"probe{number}@mail.example"
        ways.append(Way(put, answered, *seen[email], taken[email]))
    return ways


def _show(console: Console, figures: dict[str, Any]) -> None:
    whole, bare = figures["put_to_250"], figures["bare_percolation"]
    rows = [("PUT to 250", whole), *figures["stages"].items(), ("bare percolation", bare)]
    report.table(
        console,
        f"One listing, {figures['alerts']:,} alerts, {figures['listings']} listings (ms)",
        ("", "median", "p95", "p99", "share"),
        [(name, *(f"{v:.1f}" for v in (s.median, s.p95, s.p99)), f"{s.median / whole.median:.0%}") for name, s in rows],
    )
    console.print(
        f"the whole way costs {figures['ratio_to_bare_percolation']} bare percolations, "
        f"the median over the listings; {figures['pairs']:,} deliveries"
    )
    console.print(
        f"cron, all saved searches: {figures['cron_one_listing_ms']:.0f} ms for one new listing, "
        f"{figures['cron_all_listings_ms']:.0f} ms for all {figures['listings']} in one run"
    )
    same = len(set(figures["sha"].values())) == 1
    console.print(f"result sets {'are the same' if same else 'DIFFER'}: {figures['sha']}")
    fed = figures["feed"]
    console.print(
        f"feed of {fed['listings']:,}: accepted in {fed['accepted_s']} s, matched in {fed['matched_s']} s, "
        f"{fed['per_second']:.0f} a second; bare percolation {fed['bare_percolation_per_second']:.0f} a second "
        f"(share {fed['share_of_bare_rate']:.0%})"
    )
