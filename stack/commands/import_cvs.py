"""`vahti import cvs FILE`: takes in the CVs of another system, and says by line what is wrong with the rest."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from api import cv_intake, cv_records
from api.cv_intake import STATES, CvOutcome

ERASED = "whoever it is was erased here, or deleted the CV: it is left out"
KEPT = "its owner has another CV here, which stays; --replace puts this one in its place"


@click.command("cvs")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.option(
    "--visible",
    is_flag=True,
    help="Employers can find the CVs of accounts that are new: their owners agreed to the terms where they come from.",
)
@click.option("--replace", is_flag=True, help="Put the CV of the file in the place of one that is there already.")
def import_cvs(file: str, visible: bool, replace: bool) -> None:
    """Take in the CVs of FILE: NDJSON, JSON, JSON Resume or Europass.

    Each becomes the CV of the account with its contact address, a new one where there is none: nobody is mailed, and
    its owner gets in by asking for a password. CVs are private, but for --visible; who was erased is left out. Good
    records are kept whatever the others are like; the same file again changes nothing. Bad records are told by line,
    and then the exit status is 1.
    """
    told = Console(stderr=True, highlight=False, soft_wrap=True)
    counts = dict.fromkeys(STATES, 0)
    columns = (TextColumn(file), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=told) as progress, progress.open(file, "rb") as stream:
        for outcome in cv_intake.take_in(cv_records.read(stream), visible=visible, replace=replace):
            counts[outcome.state] += 1
            _tell(told, outcome)
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()))
    raise SystemExit(1 if counts["rejected"] else 0)


def _tell(told: Console, outcome: CvOutcome) -> None:
    """What is wrong with a record, or did not come along; never whose it is."""
    for problem in outcome.problems:
        where = f"line {outcome.line}{f', {problem.field}' if problem.field else ''}"
        told.print(f"{where}: {problem.reason}; right would be: {problem.right}", markup=False)
    for lost in outcome.lost:
        told.print(f"line {outcome.line}, {lost.field}: not carried over: {lost.reason}", markup=False)
    if outcome.state in ("erased", "kept"):
        told.print(f"line {outcome.line}: {ERASED if outcome.state == 'erased' else KEPT}", markup=False)
