"""`vahti verify [KIND]`: proof that index and database agree."""

from __future__ import annotations

import click

from indexer import verify
from indexer.kinds import kind as of_kind
from store import generations
from store.database import transaction


@click.command("verify")
@click.argument("kind", required=False, type=click.Choice(generations.KINDS))
def command(kind: str | None) -> None:
    """Compare every row with its document, both ways; exit 1 when any differs, and say how."""
    differ = False
    for name in [kind] if kind else generations.KINDS:
        with transaction() as session:
            live = generations.live(session, name)
        if live is None:
            raise click.ClickException(f"no index of {name} exists yet")
        found = verify.differences(of_kind(name), live.index_name)
        click.echo(f"{name}: {'agree' if not found else f'{len(found)} differences'} ({live.index_name})")
        for one in found:
            click.echo(f"  {one.told()}")
        differ = differ or bool(found)
    raise SystemExit(1 if differ else 0)
