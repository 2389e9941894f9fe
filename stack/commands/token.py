"""`vahti token`: makes and ends the tokens with which programs call the API."""

from __future__ import annotations

import click

from store import employers, tokens
from store.database import transaction
from store.errors import Conflict


@click.group("token")
def command() -> None:
    """Programs call the API with tokens: each has a role, and is shown once."""


@command.command("create")
@click.option("--role", type=click.Choice(tokens.ROLES), required=True, help="What its bearer may do.")
@click.option("--employer", help="The employer it is for: employers and recruiters need one.")
@click.option("--email", help="The address of the person it is for.")
def create(role: str, employer: str | None, email: str | None) -> None:
    """Print a new token, for this one time: only its digest is kept."""
    name = " ".join((employer or "").split())
    if role in {"employer", "recruiter"} and not name:
        raise click.UsageError(f"a token for the role {role} belongs to an employer: --employer NAME")
    try:
        with transaction() as session:
            made = tokens.create(session, role, employers.named(session, name) if name else None, email)
    except (ValueError, Conflict) as error:
        raise click.ClickException(str(error)) from error
    click.echo(made)


@command.command("revoke")
@click.argument("token")
def revoke(token: str) -> None:
    """End TOKEN: from now on nobody gets anywhere with it."""
    with transaction() as session:
        row = tokens.bearer(session, token)
        if row is None:
            raise click.ClickException("this token is not valid, or not any more")
        tokens.revoke(session, row.id)
    click.echo("ended")
