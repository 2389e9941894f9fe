"""How fast the analysis is: documents of ads of 2,500 characters, made by one core, as caches fill."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from mappings import listing
from stack.evaluation.ranking import sample_ads
from stack.evaluation.sides import Product, Text
from store import sanitise
from store.listings import Listing

LENGTH = 2500
HELD_OUT = 5  # every so many-th ad is read last


def texts(ads: list[dict[str, Any]]) -> list[Text]:
    """Ads, each with others of its language behind it, cut to 2,500 characters."""
    made = []
    for place, ad in enumerate(ads):
        others = [other for other in ads[place + 1 :] + ads[:place] if other["language"] == ad["language"]]
        whole = sanitise.text(ad["description"])
        for other in others:
            if len(whole) >= LENGTH:
                break
            whole = f"{whole}\n{sanitise.text(other['description'])}"
        made.append(Text(str(place), ad["language"], ad["title"], whole[:LENGTH]))
    return made


def measure() -> dict[str, float]:
    """Documents a second in this process: of the first ads that it reads, where its caches are empty; of other ads
    after those, which have words of their own; and of the same ads again, the best of three passes."""
    ads = list(sample_ads().values())
    first = [ad for place, ad in enumerate(ads) if place % HELD_OUT]
    cold = _pass(rows := _rows(first))
    return {
        "cold_per_second": cold,
        "unseen_per_second": _pass(_rows(ads[::HELD_OUT])),
        "warm_per_second": max(_pass(rows) for _ in range(3)),
    }


def _rows(ads: list[dict[str, Any]]) -> list[Listing]:
    side = Product()
    return [side.row(text) for text in texts(ads)]


def _pass(rows: list[Listing]) -> int:
    start = time.process_time()
    for row in rows:
        listing.document(row)
    return round(len(rows) / (time.process_time() - start))


def alone() -> dict[str, float]:
    """The same in a process of its own, whose caches are empty."""
    program = "import json; from stack.evaluation import speed; print(json.dumps(speed.measure()))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured
