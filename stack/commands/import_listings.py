"""`vahti import listings FILE`: takes in a feed of listings, and says by line what is wrong with the rest."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from api import feeds, publishing
from api.publishing import Outcome
from stack.commands.import_cvs import import_cvs

PUBLISHER = "import"


@click.group("import")
def command() -> None:
    """Files of other systems become rows here, as far as they are good."""


command.add_command(import_cvs)


@command.command("listings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.option(
    "--employer",
    default=PUBLISHER,
    show_default=True,
    help="The account whose listings these are; a token for it can correct and close them.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(sorted(feeds.FORMATS)),
    help="How the file is written. [default: told by how it begins]",
)
def import_listings(file: str, employer: str, format_: str | None) -> None:
    """Publish the listings of FILE: NDJSON, JSON, schema.org JobPosting or XML.

    Good records are kept whatever the others are like; the same file again changes nothing. Bad records are told by
    line, and then the exit status is 1.
    """
    told = Console(stderr=True, highlight=False, soft_wrap=True)
    counts = {"accepted": 0, "unchanged": 0, "rejected": 0}
    columns = (TextColumn(file), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=told) as progress, progress.open(file, "rb") as feed:
        for outcome in publishing.take_in(employer, feeds.read(feed, format_)):
            counts[outcome.state] += 1
            _tell(told, outcome)
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()))
    raise SystemExit(1 if counts["rejected"] else 0)


def _tell(told: Console, outcome: Outcome) -> None:
    for problem in outcome.problems:
        where = f"line {outcome.line}{f', {problem.field}' if problem.field else ''}"
        told.print(f"{where}: {problem.reason}; right would be: {problem.right}", markup=False)
