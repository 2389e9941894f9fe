"""The call by which a person takes along everything that is held about them (GDPR, articles 15 and 20)."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.auth import audience, person
from api.calls import Calls
from api.cv_view import about
from api.sessions import reading
from store import personal_data

calls = Calls("my_export", "/api/v1/me/export", "Everything that is held about you.")


def _rows(description: str) -> fields.List[dict[str, Any]]:
    return fields.List(fields.Dict(), required=True, metadata=about(description))


class EverythingSchema(Schema):
    """Everything that is held about a person: the rows of each kind, with each thing that they say."""

    made_at = fields.AwareDateTime(required=True, metadata=about("the moment of which this is"))
    account = _rows("the account, without the password, of which only a digest is kept")
    identities = _rows("identity providers that vouch for you")
    consents = _rows("what you agreed to and when, with its history")
    tokens = _rows("sessions and tokens of programs: when they began and end")
    links = _rows("links that were mailed to confirm the address or to set a password")
    cv = _rows("the CV, with what you hide and from whom, and whether it can be found")
    access_log = _rows("who found or opened the CV, when, and by which search")
    contact_requests = _rows("who asked for your contact details, and your answer")
    copies = _rows("the CV as you handed it to employers")
    found_by_saved_searches = _rows("employers whose saved search found the CV")
    shortlists = _rows("employers that have the CV on a shortlist")
    alerts = _rows("job alerts of your address")
    alert_mails = _rows("when they were mailed")
    alert_listings = _rows("the listings that they found")
    confirmation_mails = fields.List(
        fields.AwareDateTime(), required=True, metadata=about("confirmation mails to your address of the last day")
    )
    erasures = _rows("what of yours was erased before, and when")


@calls.route("", methods=["GET"])
@audience("person")
@calls.gives(200, EverythingSchema, description="everything, as a file")
def everything() -> Response:
    """Take along everything that is held about you

    All that the database says about you: account, consents, CV, who saw it, whom you handed it to, job alerts. Left out
    are digests of passwords and links, which say nothing, and what is somebody else's: which recruiter it was, and what
    employers noted.
    """
    with reading() as session:
        told: dict[str, Any] = personal_data.of(session, person(session))
    response = Response(json.dumps(told, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"vahti-{told['made_at'][:10]}.json")
    return response
