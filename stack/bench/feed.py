"""How fast a feed is matched, beside bare percolation of the same listings."""

from __future__ import annotations

import json
import time
from typing import Any

import urllib3
from rich.console import Console
from rich.progress import track

from stack.bench import peers, population
from stack.bench.running import WITHIN, employer_token, owed_of, results, until

PARTS = 5


def measure(console: Console, base: str, size: int, seed: int) -> dict[str, Any]:
    """A feed of many listings: how fast it is matched, beside bare percolation of the same in the same requests.

    In parts, each followed by its bare percolation, so that both feel the same machine.
    """
    headers = {"Authorization": f"Bearer {employer_token()}", "Content-Type": "application/x-ndjson"}
    http = urllib3.PoolManager(timeout=WITHIN)
    accepted = matched = bare = 0.0
    for part in track(range(PARTS), f"a feed of {size} listings", console=console, transient=True):
        numbers = range(part * size // PARTS, (part + 1) * size // PARTS)
        lines = [json.dumps(population.listing(number, seed + 1), ensure_ascii=False) for number in numbers]
        start = time.perf_counter()
        answer = http.request("POST", f"{base}/listings/feed", body="\n".join(lines).encode(), headers=headers)
        accepted += time.perf_counter() - start
        if answer.status != 200 or json.loads(answer.data)["accepted"] != len(numbers):
            raise RuntimeError(f"the feed was answered with {answer.status}: {answer.data[:300]!r}")
        until("the feed to be matched", lambda: owed_of(("match_listing",)) == 0, 0.05)
        matched += time.perf_counter() - start
        until("the feed to be searchable", lambda: owed_of(("sync_listing",)) == 0, 0.05)
        _, documents = results(seed + 1, numbers.stop, numbers.start)
        took, _ = peers.percolation(documents)
        bare += took
    return {
        "listings": size,
        "accepted_s": round(accepted, 2),
        "matched_s": round(matched, 2),
        "per_second": round(size / matched, 1),
        "bare_percolation_per_second": round(size / bare, 1),
        "share_of_bare_rate": round(bare / matched, 3),
    }
