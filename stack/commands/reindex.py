"""`vahti reindex KIND`: a new generation of an index, built while the old one is read."""

from __future__ import annotations

import time

import click
from rich.progress import Progress

from indexer import rebuild
from store import generations
from store.database import transaction

LOOK = 0.2


@click.command("reindex")
@click.argument("kind", type=click.Choice(generations.KINDS))
def command(kind: str) -> None:
    """Rebuild the index of KIND with no downtime, prove that it agrees with the database, and read it from then on.

    The work is done here; killed half-way, it is taken up by the workers.
    """
    with transaction() as session:
        generation = rebuild.begin(session, kind)
    with Progress() as progress:
        bar = progress.add_task(f"{kind}: {generation.index_name}", total=None)
        while not rebuild.build(generation.id):
            with transaction() as session:
                row = generations.get(session, generation.id)
                progress.update(bar, completed=row.done, total=row.total or None)
            if row.state == "building" and row.error:
                time.sleep(LOOK)
        with transaction() as session:
            row = generations.get(session, generation.id)
        progress.update(bar, completed=row.done, total=max(row.total, row.done))
    if row.state != "live":
        raise click.ClickException(f"generation {row.id} {row.state}: {row.error}")
    click.echo(f"{row.index_name} is read now: {row.done} documents, {row.differences} differences")
