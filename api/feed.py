"""The call that takes in a feed of listings: good ones are kept whatever the others are like."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import request
from marshmallow import Schema, fields
from werkzeug.exceptions import UnsupportedMediaType

from api import feeds, problems, publishing
from api.auth import audience, bearer
from api.calls import Calls
from api.problems import FieldProblemSchema
from api.sessions import reading
from store import settings

calls = Calls("feed", "/api/v1/listings", "")

# None: told by its first bytes, also where a program calls whatever it sends a form or plain text.
FORMATS: dict[str, str | None] = {
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json": None,
    "application/ld+json": "jobposting",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/html": "jobposting",
    "text/plain": None,
    "application/octet-stream": None,
    "application/x-www-form-urlencoded": None,
    "": None,
}
# Whoever sends a file of something else needs no list of all its lines.
MOST_TOLD = 1000


class RejectedSchema(Schema):
    """A record that was not kept."""

    line = fields.Integer(required=True, metadata={"description": "the line in which it begins, from 1"})
    errors = fields.List(
        fields.Nested(FieldProblemSchema), required=True, metadata={"description": "everything that is wrong with it"}
    )


class TakenInSchema(Schema):
    """What became of a feed."""

    accepted = fields.Integer(required=True, metadata={"description": "listings that are new or were corrected"})
    unchanged = fields.Integer(required=True, metadata={"description": "listings that were there already as given"})
    rejected = fields.List(
        fields.Nested(RejectedSchema),
        required=True,
        metadata={"description": f"the first {MOST_TOLD:,} records that were not kept"},
    )
    more_rejected = fields.Integer(required=True, metadata={"description": "how many more were not kept"})


@calls.route("/feed", methods=["POST"], tags=["listings"])
@audience("employer")
@calls.reads_feed(FORMATS)
@calls.gives(200, TakenInSchema, description="the feed was read to its end")
def take_in() -> dict[str, Any]:
    """Take in a feed of listings

    NDJSON, JSON, schema.org JobPosting (JSON-LD or a page that holds it) or XML, told by Content-Type or by how it
    begins. Each listing names its reference; the same again changes nothing; listings that the feed does not name stay
    as they are. Good records are kept as the feed is read, in parts: where it breaks off, what came before is kept, and
    it can be sent again whole.
    """
    kind = request.mimetype
    if kind not in FORMATS:
        raise UnsupportedMediaType(f"{kind[:60]} is no feed: {', '.join(filter(None, FORMATS))}")
    with reading() as session:
        by = publishing.employer(session, bearer().employer_id).id
    # A body of its own limit. It is read as it arrives and never held whole.
    request.max_content_length = settings.get().feed_limit
    report: dict[str, Any] = {"accepted": 0, "unchanged": 0, "rejected": [], "more_rejected": 0}
    # This is the one call that commits more than once: a feed of a hundred thousand listings in one transaction would
    # keep every other writer waiting, and a connection that breaks at its end would undo all of it. Each part is whole,
    # and the reference makes sending it again harmless.
    for outcome in publishing.take_in(by, feeds.read(cast(BinaryIO, request.stream), FORMATS[kind])):
        if outcome.state != "rejected":
            report[outcome.state] += 1
        elif len(report["rejected"]) < MOST_TOLD:
            report["rejected"].append({"line": outcome.line, "errors": problems.told(outcome.problems)})
        else:
            report["more_rejected"] += 1
    report["rejected"].sort(key=lambda one: one["line"])
    return report
