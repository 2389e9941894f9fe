"""`vahti token`: makes and ends the tokens with which programs call the API."""

from __future__ import annotations

from uuid import UUID

import click

from store import employers, tokens
from store.database import transaction


@click.group("token")
def command() -> None:
    """Make and end tokens of the API."""


@command.command("create")
@click.option("--role", type=click.Choice(tokens.ROLES), required=True, help="What its bearer may do.")
@click.option("--employer", help="The employer it is for: employers and recruiters need one.")
@click.option("--email", help="The address of the person it is for.")
def create(role: str, employer: str | None, email: str | None) -> None:
    """Print a new token, for this one time: only its digest is kept."""
    if role in {"employer", "recruiter"} and not (employer or "").strip():
        raise click.UsageError(f"a token for the role {role} belongs to an employer: --employer NAME")
    with transaction() as session:
        by = employers.named(session, employer.strip()) if employer else None
        made = tokens.create(session, role, by, email)
    click.echo(made)


@command.command("revoke")
@click.argument("token_id", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """End the token with this id."""
    with transaction() as session:
        ended = tokens.revoke(session, token_id)
    if not ended:
        raise click.ClickException("no valid token has this id")
    click.echo("ended")
