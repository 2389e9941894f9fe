"""How fast the analysis is: documents of ads of 2,500 characters, made by one core, from cold and from warm caches."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from mappings import listing
from stack.evaluation.ranking import sample_ads
from stack.evaluation.sides import Product, Text
from store import sanitise

LENGTH = 2500


def texts() -> list[Text]:
    """The sample ads, each with others of its language behind it, cut to 2,500 characters."""
    ads = list(sample_ads().values())
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
    """Documents a second in this process: of the first pass over all texts, which fills the caches where they are
    empty, and the best of three more."""
    side = Product()
    rows = [side.row(text) for text in texts()]
    passes = []
    for _ in range(4):
        start = time.process_time()
        for row in rows:
            listing.document(row)
        passes.append(len(rows) / (time.process_time() - start))
    return {"cold_per_second": round(passes[0]), "warm_per_second": round(max(passes[1:]))}


def alone() -> dict[str, float]:
    """The same in a process of its own, whose caches are empty."""
    program = "import json; from stack.evaluation import speed; print(json.dumps(speed.measure()))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured
