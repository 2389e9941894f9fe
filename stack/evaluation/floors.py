"""The floors: what a figure of the product may not fall below, by its name in `evaluation/floors.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import floor

from stack.evaluation.measures import Figure
from stack.evaluation.sets import FOLDER

FILE = FOLDER / "floors.json"
# How far a floor lies below the figure that it is made of: a word or two of a set, not a step back.
ROOM = 0.005

Floors = Mapping[str, Mapping[str, float]]


def read() -> Floors:
    """The floors as they stand."""
    floors: Floors = json.loads(FILE.read_text(encoding="utf-8"))
    return floors


def below(figures: Mapping[str, Figure], floors: Floors) -> list[str]:
    """What is wrong, a line each: figures that are below their floors, and floors without a figure."""
    wrong = [f"{name}: has a floor, and is not measured" for name in sorted(set(floors) - set(figures))]
    for name in sorted(set(figures) & set(floors)):
        values = figures[name].values()
        for measure, least in floors[name].items():
            value = values.get(measure)
            if value is None or value < least:
                wrong.append(f"{name}: {measure} is {value}, the floor is {least}")
    return wrong


def unheld(figures: Mapping[str, Figure], floors: Floors) -> list[str]:
    """The names of the figures that have no floor yet."""
    return sorted(set(figures) - set(floors))


def write(figures: Mapping[str, Figure]) -> None:
    """Make floors of these figures, a little below each."""
    floors = {
        name: {measure: floor(max(value - ROOM, 0) * 1000) / 1000 for measure, value in figure.values().items()}
        for name, figure in sorted(figures.items())
    }
    lines = [f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in floors.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
