"""A whole evaluation: every set, for the product and for the stock analysers beside it, against a real OpenSearch."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stack.evaluation import finding, naming, ranking, sets
from stack.evaluation.measures import Figure, Tally
from stack.evaluation.sides import Product, Side, Stock
from stack.watch import say


@dataclass
class Results:
    """The figures of a run in a fixed order, and what was missed or wrong, by the name and the side of each."""

    figures: list[Figure] = field(default_factory=list)
    faults: dict[str, Tally] = field(default_factory=dict)

    def of(self, side: str) -> dict[str, Figure]:
        """The figures of one side, by their names."""
        return {figure.name: figure for figure in self.figures if figure.side == side}


def product() -> Results:
    """The product's figures, from the services that the settings name; publishes the sample ads there."""
    results = Results()
    results.figures += _sets(Product(), results)
    results.figures += naming.chosen(results.faults)
    ranking.publish_samples()
    results.figures += ranking.product(results.faults)
    return results


def both() -> Results:
    """The figures of both sides, from the services that the settings name; publishes the sample ads there."""
    results = product()
    say("measuring the stock analysers")
    results.figures += _sets(Stock(), results)
    results.figures += naming.chosen_stock(results.faults)
    results.figures += ranking.stock(results.faults)
    return results


def _sets(side: Side, results: Results) -> Iterator[Figure]:
    for language in sets.LANGUAGES:
        yield from finding.inflection(side, language, results.faults)
        yield from finding.compounds(side, language, results.faults)
        yield from finding.place_names(side, language, results.faults)
    yield from naming.ads(side, results.faults)


def alone() -> Results:
    """Start OpenSearch and Postgres in a directory of their own, measure both sides, and leave nothing behind.

    Never those that the environment names: the sample ads are published, and the index of listings is built anew.
    """
    from stack.embedded import Stack
    from stack.supervisor import prepare

    for variable in ("VAHTI_OPENSEARCH_URL", "VAHTI_DATABASE_URL"):
        os.environ.pop(variable, None)
    scratch = tempfile.TemporaryDirectory(prefix="vahti-evaluation-", dir="/var/tmp", ignore_cleanup_errors=True)
    with scratch as directory, Stack(Path(directory), "fast", only=("opensearch", "postgres")) as services:
        os.environ["VAHTI_OPENSEARCH_URL"] = services.urls["opensearch"]
        os.environ["VAHTI_DATABASE_URL"] = services.urls["postgres"]
        prepare()
        return both()
