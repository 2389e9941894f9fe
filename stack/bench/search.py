"""`vahti bench search`: the job search by HTTP beside the same words sent bare to the stock analysers' index."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from statistics import median
from typing import Any

import urllib3
from rich.console import Console
from rich.progress import track
from sqlalchemy import text

from api.listing_schema import load_listing
from indexer import rebuild
from indexer.kinds import kind
from mappings.client import client
from stack.bench import population, report
from stack.bench.report import Spread
from stack.bench.running import until
from stack.evaluation import sets, speed
from stack.evaluation.sides import Asked, Stock, Text, index
from store import clock, employers, listings
from store.database import transaction
from store.listing_input import ListingInput
from store.listings import Listing

WARM_UP = 60
BATCH = 500
PAGE = 20
DAYS = 60


def run(console: Console, http: str, count: int, searches: int, seed: int) -> dict[str, Any]:
    """Measure against the service that runs at `http`, without listings until now; returns the figures, and prints
    them."""
    loaded = _load(console, count, seed)
    rebuilt = _reindex(console, count)
    asked = list(islice(_searches(seed), searches + WARM_UP))
    console.print("writing the same listings to an index with the stock analysers")
    with index(Stock(), list(_texts())) as peer:
        product, with_facets, bare, totals = _search(console, http, peer, asked)
    figures: dict[str, Any] = {
        "listings": count,
        "searches": searches,
        "load_s": loaded,
        "reindex": rebuilt,
        "search": Spread.of(product),
        "search_with_facets": Spread.of(with_facets),
        "stock_bare": Spread.of(bare),
        # Each search beside the same words, sent right after it: both feel the same machine.
        "ratio_to_stock_bare": round(median(one / other for one, other in zip(product, bare, strict=True)), 2),
        "ratio_of_medians": round(median(product) / median(bare), 2),
        "hits": totals,
        "analysis": speed.alone(),
    }
    _show(console, figures)
    return figures


def _load(console: Console, count: int, seed: int) -> float:
    start = time.perf_counter()
    for first in track(range(0, count, BATCH), "listings", console=console, transient=True):
        given = [_input(number, seed) for number in range(first, min(first + BATCH, count))]
        with transaction() as session:
            listings.publish_all(session, employers.named(session, "Bench"), given)
            # The index is filled by the reindex, not by what the loading owes.
            session.execute(text("DELETE FROM owed WHERE job IN ('sync_listing', 'match_listing')"))
    with transaction() as session:
        session.execute(text("ANALYZE listings"))
    return round(time.perf_counter() - start, 1)


def _input(number: int, seed: int) -> ListingInput:
    """Listing `number` as an employer hands it in, published within the last two months."""
    draw = random.Random(f"{seed} moment {number}")  # noqa: S311 - a benchmark wants the same draw every time
    published = clock.now() - timedelta(minutes=draw.randrange(DAYS * 24 * 60))
    given = {name: value for name, value in population.listing(number, seed).items() if name != "deadline"}
    return load_listing({**given, "published_at": published.isoformat()})


def _reindex(console: Console, count: int) -> dict[str, Any]:
    """Build the index of listings anew, here: what the analysis and the writing of all of them take."""
    start = time.perf_counter()
    with console.status(f"{count:,} listings into the index"):
        with transaction() as session:
            generation = rebuild.begin(session, "listings")
        until("the index", lambda: rebuild.build(generation.id), 0)
    took = time.perf_counter() - start
    return {"seconds": round(took, 1), "per_second": round(count / took)}


def _texts() -> Iterator[Text]:
    after = None
    while True:
        with transaction() as session:
            rows = kind("listings").page(session, after, BATCH)
            page = [row for row in rows if isinstance(row, Listing)]
        if not page:
            return
        after = str(page[-1].id)
        yield from (Text(str(row.id), row.language, row.title, f"{row.employer}\n{row.description}") for row in page)


def _searches(seed: int) -> Iterator[Asked]:
    """What people type: the judged searches, titles of ads, and words of ads, in all languages, without an end."""
    draw = random.Random(f"{seed} searches")  # noqa: S311
    judged = [one for one in sets.ranking() if one.kind != "typo"]
    while True:
        one, ad = draw.choice(judged), draw.choice(population.samples())
        words = draw.choice((one.query, ad["title"], ad["title"].split()[-1], " ".join(_words(ad, draw))))
        yield Asked(words, ad["language"], sets.LANGUAGES)


def _words(ad: dict[str, Any], draw: random.Random) -> list[str]:
    letters = [word for word in ad["description"].lower().split() if word.isalpha() and len(word) > 4]
    return draw.sample(letters or [ad["title"]], min(len(letters) or 1, draw.choice((1, 2))))


_http = urllib3.PoolManager()


def _get(http: str, words: str, facets: bool) -> int:
    """How many listings the service finds; the answer has the first page of them, in full."""
    fields = {"text": words, "size": str(PAGE), **({"facets": "1"} if facets else {})}
    answer = _http.request("GET", f"{http}/api/v1/listings", fields=fields)
    if answer.status != 200:
        raise RuntimeError(f"the search answered {answer.status}: {answer.data[:300]!r}")
    return int(answer.json()["total"])


def _search(
    console: Console, http: str, peer: str, asked: list[Asked]
) -> tuple[list[float], list[float], list[float], dict[str, float]]:
    """Seconds of each search by HTTP, without and with facets, and of the same words sent bare; the median of hits."""
    stock = Stock()
    seconds: tuple[list[float], list[float], list[float]] = ([], [], [])
    found: tuple[list[int], list[int]] = ([], [])
    for one in track(asked, "search by search", console=console, transient=True):
        for facets, kept in ((False, seconds[0]), (True, seconds[1])):
            start = time.perf_counter()
            total = _get(http, one.text, facets)
            kept.append(time.perf_counter() - start)
        body = {"query": stock.query(one), "size": PAGE, "_source": False, "track_total_hits": True}
        start = time.perf_counter()
        answer = client().search(index=peer, body=body)
        seconds[2].append(time.perf_counter() - start)
        found[0].append(total)
        found[1].append(answer["hits"]["total"]["value"])
    product, facets_too, bare = (kept[WARM_UP:] for kept in seconds)
    totals = {"product_median": median(found[0][WARM_UP:]), "stock_median": median(found[1][WARM_UP:])}
    return product, facets_too, bare, totals


def _show(console: Console, figures: dict[str, Any]) -> None:
    rows = [
        ("job search by HTTP", figures["search"]),
        ("job search by HTTP, with facets", figures["search_with_facets"]),
        ("the same words, bare, stock analysers", figures["stock_bare"]),
    ]
    report.table(
        console,
        f"{figures['listings']:,} listings, {figures['searches']} searches (ms)",
        ("", "median", "p95", "p99"),
        [(name, *(f"{value:.1f}" for value in (s.median, s.p95, s.p99))) for name, s in rows],
    )
    analysis, built = figures["analysis"], figures["reindex"]
    console.print(
        f"a search costs {figures['ratio_to_stock_bare']} of the same words sent bare, the median; of the medians "
        f"{figures['ratio_of_medians']}"
    )
    console.print(
        f"reindex {built['per_second']:,} listings a second; analysis {analysis['unseen_per_second']:.0f} unseen ads "
        f"of {speed.LENGTH} characters a second and core, {analysis['cold_per_second']:.0f} from cold caches, "
        f"{analysis['warm_per_second']:.0f} of the same again"
    )
