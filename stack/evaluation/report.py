"""The figures as people read them: tables on the terminal, and `docs/search-quality.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap

from rich.console import Console
from rich.table import Table

from stack.evaluation.measures import Figure, Tally
from stack.evaluation.run import Results
from stack.evaluation.sides import Product, Stock

PAGE = Path(__file__).parents[2] / "docs" / "search-quality.md"
MEASURES = ("recall", "precision", "ndcg", "mrr")
SHOWN = {"recall": "recall", "precision": "precision", "ndcg": "nDCG@10", "mrr": "MRR"}
LANGUAGES = {"fi": "Finnish", "sv": "Swedish", "en": "English"}

# Of each set: its heading, and the sentences that say how it is measured.
SETS = {
    "inflection": (
        "Inflected forms",
        "Each form is an ad with that title, and each base form is searched among all of them. Recall is the share of "
        "the forms that their base finds. Precision is the share of what was found that is a form of the base: a form "
        "of another base is wrong, unless the set lists it under both, or its base is a compound with the one searched "
        "as its head. That is measured for the words themselves; with what they name as well (expanded), which also "
        "finds the same occupation under its other names, only recall is.",
    ),
    "compound": (
        "Heads of compounds",
        "Each compound is an ad with that title. Recall is the share of the compounds that their head finds; precision "
        "counts as wrong what a word finds that only stands in front of a head or inside of one, and the compound that "
        "finds its head.",
    ),
    "place": (
        "Names of places",
        "Each sentence is the text of an ad and nothing else says where it is. A place is searched by its name in the "
        'sentence\'s language (place), and by its names in the other languages (place-across: "Helsingfors" for '
        '"Helsingissä"). Wrong is a sentence about another place, and one in which the word is no name of a place.',
    ),
    "label": (
        "Occupations in another language",
        "Each of the occupations of ESCO is an ad whose title is its preferred name in one language. It is searched by "
        "one of its other names in another (cross-language). The same names are given where an occupation must become "
        "a code (to-code): Vahti's answer to that, beside an index of all occupations with all of their names in every "
        "language. Recall is the share that is among the first five.",
    ),
    "ranking": (
        "Judged searches",
        "Searches of the 358 sample ads as the site answers them, each ad graded by hand: 3 what is searched for, 2 "
        "good, 1 better than nothing. Cross-language searches are of all ads, the others of those in the language of "
        "the search. Recall counts ads of grade 2 and 3; precision counts as wrong what has no grade; MRR looks for "
        "the first ad of grade 2 or 3.",
    ),
}

PAGE_TEXT = """\
# How well the search finds
Written by `vahti evaluate --write`, from the judged sets under [`evaluation/`](../evaluation/README.md). Of each pair
of columns the first is Vahti, the second OpenSearch's own analysers for the three languages (`finnish`, `swedish`,
`english`), measured in the same run on the same texts: one field a language, all words of a search in one field, titles
weighed three times. They are told the language of every text and every search.

Both sides are asked through a real OpenSearch. Vahti's index, documents and queries are those that serve. The rules
were written with the lines of a set that are called dev in sight; at those that are held (out) nobody looked. What a
figure may not fall below stands in [`evaluation/floors.json`](../evaluation/floors.json), and the tests hold it.

{sections}
"""


def name(figure: Figure) -> tuple[str, str, str]:
    """What the rows of a table are called."""
    return LANGUAGES[figure.language], figure.kind, figure.split


def show(console: Console, results: Results) -> None:
    """Print a table of each set."""
    for key, (heading, _) in SETS.items():
        rows, measures = _rows(results, key)
        if not rows:
            continue
        table = Table(title=heading, title_justify="left")
        for column in ("", "kind", "split"):
            table.add_column(column, no_wrap=True)
        for column in ("searches", *(column for measure in measures for column in (SHOWN[measure], "stock"))):
            table.add_column(column, justify="right", overflow="fold")
        for own, other in rows:
            cells = [_cell(side, measure) for measure in measures for side in (own, other)]
            table.add_row(*name(own), str(own.searches), *cells)
        console.print(table)


def show_faults(console: Console, faults: Mapping[str, Tally], most: int) -> None:
    """Print the first of what the product missed, and of what it found wrongly."""
    for key, tally in faults.items():
        if not key.endswith(f"/{Product.name}"):
            continue
        for what, pairs in (("missed", tally.missed), ("wrong", tally.mistaken)):
            if pairs:
                console.print(f"{key} {what} {len(pairs)}: " + ", ".join(f"{a} → {b}" for a, b in pairs[:most]))


def page(results: Results) -> str:
    """`docs/search-quality.md`, the same for the same figures."""
    sections = []
    for key, (heading, about) in SETS.items():
        rows, measures = _rows(results, key)
        if not rows:
            continue
        head = ["language", "kind", "split", "searches", "pairs", *(f"{SHOWN[one]} | stock" for one in measures)]
        columns = 5 + 2 * len(measures)
        lines = [f"| {' | '.join(head)} |", "|" + "---|" * columns]
        for own, other in rows:
            cells = [f"{_bold(_cell(own, one))} | {_cell(other, one)}" for one in measures]
            lines.append(f"| {' | '.join([*name(own), str(own.searches), str(own.pairs), *cells])} |")
        sections.append("\n".join((f"## {heading}", *wrap(about, 120, break_on_hyphens=False), "", *lines)))
    return PAGE_TEXT.format(sections="\n\n".join(sections))


def _rows(results: Results, key: str) -> tuple[list[tuple[Figure, Figure | None]], Sequence[str]]:
    others = results.of(Stock.name)
    own = [figure for figure in results.figures if figure.set == key and figure.side == Product.name]
    measures = [measure for measure in MEASURES if any(measure in figure.values() for figure in own)]
    return [(figure, others.get(figure.name)) for figure in own], measures


def _bold(cell: str) -> str:
    return f"**{cell}**" if cell else ""


def _cell(figure: Figure | None, measure: str) -> str:
    value = figure.values().get(measure) if figure is not None else None
    return "" if value is None else f"{value:.3f}"
