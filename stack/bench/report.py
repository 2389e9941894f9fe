"""What a benchmark shows: a table for people, JSON for programs, a plot, and the machine that it ran on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


@dataclass(frozen=True)
class Spread:
    """A figure over many runs, in milliseconds."""

    median: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        """The spread of these durations, given in seconds."""
        cut = quantiles(seconds, n=100, method="inclusive")
        return cls(*(round(value * 1000, 2) for value in (median(seconds), cut[94], cut[98])))


def machine() -> dict[str, Any]:
    """What it ran on: figures compare within a run, and between runs only with care."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def write(name: str, figures: Mapping[str, Any]) -> Path:
    """Write the figures of a run as JSON under benchmarks/results."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{name}.json"
    file.write_text(json.dumps({"run": machine(), **figures}, indent=2, default=_plain) + "\n", encoding="utf-8")
    return file


def _plain(value: object) -> Any:
    if isinstance(value, Spread):
        return asdict(value)
    raise TypeError(type(value).__name__)


def table(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a title, figures to the right."""
    shown = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        shown.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        shown.add_row(*row)
    console.print(shown)


def bars(name: str, title: str, values: Mapping[str, float], unit: str) -> Path:
    """Draw horizontal bars, one a variant, and write them as SVG under benchmarks/results."""
    import matplotlib as mpl  # only here: nothing but a plot needs it

    mpl.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.5 * len(values)), layout="constrained")
    labels = list(values)[::-1]
    drawn = axes.barh(labels, [values[label] for label in labels], color="#0b5c73")
    axes.bar_label(drawn, fmt="{:.1f}", padding=4)
    axes.set_title(title, loc="left")
    axes.set_xlabel(unit)
    axes.set_xscale("log" if max(values.values()) > 100 * min(values.values()) else "linear")
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{name}.svg"
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
    return file
