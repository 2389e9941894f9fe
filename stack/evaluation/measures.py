"""What the figures mean: recall, precision, nDCG@10 and MRR over the searches of a set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

TOP = 10


@dataclass
class Tally:
    """Pairs of a search and a text: how many should be found and were, and how many were found that should not be."""

    wanted: int = 0
    found: int = 0
    wrong: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    mistaken: list[tuple[str, str]] = field(default_factory=list)

    def add(self, search: str, wanted: Collection[str], wrong: Collection[str], got: Collection[str]) -> None:
        """Count one search that got these: `wanted` should be among them and `wrong` should not, the rest is nobody's
        business."""
        missed = sorted(set(wanted).difference(got))
        mistaken = sorted(set(wrong).intersection(got))
        self.wanted += len(set(wanted))
        self.found += len(set(wanted)) - len(missed)
        self.wrong += len(mistaken)
        self.missed += [(search, one) for one in missed]
        self.mistaken += [(search, one) for one in mistaken]

    @property
    def recall(self) -> float:
        """The share of what should be found that was; 1 where there is nothing to find."""
        return self.found / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """The share of what was found that should be; 1 where nothing was found."""
        got = self.found + self.wrong
        return self.found / got if got else 1.0


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], top: int = TOP) -> float:
    """How near the first hits come to the best order there is, from 0 to 1: gain 2^grade - 1, discounted by log2 of the
    place plus one (Järvelin and Kekäläinen 2002). Each text counts where it comes first; grades above 0 must exist."""
    best = sorted(grades.values(), reverse=True)[:top]
    return _gain([grades.get(one, 0) for one in list(dict.fromkeys(ranked))[:top]]) / _gain(best)


def _gain(grades: Sequence[int]) -> float:
    return sum(((1 << grade) - 1) / log2(place + 2) for place, grade in enumerate(grades))


def reciprocal_rank(ranked: Sequence[str], good: Collection[str]) -> float:
    """One divided by the place of the first good hit; 0 where there is none."""
    return next((1 / place for place, one in enumerate(ranked, start=1) if one in good), 0.0)


@dataclass(frozen=True)
class Figure:
    """One line of the results: of a set, a language, a kind and a split, for the product or its peer. `searches` and
    `pairs` say how many there are of; what a set does not measure is None."""

    set: str
    language: str
    kind: str
    split: str
    side: str
    searches: int
    pairs: int
    recall: float | None = None
    precision: float | None = None
    ndcg: float | None = None
    mrr: float | None = None

    @property
    def name(self) -> str:
        """By which the floors know it, the side left out."""
        return "/".join((self.set, self.language, self.kind, self.split))

    def values(self) -> dict[str, float]:
        """What it measures, by name."""
        measured = {"recall": self.recall, "precision": self.precision, "ndcg": self.ndcg, "mrr": self.mrr}
        return {name: value for name, value in measured.items() if value is not None}


def mean(values: Sequence[float]) -> float:
    """The mean, to four digits: what is compared between runs; 0 of nothing."""
    return round(sum(values) / len(values), 4) if values else 0.0
