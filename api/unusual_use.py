"""The calls by which admins see which recruiters wanted more of the CV database than is usual."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.auth import audience, bearer
from api.calls import Calls
from api.cv_view import about
from api.listing_query import Flag
from api.paging import PartSchema
from api.sessions import reading, writing
from store import unusual_use
from store.employers import Employer
from store.unusual_use import UnusualUse

calls = Calls("unusual_use", "/api/v1/admin/unusual-use", "Admins: unusual use of the CV database.")


class WhichSchema(PartSchema):
    """Which of it to list."""

    open = Flag("only what no admin has looked at")


class UnusualUseSchema(Schema):
    """What a recruiter wanted more of on one day than is usual."""

    id = fields.Integer(required=True, metadata=about("its number"))
    employer = fields.String(required=True, metadata=about("the employer"))
    employer_id = fields.UUID(required=True, metadata=about("our id of the employer"))
    account = fields.UUID(required=True, allow_none=True, metadata=about("whose account; null once it is deleted"))
    kind = fields.String(required=True, metadata=about("which limit, by the name of its setting"))
    day = fields.Date(required=True, metadata=about("on which day (UTC)"))
    amount = fields.Integer(required=True, metadata=about("how much was wanted"))
    allowed = fields.Integer(required=True, metadata=about("how much was given"))
    first_at = fields.AwareDateTime(required=True, metadata=about("when the limit was reached"))
    last_at = fields.AwareDateTime(required=True, metadata=about("when more was last wanted"))
    seen_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=about("when an admin looked at it; or null")
    )


class UnusualUsesSchema(Schema):
    """Unusual use."""

    entries = fields.List(fields.Nested(UnusualUseSchema), required=True, metadata=about("the newest first"))
    next = fields.Integer(required=True, allow_none=True, metadata=about("what `page` takes to go on; null at the end"))


@calls.route("", methods=["GET"])
@audience("admin")
@calls.takes(WhichSchema, location="query")
@calls.gives(200, UnusualUsesSchema, description="who wanted more than is usual")
def list_all(given: dict[str, Any]) -> dict[str, Any]:
    """See unusual use of the CV database"""
    with reading() as session:
        found = unusual_use.listed(session, unseen=given["open"], before=given["page"], size=given["size"] + 1)
    shown = found[: given["size"]]
    return {
        "entries": [_told(*one) for one in shown],
        "next": shown[-1][0].id if len(found) > len(shown) else None,
    }


@calls.route("/<int:number>/seen", methods=["POST"])
@audience("admin")
@calls.gives(200, UnusualUseSchema, description="it is noted that an admin looked at it")
@calls.errors(404)
def see(number: int) -> dict[str, Any]:
    """Note that you looked at it

    Idempotent. It grows on for as long as its day lasts.
    """
    with writing() as session:
        return _told(*unusual_use.see(session, number, bearer().account_id))


def _told(row: UnusualUse, employer: Employer) -> dict[str, Any]:
    return {
        "id": row.id,
        "employer": employer.name,
        "employer_id": row.employer_id,
        "account": row.account_id,
        "kind": row.kind,
        "day": row.day,
        "amount": row.amount,
        "allowed": row.allowed,
        "first_at": row.first_at,
        "last_at": row.last_at,
        "seen_at": row.seen_at,
    }
