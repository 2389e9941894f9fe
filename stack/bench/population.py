"""Who asks and what is offered in a benchmark: alerts and listings drawn from the sample ads, the same for one seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from store import clock, places, sanitise, sites, stored_criteria
from store import criteria as criteria_rows
from store.criteria import Criteria
from store.errors import Invalid

SAMPLES = Path(__file__).parents[2] / "samples" / "listings.ndjson"
SHORTEST = 4  # letters of a word that somebody would ask for


@cache
def samples() -> list[dict[str, Any]]:
    """The sample ads as they are handed in."""
    return [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]


@cache
def _words(language: str) -> list[str]:
    """The words of the sample ads' titles, then of their texts, each once, in a fixed order."""
    ads = [ad for ad in samples() if ad["language"] == language]
    found: dict[str, None] = {}
    for part in ("title", "description"):
        for ad in ads:
            for word in sanitise.text(ad[part]).lower().split():
                bare = word.strip(".,:;!?()\"'–-/")
                if len(bare) >= SHORTEST and bare.isalpha():
                    found.setdefault(bare)
    return list(found)


def criteria(number: int, seed: int) -> Criteria:
    """What alert `number` asks: a word or two, Zipf-like over the ads' vocabulary, mostly with places."""
    draw = random.Random(f"{seed} alert {number}")  # noqa: S311 - a benchmark wants the same draw every time
    while True:
        language = draw.choices(("fi", "sv", "en"), (5, 3, 2))[0]
        words = _words(language)
        chosen = {words[min(int(draw.paretovariate(0.7)) - 1, len(words) - 1)] for _ in range(draw.choice((1, 2, 2)))}
        asked: dict[str, Any] = {"text": " ".join(sorted(chosen))}
        if draw.random() < 0.9:
            asked["places"] = [_place(draw)]
        if draw.random() < 0.2:
            asked["employment"] = [draw.choice(("full_time", "part_time", "permanent", "temporary"))]
        if draw.random() < 0.1:
            asked["exclude"] = draw.choice(words)
        try:
            return criteria_rows.read(asked)
        except Invalid:
            continue  # a word that is both asked for and excluded: draw again


def _place(draw: random.Random) -> str:
    code = draw.choice(draw.choice(samples())["places"] or ["fi"])
    return draw.choice(places.ancestors(code)[:2])


def listing(number: int, seed: int, mark: str = "") -> dict[str, Any]:
    """Listing `number`: an ad with the text of two sample ads of its language, and a word of its own."""
    draw = random.Random(f"{seed} listing {number}")  # noqa: S311
    first = draw.choice(samples())
    second = draw.choice([ad for ad in samples() if ad["language"] == first["language"]])
    return {
        **{key: value for key, value in first.items() if key not in {"reference", "site"}},
        "reference": f"bench-{seed}-{number}",
        "title": f"{first['title']} {number}",
        "description": f"{first['description']}\n\n{sanitise.text(second['description'])}\n\n{mark}",
    }


def load(session: Session, asked: Iterator[tuple[str, Criteria, str]]) -> int:
    """Confirmed alerts for (address, criteria, frequency), through the triggers as all are; returns how many."""
    site = sites.find(session, None)
    count = 0
    known: dict[bytes, int] = {}
    for address, one, frequency in asked:
        key = one.hash()
        if key not in known:
            known[key] = stored_criteria.row(session, one).id
        session.execute(
            text(
                "INSERT INTO alerts (site, email, language, timezone, frequency, digest_hour, criteria_id, state, "
                "terms_version, terms_accepted_at, terms_source, confirm_by, confirmed_at) VALUES "
                "(:site, :email, 'fi', :zone, :frequency, 7, :criteria, 'active', 'bench', :now, 'bench', :now, :now)"
            ),
            {
                "site": site.key,
                "email": address,
                "zone": site.timezone,
                "frequency": frequency,
                "criteria": known[key],
                "now": clock.now(),
            },
        )
        count += 1
    return count
