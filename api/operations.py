"""What operators ask: does the process live, can it serve, and how is everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import Schema, fields
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis import RedisError
from sqlalchemy.exc import DBAPIError

from api import metrics
from api.auth import audience
from api.calls import Calls
from api.sessions import reading
from matcher import outage
from matcher.outage import SearchDown
from store import generations, ledger, readiness, replay
from store.faults import describe, log

calls = Calls("operations", "", "Operators: reached inside a deployment only.")

# Said, and no reason not to serve.
NO_LEDGER = "VAHTI_ERASURE_LEDGER is not set: a restored backup could bring back who was erased"


class HealthSchema(Schema):
    """Whether the process answers."""

    alive = fields.Boolean(required=True, metadata={"description": "always true"})


class ReadySchema(Schema):
    """Whether the process can serve, and what keeps it from it."""

    ready = fields.Boolean(required=True, metadata={"description": "whether all of the below is well"})
    postgres = fields.String(required=True, metadata={"description": "ok, or what is wrong"})
    opensearch = fields.String(required=True, metadata={"description": "ok, or what is wrong"})
    redis = fields.String(required=True, metadata={"description": "ok, or what is wrong"})
    erasures = fields.String(
        required=True,
        metadata={"description": "ok; or why who was erased could be back: then nothing else is said to be ready"},
    )


@calls.route("/healthz", methods=["GET"])
@audience("operator")
@calls.gives(200, HealthSchema, description="the process answers")
def healthz() -> dict[str, Any]:
    """Ask whether the process lives

    It asks no other service: a process that answers need not be started again.
    """
    return {"alive": True}


@calls.route("/readyz", methods=["GET"])
@audience("operator")
@calls.gives(200, ReadySchema, description="everything that a call needs is there")
@calls.also_gives(503, ReadySchema, description="something is not: which, is said")
def readyz() -> tuple[dict[str, Any], int]:
    """Ask whether the process can serve

    PostgreSQL has the schema that this code expects, OpenSearch has the indexes, Redis answers, and no erasure waits to
    be replayed into a database that was restored. Calls are served as far as they can be while this is not so: it tells
    where to send people, not whether to turn them away.
    """
    services: dict[str, Callable[[], str]] = {
        "postgres": _postgres,
        "opensearch": _opensearch,
        "redis": _redis,
        "erasures": _erasures,
    }
    found = {name: ask() for name, ask in services.items()}
    ready = all(state in ("ok", NO_LEDGER) for state in found.values())
    return {"ready": ready, **found}, 200 if ready else 503


@calls.route("/metrics", methods=["GET"])
@audience("operator")
@calls.gives(200, description="the text format of Prometheus", content_type="text/plain")
@calls.errors(503)
def show_metrics() -> Response:
    """Read the metrics

    What is owed and how late it is, alerts, deliveries, listings, indexes, the queue. Nothing about any person.
    """
    with reading() as session:
        registry = metrics.gather(session)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _postgres() -> str:
    try:
        with reading() as session:
            return "ok" if readiness.migrated(session) else "the schema is another than this code expects: migrate"
    except DBAPIError as error:
        return _down("postgres", error)


def _opensearch() -> str:
    try:
        missing = outage.missing()
    except SearchDown as error:
        return _down("opensearch", error)
    return f"no index: {', '.join(missing)}" if missing else "ok"


def _redis() -> str:
    try:
        readiness.ping_redis()
    except RedisError as error:
        return _down("redis", error)
    return "ok"


def _erasures() -> str:
    if ledger.file() is None:
        return NO_LEDGER
    try:
        with reading() as session:
            if replay.behind(session):
                return "the database was restored: start the processes anew, which erases again whom that brought back"
            unbuilt = [kind for kind in generations.KINDS if generations.live(session, kind) is None]
            return f"being built: {', '.join(unbuilt)}" if unbuilt else "ok"
    except DBAPIError as error:
        return _down("postgres", error)
    except (ledger.Unreadable, OSError) as error:
        log.error("the erasure ledger cannot be read: %s", describe(error))
        return "the erasure ledger cannot be read"


def _down(name: str, error: Exception) -> str:
    log.warning("%s does not answer: %s", name, describe(error))
    return "does not answer"
