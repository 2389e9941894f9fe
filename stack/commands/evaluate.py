"""`vahti evaluate`: how well texts are found, beside the stock analysers, from the judged sets in the repository."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.console import Console

from stack.evaluation import floors, report, run, speed


@click.command("evaluate")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead of tables.")
@click.option("--write", is_flag=True, help="Write docs/search-quality.md.")
@click.option("--write-floors", is_flag=True, help="Write evaluation/floors.json, a little below these figures.")
@click.option("--faults", default=0, metavar="N", help="Show so many misses and mistakes of each set.")
def command(as_json: bool, write: bool, write_floors: bool, faults: int) -> None:
    """Measure recall, precision, nDCG@10 and MRR on the judged sets, each beside OpenSearch's own language analysers.

    Starts services of its own and leaves nothing behind. Exit status 1 where a figure is below its floor.
    """
    results = run.alone()
    own = results.of("vahti")
    if write:
        report.PAGE.write_text(report.page(results), encoding="utf-8")
    if write_floors:
        floors.write(own)
    fallen = floors.below(own, floors.read())
    for name in floors.unheld(own, floors.read()):
        click.echo(f"{name}: has no floor yet; --write-floors makes one", err=True)
    fast = speed.alone()
    if as_json:
        figures = [asdict(figure) for figure in results.figures]
        click.echo(
            json.dumps({"figures": figures, "analysis": fast, "below_floor": fallen}, ensure_ascii=False, indent=1)
        )
    else:
        console = Console()
        report.show(console, results)
        report.show_faults(console, results.faults, faults)
        console.print(
            f"analysis: {fast['unseen_per_second']:.0f} unseen ads of {speed.LENGTH} characters a second and core, "
            f"{fast['cold_per_second']:.0f} from cold caches, {fast['warm_per_second']:.0f} of the same again"
        )
    for line in fallen:
        click.echo(line, err=True)
    raise SystemExit(1 if fallen else 0)
