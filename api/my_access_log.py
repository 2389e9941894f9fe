"""The call by which a person reads who found and opened the CV, when, and by which search."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.auth import audience, person
from api.calls import Calls
from api.cv_view import about
from api.paging import PartSchema
from api.sessions import reading
from matcher.cv_words import in_words
from store import access_log, cv_criteria, cvs, sites
from store.access_log import Look
from store.errors import NotFound

calls = Calls("my_access_log", "/api/v1/me/access-log", "Who saw your CV.")


class FoundBySchema(Schema):
    """The search by which a CV was found."""

    text = fields.String(required=True, metadata=about("the words that were looked for, as they were written"))
    criteria = fields.List(fields.String(), required=True, metadata=about("what else was asked, in your language"))


class FoundForSchema(Schema):
    """The listing for which a CV was suggested."""

    id = fields.UUID(required=True, metadata=about("our id of the listing"))
    title = fields.String(required=True, metadata=about("its title, as it was then"))


class LookSchema(Schema):
    """What one employer did with the CV on one day."""

    at = fields.AwareDateTime(required=True, metadata=about("when; the last time, where it was several"))
    first_at = fields.AwareDateTime(required=True, metadata=about("when first on that day"))
    times = fields.Integer(required=True, metadata=about("how often on that day"))
    action = fields.String(
        required=True,
        metadata=about(
            "found: in the answer to a search, suggested for a listing, or on a shortlist; opened; contact: saw the "
            "contact details; exported; copy: opened what was handed over",
            enum=access_log.ACTIONS,
        ),
    )
    employer = fields.String(required=True, metadata=about("whose recruiter it was"))
    search = fields.Nested(FoundBySchema, metadata=about("by which search, where there was one"))
    listing = fields.Nested(FoundForSchema, metadata=about("for which listing the CV was suggested, where it was"))


class AccessLogSchema(Schema):
    """Who saw the CV."""

    entries = fields.List(fields.Nested(LookSchema), required=True, metadata=about("the newest first"))
    next = fields.Integer(required=True, allow_none=True, metadata=about("what `page` takes to go on; null at the end"))


@calls.route("", methods=["GET"])
@audience("person")
@calls.takes(PartSchema, location="query")
@calls.gives(200, AccessLogSchema, description="who saw your CV, and what they did")
def show(given: dict[str, Any]) -> dict[str, Any]:
    """See who found and opened your CV, when, by which search or for which listing

    What one employer did alike on one day is one entry, with how often.
    """
    with reading() as session:
        account = person(session)
        try:
            cv = cvs.of(session, account.id)
        except NotFound:
            return {"entries": [], "next": None}  # nobody can have seen what is not there, and its log went with it
        zone = sites.find(session, account.site).zone(account.language)
        looks = access_log.of_person(session, cv, given["page"], given["size"] + 1, zone)
    shown = looks[: given["size"]]
    return {
        "entries": [_told(look, account.language) for look in shown],
        "next": shown[-1].number if len(looks) > len(shown) else None,
    }


def _told(look: Look, language: str) -> dict[str, Any]:
    told = {
        "at": look.at,
        "first_at": look.first_at,
        "times": look.times,
        "action": look.action,
        "employer": look.employer,
    }
    if look.asked is None:
        return told
    if "listing" in look.asked:
        return {**told, "listing": look.asked["listing"]}
    words = in_words(cv_criteria.from_body({**look.asked, "text": ""}), language)
    return {**told, "search": {"text": look.asked.get("text", ""), "criteria": words}}
