"""The calls of admins: build an index anew without a pause, watch it, and prove that index and database agree."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.auth import audience
from api.calls import Calls
from api.listing_fields import Code
from api.schema_problems import STRUCTURE
from api.sessions import reading, writing
from indexer import rebuild, verify
from indexer.kinds import kind as of_kind
from matcher.outage import asking
from store import generations
from store.errors import Conflict
from store.generations import KINDS, Generation

calls = Calls("admin", "/api/v1/admin", "Admins: the index.")

STATES = ("planned", "building", "live", "retired", "dropped", "failed")
MOST_TOLD = 1000


def _about(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **more}


class KindSchema(Schema):
    """Which index."""

    error_messages = STRUCTURE

    kind = Code(KINDS.__contains__, required=True, metadata=_about(f"one of: {', '.join(KINDS)}", enum=KINDS))


class GenerationSchema(Schema):
    """A generation of an index and how far it has come."""

    id = fields.Integer(required=True, metadata=_about("its number"))
    kind = fields.String(required=True, metadata=_about("of which kind", enum=KINDS))
    state = fields.String(required=True, metadata=_about(f"one of: {', '.join(STATES)}", enum=STATES))
    index = fields.String(required=True, metadata=_about("the name of the index"))
    done = fields.Integer(required=True, metadata=_about("how many subjects were written"))
    total = fields.Integer(required=True, metadata=_about("how many there were at the start"))
    differences = fields.Integer(
        required=True, allow_none=True, metadata=_about("how many were found at the last proof; null before it")
    )
    created_at = fields.AwareDateTime(required=True, metadata=_about("when it was planned"))
    live_at = fields.AwareDateTime(required=True, allow_none=True, metadata=_about("since when it is read"))


class VerifiedSchema(Schema):
    """Whether index and database agree."""

    agree = fields.Boolean(required=True, metadata=_about("whether they do"))
    differences = fields.List(
        fields.String(), required=True, metadata=_about(f"how they differ, the first {MOST_TOLD:,}")
    )


@calls.route("/generations", methods=["POST"])
@audience("admin")
@calls.takes(KindSchema)
@calls.gives(202, GenerationSchema, description="the building is owed; ask for its progress")
@calls.errors(409)
def build(given: dict[str, Any]) -> dict[str, Any]:
    """Build an index anew

    With no downtime: searches read the old one, and changes go to both, until the new one is proven to agree with the
    database. 409 while one of the kind is being built.
    """
    with writing() as session:
        return _shown(rebuild.begin(session, given["kind"]))


@calls.route("/generations/<int:generation_id>", methods=["GET"])
@audience("admin")
@calls.gives(200, GenerationSchema, description="the generation")
@calls.errors(404)
def show(generation_id: int) -> dict[str, Any]:
    """See how far a generation is"""
    with reading() as session:
        return _shown(generations.get(session, generation_id))


@calls.route("/verify", methods=["POST"])
@audience("admin")
@calls.takes(KindSchema)
@calls.gives(200, VerifiedSchema, description="what the comparison found")
@calls.errors(409)
def prove(given: dict[str, Any]) -> dict[str, Any]:
    """Compare index and database

    Every row with its document, both ways; what is still owed to the index is no difference.
    """
    with reading() as session:
        live = generations.live(session, given["kind"])
    if live is None:
        raise Conflict(f"no index of {given['kind']} exists yet")
    with asking():
        found = verify.differences(of_kind(given["kind"]), live.index_name)
    return {"agree": not found, "differences": [one.told() for one in found[:MOST_TOLD]]}


def _shown(row: Generation) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "index": row.index_name,
        "done": row.done,
        "total": row.total,
        "differences": row.differences,
        "created_at": row.created_at,
        "live_at": row.live_at,
    }
