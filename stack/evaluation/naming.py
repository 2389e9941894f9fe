"""Occupations by what people call them: in ads of another language, and when an occupation is to be chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mappings.analysis.candidates import candidates
from mappings.client import client
from stack.evaluation import sets
from stack.evaluation.measures import Figure, Tally, mean, reciprocal_rank
from stack.evaluation.sides import Asked, Product, Side, Stock, Text, found, index
from store import occupations

FIRST = 5
Faults = dict[str, Tally]
Answers = Mapping[sets.Label, Sequence[str]]


def ads(side: Side, faults: Faults) -> Iterator[Figure]:
    """Each ESCO occupation is an ad with its preferred name as the title, in one language; it is searched by another
    name in another language. `recall` says for how many it is among the first five."""
    lines = sets.labels()
    got: dict[sets.Label, Sequence[str]] = {}
    for language in sets.LANGUAGES:
        of_language = [line for line in lines if line.other == language]
        texts = [Text(code, language, occupations.label(code, language)) for code in _codes()]
        asked = [Asked(line.label, line.language, (language,)) for line in of_language]
        with index(side, texts) as name:
            got |= dict(zip(of_language, found(side, name, asked, FIRST), strict=True))
    yield from _figures(got, "cross-language", side.name, faults)


def chosen(faults: Faults) -> Iterator[Figure]:
    """The same names, where somebody says an occupation that must become a code: the five that are offered."""
    got = {line: candidates(line.label, line.language, FIRST) for line in sets.labels()}
    yield from _figures(got, "to-code", Product.name, faults)


def chosen_stock(faults: Faults) -> Iterator[Figure]:
    """The same in an index of all occupations with all their names in each language, preferred ones as titles."""
    lines = sets.labels()
    name = "vahti-evaluation-occupations"
    client().indices.create(index=name, body=Stock().body())
    try:
        actions: list[dict[str, Any]] = []
        for code in _codes():
            names = {f"title_{one}": occupations.label(code, one) for one in sets.LANGUAGES}
            others = {
                f"text_{one}": [names[f"title_{one}"], *occupations.alternatives(code, one)] for one in sets.LANGUAGES
            }
            actions += [{"index": {"_index": name, "_id": code}}, {**names, **others}]
        client().bulk(body=actions, params={"refresh": "true"})
        asked = [Asked(line.label, line.language, sets.LANGUAGES) for line in lines]
        got = dict(zip(lines, found(Stock(), name, asked, FIRST), strict=True))
    finally:
        client().indices.delete(index=name)
    yield from _figures(got, "to-code", Stock.name, faults)


def _codes() -> list[str]:
    return [one.code for one in occupations.all() if not one.code.startswith("isco-")]


def _figures(got: Answers, kind: str, side: str, faults: Faults) -> Iterator[Figure]:
    groups: dict[tuple[int, str], list[sets.Label]] = defaultdict(list)
    for line in sets.labels():
        groups[sets.LANGUAGES.index(line.language), line.split].append(line)
    for (place, split), lines in sorted(groups.items()):
        tally = Tally()
        for line in lines:
            tally.add(f"{line.label} ({line.other})", {line.uri}, (), got[line])
        figure = Figure(
            set="label",
            language=sets.LANGUAGES[place],
            kind=kind,
            split=split,
            side=side,
            searches=len(lines),
            pairs=len(lines),
            recall=round(tally.recall, 4),
            mrr=mean([reciprocal_rank(got[line], {line.uri}) for line in lines]),
        )
        faults[f"{figure.name}/{side}"] = tally
        yield figure
