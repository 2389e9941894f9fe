"""What the benchmarks ask of the running service: whether it is done, and what it found."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from mappings.listing import asked as asked_fields
from stack.bench import peers
from store import employers, listings, tokens
from store.database import transaction

WITHIN = 600.0


@contextmanager
def service() -> Iterator[str]:
    """Everything started in a directory of its own, by the address of its HTTP; nothing is left behind but results."""
    from stack.supervisor import up

    scratch = tempfile.TemporaryDirectory(prefix="vahti-bench-", dir="/var/tmp", ignore_cleanup_errors=True)
    with scratch as directory, up(Path(directory), 0, "durable") as running:
        yield running.http


def employer_token() -> str:
    """A new token of an employer that publishes what is measured."""
    with transaction() as session:
        return tokens.create(session, "employer", employers.named(session, "Bench"))


def results(seed: int, stop: int, start: int = 0) -> tuple[peers.Pairs, dict[UUID, dict[str, Any]]]:
    """The pairs in the ledger, by criteria, and the documents of the measured listings."""
    references = [f"bench-{seed}-{number}" for number in range(start, stop)]
    with transaction() as session:
        rows = session.execute(
            text(
                "SELECT DISTINCT l.id::text, a.criteria_id FROM deliveries d JOIN alerts a ON a.id = d.alert_id "
                "JOIN listings l ON l.id = d.listing_id WHERE l.reference = ANY(:references)"
            ),
            {"references": references},
        ).all()
        ids = session.execute(
            text("SELECT id FROM listings WHERE reference = ANY(:references) ORDER BY id"), {"references": references}
        ).scalars()
        found = listings.by_ids(session, list(ids))
        documents = {listing_id: asked_fields(row) for listing_id, row in found.items()}
    return {(listing_id, number) for listing_id, number in rows}, documents


def owed_of(jobs: tuple[str, ...]) -> int:
    """How much work of these jobs is due."""
    with transaction() as session:
        asked = text("SELECT count(*) FROM owed WHERE job = ANY(:jobs) AND due_at <= now()")
        return int(session.execute(asked, {"jobs": list(jobs)}).scalar_one())


def until(what: str, true: Callable[[], bool], look: float = 0.1) -> None:
    """Wait until it is true, looking every so many seconds; raises TimeoutError after ten minutes."""
    end = time.monotonic() + WITHIN
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {WITHIN:.0f} s for {what}")
        time.sleep(look)
