"""Metrics, counted anew at each scrape out of the database: the same from every process, and nobody's in particular."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Gauge
from redis import RedisError
from sqlalchemy.orm import Session

from store import alerts, deliveries, erasures, generations, listings, owed, queues, stored_criteria, unusual_use
from store.faults import describe, log


def gather(session: Session) -> CollectorRegistry:
    """A fresh registry with everything in it."""
    registry = CollectorRegistry()
    lag = owed.lag(session)
    _gauge(registry, "owed_due", "Pieces of work that are due.", "job", ((k, v[0]) for k, v in lag.items()))
    _gauge(registry, "owed_oldest_seconds", "Age of the work longest due.", "job", ((k, v[1]) for k, v in lag.items()))
    _gauge(registry, "owed_failing", "Due work that failed before.", "job", ((k, v[2]) for k, v in lag.items()))
    counted = Gauge("vahti_alerts", "Alerts.", ("state", "frequency"), registry=registry)
    for (state, frequency), count in alerts.counts(session).items():
        counted.labels(state, frequency).set(count)
    sent, waiting = deliveries.counts(session)
    _gauge(registry, "deliveries", "Listings found for alerts.", "state", (("sent", sent), ("waiting", waiting)))
    _plain(registry, "listings_open", "Open listings.", listings.count_open(session))
    _plain(registry, "stored_queries", "Criteria that an active alert asks for.", stored_criteria.live_count(session))
    _plain(registry, "unusual_use_open", "Unusual use that no admin looked at.", unusual_use.count_open(session))
    open_erasures, oldest = erasures.lag(session)
    _plain(registry, "erasures_open", "Erasures of which a store is not rid yet.", open_erasures)
    _plain(registry, "erasures_oldest_seconds", "Age of the oldest of them.", oldest)
    _generations(registry, session)
    _queue(registry)
    return registry


def _gauge(registry: CollectorRegistry, name: str, about: str, label: str, values: Iterable[tuple[str, float]]) -> None:
    gauge = Gauge(f"vahti_{name}", about, (label,), registry=registry)
    for key, value in values:
        gauge.labels(key).set(value)


def _plain(registry: CollectorRegistry, name: str, about: str, value: float) -> None:
    Gauge(f"vahti_{name}", about, registry=registry).set(value)


def _generations(registry: CollectorRegistry, session: Session) -> None:
    counted = Gauge(
        "vahti_generation", "The number of the generation in this state.", ("kind", "state"), registry=registry
    )
    progress = Gauge("vahti_generation_done_ratio", "How much of a build is done.", ("kind",), registry=registry)
    for kind in generations.KINDS:
        for row in generations.in_state(session, kind, ("planned", "building", "live", "failed")):
            counted.labels(kind, row.state).set(row.id)
            if row.state == "building":
                progress.labels(kind).set(row.done / row.total if row.total else 1)


def _queue(registry: CollectorRegistry) -> None:
    try:
        depth = queues.depth()
    except RedisError as error:
        # The queue is the one thing here that is not in the database; its absence is a metric as well.
        log.warning("redis does not answer: %s", describe(error))
        _plain(registry, "redis_up", "Whether Redis answers.", 0)
        return
    _plain(registry, "redis_up", "Whether Redis answers.", 1)
    waiting = Gauge("vahti_queue_depth", "Batches of owed work that wait in the queue.", ("queue",), registry=registry)
    for name, batches in depth.items():
        waiting.labels(name).set(batches)
