"""`vahti migrate`: what a deployment does once before its processes start."""

from __future__ import annotations

import click

from mappings.client import client
from stack.supervisor import prepare
from store.database import engine


@click.command("migrate")
def command() -> None:
    """Bring the database to the present schema, and build the indexes that do not exist yet; again changes nothing.

    Needs PostgreSQL and, where an index is missing, OpenSearch.
    """
    try:
        engine()
        client()
    except ValueError as error:  # an address that nobody set
        raise click.ClickException(str(error)) from error
    prepare()
