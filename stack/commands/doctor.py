"""`vahti doctor`: what is reachable, which versions, what is owed and what is late."""

from __future__ import annotations

from collections.abc import Callable

import click
from opensearchpy import OpenSearchException
from redis import RedisError
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import indexer.jobs  # noqa: F401
import matcher.jobs  # noqa: F401 - both register what can be owed
from mappings.client import client
from matcher import smtp
from store import alerts, deliveries, erasures, generations, ledger, listings, owed, queues, replay, stored_criteria
from store.database import transaction
from store.faults import describe

LATE = 60.0  # seconds
LATE_ERASURE = 600.0


def _postgres() -> str:
    with transaction() as session:
        version = session.execute(text("SHOW server_version")).scalar_one()
        revision = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return f"PostgreSQL {version}, schema {revision}"


def _opensearch() -> str:
    version = client().info()["version"]["number"]
    return f"OpenSearch {version}, {client().cluster.health()['status']}"


def _redis() -> str:
    about = queues.redis().info("server")
    name, version = about.get("server_name", "redis"), about.get("valkey_version", about["redis_version"])
    return f"{name} {version}, {sum(queues.depth().values())} batches queued"


def _mail() -> str:
    return smtp.greeting()


@click.command("doctor")
def command() -> None:
    """Say what is reachable, which versions run, what is owed and what is late; exit 1 if anything is down or late."""
    console = Console()
    well = True
    services: dict[str, Callable[[], str]] = {
        "PostgreSQL": _postgres,
        "OpenSearch": _opensearch,
        "Redis": _redis,
        "mail server": _mail,
    }
    for name, ask in services.items():
        try:
            console.print(f"[green]up  [/] {name}: {ask()}")
        except (SQLAlchemyError, OpenSearchException, RedisError, smtp.Unreachable, ValueError) as error:
            console.print(f"[red]down[/] {name}: {describe(error)}")
            well = False
    try:
        well = all([_owed(console), _erasures(console), well])
    except (SQLAlchemyError, ValueError):
        well = False
    raise SystemExit(0 if well else 1)


def _erasures(console: Console) -> bool:
    with transaction() as session:
        count, age = erasures.lag(session)
        console.print(f"{count} erasures not complete" + (f", the oldest for {age:.0f} s" if count else ""))
        if ledger.file() is None:
            console.print(
                "[yellow]VAHTI_ERASURE_LEDGER is not set[/]: a restored backup could bring back who was erased"
            )
            return age <= LATE_ERASURE
        try:
            behind = replay.behind(session)
        except (ledger.Unreadable, OSError) as error:
            console.print(f"[red]erasure ledger[/]: {describe(error)}")
            return False
    if behind:
        console.print("[red]the ledger is ahead of the database[/], which was restored: run vahti replay")
    return age <= LATE_ERASURE and not behind


def _owed(console: Console) -> bool:
    with transaction() as session:
        lag = owed.lag(session)
        console.print(
            f"{listings.count_open(session)} open listings, {stored_criteria.live_count(session)} stored queries"
        )
        for (state, frequency), count in sorted(alerts.counts(session).items()):
            console.print(f"{count} alerts {state}, {frequency}")
        sent, waiting = deliveries.counts(session)
        console.print(f"{sent} deliveries sent, {waiting} waiting")
        for kind in generations.KINDS:
            live = generations.live(session, kind)
            console.print(f"{kind}: {live.index_name if live else '[red]no index[/]'}")
    if not lag:
        console.print("nothing is due")
        return True
    table = Table("owed", "due", "oldest (s)", "failed before")
    for name, (count, age, failing) in sorted(lag.items()):
        style = "red" if age > LATE else ""
        table.add_row(name, str(count), f"{age:.0f}", str(failing), style=style)
    console.print(table)
    return all(age <= LATE for _, age, _ in lag.values())
