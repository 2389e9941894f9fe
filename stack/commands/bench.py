"""`vahti bench`: figures with peers beside them, measured in one run."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console

from stack.bench import cvs, pipeline, report, running, search


@click.group("bench", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Run the benchmarks; all of them where none is named."""
    if context.invoked_subcommand is None:
        for one in command.commands.values():
            context.invoke(one)


@command.command("pipeline")
@click.option("--alerts", type=click.IntRange(1000), default=10_000, show_default=True, help="Alerts in all.")
@click.option("--listings", type=click.IntRange(20), default=200, show_default=True, help="Listings, one by one.")
@click.option("--feed", type=click.IntRange(100), default=5_000, show_default=True, help="Listings in the feed.")
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same alerts and listings.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON as well.")
def pipeline_command(alerts: int, listings: int, feed: int, seed: int, as_json: bool) -> None:
    """From the PUT of a listing to the mail server's 250, beside a bare percolation and the cron way."""
    with running.service() as http:
        figures = pipeline.run(Console(stderr=as_json), http, alerts, listings, feed, seed)
    values = {
        "the whole way: PUT to 250": figures["put_to_250"].median,
        "bare percolation": figures["bare_percolation"].median,
        "cron: every saved search once": figures["cron_one_listing_ms"],
    }
    _keep("pipeline", figures, f"One new listing, {alerts:,} alerts", values, as_json)


@command.command("cvs")
@click.option("--cvs", "count", type=click.IntRange(1000), default=100_000, show_default=True, help="CVs in all.")
@click.option("--searches", type=click.IntRange(50), default=300, show_default=True, help="Searches, one by one.")
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same CVs and searches.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON as well.")
def cvs_command(count: int, searches: int, seed: int, as_json: bool) -> None:
    """Recruiters' search beside the bare query and Postgres, hiding under load, reindexing and verifying."""
    with running.service() as http:
        figures = cvs.run(Console(stderr=as_json), http, count, searches, seed)
    values = {
        "recruiter's search by HTTP": figures["search"].median,
        "the same query, bare": figures["bare_query"].median,
        "Postgres full-text search": figures["postgres_text"].median,
        "hide: commit to overwritten": figures["hide"]["overwritten"].median,
    }
    _keep("cvs", figures, f"{count:,} CVs", values, as_json)


@command.command("search")
@click.option(
    "--listings", "count", type=click.IntRange(500), default=100_000, show_default=True, help="Listings in all."
)
@click.option("--searches", type=click.IntRange(50), default=300, show_default=True, help="Searches, one by one.")
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same listings and searches.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON as well.")
def search_command(count: int, searches: int, seed: int, as_json: bool) -> None:
    """The job search by HTTP beside the same words sent bare to the stock analysers, and the speed of the analysis."""
    with running.service() as http:
        figures = search.run(Console(stderr=as_json), http, count, searches, seed)
    values = {
        "job search by HTTP": figures["search"].median,
        "the same, with facets": figures["search_with_facets"].median,
        "the same words, bare": figures["stock_bare"].median,
    }
    _keep("search", figures, f"{count:,} listings", values, as_json)


def _keep(name: str, figures: dict[str, Any], title: str, medians: dict[str, float], as_json: bool) -> None:
    """Write the figures, draw the medians (milliseconds), and print the figures as JSON where that was asked for."""
    click.echo(f"written: {report.write(name, figures)}", err=True)
    report.bars(name, title, medians, "milliseconds (median)")
    if as_json:
        click.echo(json.dumps(figures, default=lambda spread: spread.__dict__))
