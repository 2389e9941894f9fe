"""`vahti replay`: after a restore of a backup, whoever was erased since is erased once more."""

from __future__ import annotations

import click

from indexer.replay import replay_ledger
from stack import logs
from store import ledger


@click.command("replay")
def command() -> None:
    """Compare the erasure ledger with the database, every row included, and erase whom a restored backup brought back.

    Every process does so by itself when it starts, as far as the ledger is ahead of the database. Where anybody was
    brought back, the indexes are built anew: nothing is found until they are.
    """
    logs.configure()
    if ledger.file() is None:
        raise click.ClickException("VAHTI_ERASURE_LEDGER is not set: nothing tells who was erased since a backup")
    try:
        found = replay_ledger(thorough=True)
    except (ledger.Unreadable, OSError) as error:
        raise click.ClickException(f"the erasure ledger cannot be used: {error}") from error
    click.echo(
        f"{found.entries} erasures that the database lacked, {found.rows} rows deleted again, "
        f"{found.alerts} alerts ended again"
    )
