"""The calls about copies: a person hands the CV as it is to one employer, whose recruiters alone read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from api.auth import audience, person, recruiter
from api.calls import Calls
from api.cv_schema import CvSchema
from api.cv_view import about
from api.listing_fields import MESSAGES, Line
from api.listing_query import Size
from api.paging import USUAL
from api.schema_problems import STRUCTURE, refusal
from api.sessions import noting, reading, writing
from store import access_log, copies
from store.copies import Copy
from store.employers import Employer

calls = Calls("copies", "/api/v1", "Copies: a CV as it was when its owner handed it to one employer.")


class Id(fields.UUID):
    """An id of ours."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError) as error:
            raise refusal("is not an id", "an id as the answers of this service write it") from error


class HandOverSchema(Schema):
    """To whom the CV is handed."""

    error_messages = STRUCTURE

    employer = Line(200, required=True, metadata=about(copies.RIGHT))
    listing = Id(load_default=None, allow_none=True, metadata=about("the id of a listing of theirs, if it is for one"))


class HandedSchema(Schema):
    """A copy as its owner sees it in a list."""

    id = fields.UUID(required=True, metadata=about("our id of the copy"))
    employer = fields.String(required=True, metadata=about("whom it was handed to"))
    listing = fields.UUID(required=True, allow_none=True, metadata=about("for which listing; or null"))
    handed_at = fields.AwareDateTime(required=True, metadata=about("when"))
    cv = fields.Nested(CvSchema, required=True, metadata=about("the CV as it was handed over"))


class HandedListSchema(Schema):
    """What a person handed to whom."""

    copies = fields.List(fields.Nested(HandedSchema), required=True, metadata=about("the newest first"))


class CopyBriefSchema(Schema):
    """A copy in an employer's list."""

    id = fields.UUID(required=True, metadata=about("our id of the copy"))
    listing = fields.UUID(required=True, allow_none=True, metadata=about("for which of your listings; or null"))
    handed_at = fields.AwareDateTime(required=True, metadata=about("when it was handed to you"))
    headline = fields.String(required=True, allow_none=True, metadata=about("what the person is, in a line; or null"))


class CopiesSchema(Schema):
    """What was handed to an employer."""

    copies = fields.List(fields.Nested(CopyBriefSchema), required=True, metadata=about("the newest first"))
    next = fields.String(required=True, allow_none=True, metadata=about("what `page` takes to go on; null at the end"))


class CopySchema(CopyBriefSchema):
    """A copy, opened."""

    cv = fields.Nested(CvSchema, required=True, metadata=about("the CV as it was handed over, with contact details"))


class CopiesPartSchema(Schema):
    """A part of the list."""

    error_messages = STRUCTURE

    page = Id(load_default=None, metadata=about("what `next` of an answer said, to go on after it"))
    size = Size(load_default=USUAL, metadata=about("how many copies an answer holds, from 1 to 100"))


@calls.route("/me/cv/copies", methods=["POST"])
@audience("person")
@calls.takes(HandOverSchema)
@calls.gives(201, HandedSchema, description="the employer has it")
@calls.errors(404, 409)
def hand_over(given: dict[str, Any]) -> dict[str, Any]:
    """Hand your CV to an employer

    As it is now, without what you hide, with your contact details; also while nobody finds your CV. What you change or
    hide later does not change the copy. It goes with your account.
    """
    with writing() as session:
        employer = copies.employer_of(session, given["employer"])
        copy = copies.hand_over(session, person(session), employer, given["listing"])
        return _handed(copy, employer)


@calls.route("/me/cv/copies", methods=["GET"])
@audience("person")
@calls.gives(200, HandedListSchema, description="what you handed to whom")
def list_handed() -> dict[str, Any]:
    """See which employers you handed your CV to, and how it was then"""
    with reading() as session:
        return {"copies": [_handed(*one) for one in copies.of_person(session, person(session).id)]}


@calls.route("/copies", methods=["GET"])
@audience("recruiter")
@calls.takes(CopiesPartSchema, location="query")
@calls.gives(200, CopiesSchema, description="what was handed to your employer")
def list_copies(given: dict[str, Any]) -> dict[str, Any]:
    """List the CVs that were handed to your employer"""
    with reading() as session:
        employer_id = recruiter(session).employer_id
        found = copies.of_employer(session, employer_id, given["page"], given["size"] + 1)
    shown = found[: given["size"]]
    return {
        "copies": [_brief(copy) for copy in shown],
        "next": str(shown[-1].id) if len(found) > len(shown) else None,
    }


@calls.route("/copies/<uuid:copy_id>", methods=["GET"])
@audience("recruiter")
@calls.gives(200, CopySchema, description="the copy")
@calls.errors(404)
def show(copy_id: UUID) -> dict[str, Any]:
    """Open a CV that was handed to your employer

    Whoever's it is can see that you did.
    """
    with noting() as session:
        account = recruiter(session)
        copy = copies.get(session, copy_id, account.employer_id)
        cv_id = copies.cv_of(session, copy)
        access_log.note(session, account, access_log.COPY, [cv_id] if cv_id is not None else [])
        return {**_brief(copy), "cv": copy.body}


def _brief(copy: Copy) -> dict[str, Any]:
    return {
        "id": copy.id,
        "listing": copy.listing_id,
        "handed_at": copy.handed_at,
        "headline": copy.body.get("headline"),
    }


def _handed(copy: Copy, employer: Employer) -> dict[str, Any]:
    return {
        "id": copy.id,
        "employer": employer.name,
        "listing": copy.listing_id,
        "handed_at": copy.handed_at,
        "cv": copy.body,
    }
