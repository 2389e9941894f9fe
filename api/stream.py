"""The export for partner sites: all open listings, and the changes since, a line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.auth import audience
from api.calls import Calls
from api.listing_fields import MESSAGES
from api.listing_view import line
from api.schema_problems import STRUCTURE, refusal
from api.search_view import LineSchema
from api.sessions import reading
from store import changes, listings

calls = Calls("stream", "/api/v1/listings", "")

NDJSON = "application/x-ndjson"
PAGE = 500
LARGEST = 2**63 - 1


class Version(fields.Integer):
    """A version out of an earlier line."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 20 and int(value) <= LARGEST):
            raise refusal("is not a version")
        return int(value)


class SinceSchema(Schema):
    """Where to go on."""

    error_messages = STRUCTURE

    since = Version(
        load_default=0,
        metadata={"description": "the `version` of the last line that was read, or `next_since` of a snapshot; else 0"},
    )


@calls.route("/stream", methods=["GET"], tags=["listings"])
@audience("partner")
@calls.takes(SinceSchema, location="query")
@calls.gives(200, LineSchema, description="a line for each listing that changed", content_type=NDJSON)
def stream(given: dict[str, Any]) -> Response:
    """Read the changes of listings

    Each listing that changed since a version, once and as it is now, in the order of versions: whole while it is open,
    with `removed` when it closed or expired. The answer ends where the changes do; ask again with the last version.
    """
    pages = _changes(given["since"])
    # Read before the answer begins, so that a database that is down is told as what it is.
    first = next(pages)
    return _lines(chain(first, chain.from_iterable(pages)))


@calls.route("/snapshot", methods=["GET"], tags=["listings"])
@audience("partner")
@calls.gives(200, LineSchema, description="a line for each open listing, then one with next_since", content_type=NDJSON)
def snapshot() -> Response:
    """Read all open listings

    The last line is `{"next_since": VERSION}`: with it, /listings/stream goes on, and nothing is missed. What changes
    while the snapshot is read may come in both. Without that line the answer was cut short.
    """
    pages = _open()
    first = next(pages)
    return _lines(chain(first, chain.from_iterable(pages)))


def _changes(since: int) -> Iterator[list[dict[str, Any]]]:
    """The changes a page at a time, each out of a transaction of its own: a slow reader holds none open."""
    while True:
        with reading() as session:
            page = changes.since(session, since, PAGE)
        yield [line(row) for row in page]
        if len(page) < PAGE:
            return
        since = page[-1].version


def _open() -> Iterator[list[dict[str, Any]]]:
    """The horizon comes first, then the listings: what changes after it is in the stream from there."""
    with reading() as session:
        horizon = changes.horizon(session)
        page: list[dict[str, Any]] = []
        for row in listings.all_open(session, PAGE):
            page.append(line(row))
            if len(page) == PAGE:
                session.commit()  # lets go of the transaction while a slow reader takes its time
                yield page
                page = []
        session.commit()
    yield [*page, {"next_since": horizon}]


def _lines(values: Iterable[dict[str, Any]]) -> Response:
    written = (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n" for value in values)
    return Response(written, mimetype=NDJSON)
