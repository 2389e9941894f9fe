"""`vahti api`: the web server of a production deployment."""

import os

import click

from indexer.replay import before_serving
from stack import logs
from stack.processes import gunicorn


@click.command("api")
@click.option(
    "--bind", envvar="VAHTI_BIND", default="127.0.0.1:8080", show_default=True, help="ADDRESS:PORT or unix:PATH."
)
@click.option(
    "--workers",
    envvar="WEB_CONCURRENCY",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Processes, of four threads each.",
)
def command(bind: str, workers: int) -> None:
    """Run the web server alone, in the foreground, until SIGTERM; requests under way are finished first.

    It waits for the database, and replays the erasure ledger before it serves anything.
    """
    logs.configure()
    before_serving()
    server = [str(part) for part in gunicorn(bind, "--workers", str(workers), "--graceful-timeout", "30")]
    os.execv(server[0], server)  # noqa: S606 - so that signals reach the server itself
