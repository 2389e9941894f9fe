"""`vahti bounce`: takes a returned mail from the mail server."""

from __future__ import annotations

import sys

import click

from matcher import bounces


@click.command("bounce")
def command() -> None:
    """Read one returned mail from standard input, as a mail server pipes it, and end the alert if it failed for good.

    Point the address `bounce+anything@` of the mail domain here.
    """
    click.echo(bounces.take(sys.stdin.buffer.read()))
