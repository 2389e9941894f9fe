"""`vahti expunge`: what was overwritten leaves the files of the indexes."""

from __future__ import annotations

import click
from rich.console import Console

from indexer.expunge import NotExpunged, expunge


@click.command("expunge")
def command() -> None:
    """Merge overwritten and deleted content out of every index, and check that none is left in its segments."""
    console = Console(stderr=True)
    with console.status("flushing and merging") as status:
        try:
            names = expunge(lambda index, left: status.update(f"{index}: {left} deleted documents left"))
        except NotExpunged as error:
            raise click.ClickException(str(error)) from error
    for name in names:
        click.echo(f"{name}: no deleted documents in its segments")
