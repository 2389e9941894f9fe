"""In which order: the judged searches of the sample ads, as the site answers them and as the stock analysers do."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.listing_schema import load_listing
from indexer import rebuild
from matcher import search
from stack.evaluation import sets
from stack.evaluation.measures import TOP, Figure, Tally, mean, ndcg, reciprocal_rank
from stack.evaluation.sides import Asked, Product, Stock, Text, found, index
from store import clock, criteria, employers, listings
from store.database import transaction

SAMPLES = Path(__file__).parents[2] / "samples" / "listings.ndjson"
PUBLISHER = "evaluation"
MOST = 200
GOOD = 2
Faults = dict[str, Tally]


@cache
def sample_ads() -> dict[str, dict[str, Any]]:
    """The sample ads by their numbers, as they are handed in, but without a deadline, and each published at a moment of
    its own within the last four weeks: the order is the same whenever it is asked for."""
    ads = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    midnight = datetime.combine(clock.now().date(), time.min, UTC)
    given = {}
    for place, ad in enumerate(ads):
        published = midnight - timedelta(days=place * 7 % 28, minutes=place)
        fields = {name: value for name, value in ad.items() if name not in ("deadline", "site")}
        given[ad["reference"].removeprefix("sample-")] = {**fields, "published_at": published.isoformat()}
    return given


def publish_samples() -> None:
    """Publish the sample ads, and have them in the index that is searched."""
    with transaction() as session:
        publisher = employers.named(session, PUBLISHER)
        listings.publish_all(session, publisher, [load_listing(ad) for ad in sample_ads().values()])
        generation = rebuild.begin(session, "listings")
    while not rebuild.build(generation.id):
        continue


def product(faults: Faults) -> list[Figure]:
    """The judged searches by the search that serves the site, on rows: see `publish_samples`. Misspelt ones once more,
    as somebody finds who takes the spelling that is offered: `typo-helped`, which the stock analysers do not have."""
    judged = sets.ranking()
    helped = [replace(one, kind="typo-helped") for one in judged if one.kind == "typo"]
    with transaction() as session:
        got = [_find(session, one) for one in judged]
        got += [_find(session, replace(one, query=_offered(session, one))) for one in helped]
    judged = [*judged, *helped]
    return list(_figures(judged, got, Product.name, faults))


def stock(faults: Faults) -> list[Figure]:
    """The same searches in the stock analysers' index of the same ads."""
    judged = sets.ranking()
    texts = [Text(number, ad["language"], ad["title"], ad["description"]) for number, ad in sample_ads().items()]
    side = Stock()
    with index(side, texts) as name:
        got = found(side, name, [Asked(one.query, one.language, _among(one)) for one in judged], MOST)
    return list(_figures(judged, got, side.name, faults))


def _among(judged: sets.Judged) -> tuple[str, ...]:
    """Ads in every language where that is what is judged, else in that of the search alone."""
    return sets.LANGUAGES if judged.kind == "cross-language" else (judged.language,)


def _offered(session: Session, judged: sets.Judged) -> str:
    """The spelling that the answer offers, or what was asked where it offers none."""
    asked = criteria.read({"text": judged.query, "languages": list(_among(judged))})
    looked_for = search.Search(asked, "relevance", language=judged.language, text=judged.query)
    return search.find(session, looked_for).did_you_mean or judged.query


def _find(session: Session, judged: sets.Judged) -> list[str]:
    asked = criteria.read({"text": judged.query, "languages": list(_among(judged))})
    numbers: list[str] = []
    after = None
    while True:
        answer = search.find(
            session, search.Search(asked, "relevance", size=100, after=after, language=judged.language)
        )
        numbers += [hit.listing.reference.removeprefix("sample-") for hit in answer.hits]
        after = answer.next
        if after is None or len(numbers) >= MOST:
            return numbers


def _figures(
    judged: Sequence[sets.Judged], got: Sequence[Sequence[str]], side: str, faults: Faults
) -> Iterator[Figure]:
    groups: dict[tuple[str, str, str], list[tuple[sets.Judged, Sequence[str]]]] = defaultdict(list)
    for one, numbers in zip(judged, got, strict=True):
        groups[one.language, one.kind, one.split].append((one, numbers))
    for (language, kind, split), answers in groups.items():
        tally = Tally()
        for one, numbers in answers:
            good = {number for number, grade in one.grades.items() if grade >= GOOD}
            tally.add(one.query, good, set(numbers) - set(one.grades), numbers)
        figure = Figure(
            set="ranking",
            language=language,
            kind=kind,
            split=split,
            side=side,
            searches=len(answers),
            pairs=tally.wanted,
            recall=round(tally.recall, 4),
            precision=round(tally.precision, 4),
            ndcg=mean([ndcg(numbers, one.grades, TOP) for one, numbers in answers]),
            mrr=mean([reciprocal_rank(numbers, _good(one)) for one, numbers in answers]),
        )
        faults[f"{figure.name}/{side}"] = tally
        yield figure


def _good(judged: sets.Judged) -> set[str]:
    return {number for number, grade in judged.grades.items() if grade >= GOOD}
