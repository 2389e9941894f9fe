"""The connection to OpenSearch, and answers that are whole: the one module here that does I/O."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from opensearchpy import ConnectionError as NoConnection
from opensearchpy import ConnectionTimeout, OpenSearch, TransportError

from store import settings, work

# Seconds after which an answer no longer helps: work is retried later, a page says so.
TIMEOUT = 30


# What a node or a proxy answers that is starting, overloaded or gone.
UNAVAILABLE = frozenset({429, 502, 503, 504})


class Incomplete(Exception):
    """OpenSearch answered, but not for every shard or not in time, or cannot be asked yet: an error to retry, never "no
    match". `status_code` is as of an answer of HTTP, where there was one."""

    def __init__(self, why: str, status_code: int | None = None) -> None:
        super().__init__(why)
        self.status_code = status_code


@work.outage
def down(error: Exception) -> bool:
    """Whether this says that OpenSearch is down, not that something is wrong with what was asked: a request that took
    too long may be at fault itself."""
    if isinstance(error, ConnectionTimeout) or not isinstance(error, Incomplete | TransportError):
        return False
    return isinstance(error, NoConnection) or error.status_code in UNAVAILABLE


@cache
def client() -> OpenSearch:
    """This process's client. It does not retry by itself: what is owed is tried again, by whoever owes it."""
    chosen = settings.get()
    if not chosen.opensearch_url:
        raise ValueError("VAHTI_OPENSEARCH_URL is not set: say where OpenSearch is, or use `vahti up`")
    return OpenSearch(
        [chosen.opensearch_url],
        timeout=TIMEOUT,
        max_retries=0,
        retry_on_timeout=False,
        ca_certs=chosen.opensearch_ca or None,
        pool_maxsize=16,
        http_compress=False,
    )


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a search itself, if it speaks for every shard and in time. Raises Incomplete otherwise."""
    if "error" in answer:
        raise Incomplete(f"search failed with status {answer.get('status')}", answer.get("status"))
    shards = answer["_shards"]
    if answer.get("timed_out") or shards["failed"] or shards["successful"] < shards["total"]:
        raise Incomplete(f"{shards['failed']} of {shards['total']} shards failed, timed out: {answer.get('timed_out')}")
    return answer


def search(index: str, body: dict[str, Any]) -> dict[str, Any]:
    """A search that answers for every shard; raises Incomplete, or opensearchpy.OpenSearchException."""
    return whole(client().search(index=index, body=body, params={"allow_partial_search_results": "false"}))


def msearch(index: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Many searches in one request, answers in the same order, each for every shard; raises as `search` does."""
    lines: list[dict[str, Any]] = []
    for body in bodies:
        lines += [{}, body]
    answers = client().msearch(index=index, body=lines, params={"max_concurrent_searches": "2"})["responses"]
    if len(answers) != len(bodies):
        raise Incomplete(f"{len(answers)} answers to {len(bodies)} searches")
    return [whole(answer) for answer in answers]
