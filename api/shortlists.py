"""The calls about shortlists: candidates that an employer puts aside, and what it takes out of the service of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import Schema, fields
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from api.auth import audience, recruiter
from api.calls import Calls
from api.cv_brief import brief
from api.cv_fields import Text
from api.cv_parts import ContactSchema
from api.cv_schema import CvSchema
from api.cv_table import table
from api.cv_view import BriefCvSchema, about
from api.listing_fields import MESSAGES, Code, Line
from api.schema_problems import STRUCTURE
from api.sessions import noting, reading, writing
from store import access_log, contact_requests, shortlists, unusual_use, visibility
from store.accounts import Account
from store.cvs import Cv
from store.errors import Forbidden
from store.shortlists import Entry, Shortlist

calls = Calls("shortlists", "/api/v1/shortlists", "Shortlists: candidates that an employer put aside.")

FORMATS = ("csv", "json")
LONGEST_NOTE = 2000


class NameSchema(Schema):
    """What a shortlist is called."""

    error_messages = STRUCTURE

    name = Line(100, required=True, metadata=about("a line of at most 100 characters; each name once"))


class ShortlistSchema(Schema):
    """A shortlist."""

    id = fields.UUID(required=True, metadata=about("our id of the shortlist"))
    name = fields.String(required=True, metadata=about("what it is called"))
    created_at = fields.AwareDateTime(required=True, metadata=about("when it was made"))


class ShortlistsSchema(Schema):
    """The shortlists of an employer."""

    shortlists = fields.List(fields.Nested(ShortlistSchema), required=True, metadata=about("by name"))


class NoteSchema(Schema):
    """What is noted of a candidate."""

    error_messages = STRUCTURE

    note = Text(
        LONGEST_NOTE,
        load_default="",
        metadata=about(f"plain text of at most {LONGEST_NOTE:,} characters, for your colleagues"),
    )


class EntrySchema(BriefCvSchema):
    """A candidate on a shortlist."""

    note = fields.String(required=True, metadata=about("what was noted"))
    added_at = fields.AwareDateTime(required=True, metadata=about("when the candidate was put there"))


class EntriesSchema(ShortlistSchema):
    """A shortlist with those on it whom you may see now."""

    entries = fields.List(fields.Nested(EntrySchema), required=True, metadata=about("the last added first"))


class FormatSchema(Schema):
    """In which form candidates are exported."""

    error_messages = STRUCTURE

    format = Code(
        FORMATS.__contains__,
        load_default="csv",
        error_messages=MESSAGES,
        metadata=about(f"one of: {', '.join(FORMATS)}; csv without it", enum=FORMATS),
    )


class ExportedSchema(Schema):
    """A candidate, exported."""

    id = fields.UUID(required=True, metadata=about("our id of the CV"))
    note = fields.String(required=True, metadata=about("what was noted"))
    added_at = fields.AwareDateTime(required=True, metadata=about("when the candidate was put there"))
    cv = fields.Nested(CvSchema, required=True, metadata=about("the CV as employers see it"))
    contact = fields.Nested(ContactSchema, metadata=about("contact details, where the person shows them to you"))


class ExportSchema(Schema):
    """The candidates on a shortlist, exported."""

    entries = fields.List(fields.Nested(ExportedSchema), required=True, metadata=about("the last added first"))


@calls.route("", methods=["POST"])
@audience("recruiter")
@calls.takes(NameSchema)
@calls.gives(201, ShortlistSchema, description="the shortlist is there, and empty")
@calls.errors(409)
def create(given: dict[str, Any]) -> dict[str, Any]:
    """Make a shortlist

    All recruiters of your employer see and change it.
    """
    with writing() as session:
        return _shown(shortlists.create(session, _employer_id(recruiter(session)), given["name"]))


@calls.route("", methods=["GET"])
@audience("recruiter")
@calls.gives(200, ShortlistsSchema, description="the shortlists of your employer")
def list_all() -> dict[str, Any]:
    """List the shortlists of your employer"""
    with reading() as session:
        return {"shortlists": [_shown(one) for one in shortlists.of(session, _employer_id(recruiter(session)))]}


@calls.route("/<uuid:shortlist_id>", methods=["DELETE"])
@audience("recruiter")
@calls.gives(204, description="the shortlist is gone, with its notes")
@calls.errors(404)
def remove(shortlist_id: UUID) -> None:
    """Delete a shortlist"""
    with writing() as session:
        shortlists.remove(session, _own(session, recruiter(session), shortlist_id))


@calls.route("/<uuid:shortlist_id>", methods=["GET"])
@audience("recruiter")
@calls.gives(200, EntriesSchema, description="the shortlist, with the candidates whom you may see now")
@calls.errors(404)
def show(shortlist_id: UUID) -> dict[str, Any]:
    """See who is on a shortlist

    Those whose CV you may see at this moment; of the others nothing is told, not even that they are there. Who is shown
    can see that you found them.
    """
    with noting() as session:
        account = recruiter(session)
        shortlist = _own(session, account, shortlist_id)
        found = shortlists.entries(session, shortlist, _rule(session, account))
        access_log.note(session, account, access_log.FOUND, [cv.id for _, cv in found])
        return {
            **_shown(shortlist),
            "entries": [{**brief(cv, account.language), **_noted(entry)} for entry, cv in found],
        }


@calls.route("/<uuid:shortlist_id>/cvs/<uuid:cv_id>", methods=["PUT"])
@audience("recruiter")
@calls.takes(NoteSchema)
@calls.gives(200, NoteSchema, description="the candidate was there, and the note is as given")
@calls.also_gives(201, NoteSchema, description="the candidate is on the shortlist")
@calls.errors(404, 409)
def put(given: dict[str, Any], shortlist_id: UUID, cv_id: UUID) -> tuple[dict[str, Any], int]:
    """Put a candidate on a shortlist, or change the note"""
    with writing() as session:
        account = recruiter(session)
        shortlist = _own(session, account, shortlist_id)
        new = shortlists.put(session, shortlist, cv_id, given["note"], account, _rule(session, account))
        return given, 201 if new else 200


@calls.route("/<uuid:shortlist_id>/cvs/<uuid:cv_id>", methods=["DELETE"])
@audience("recruiter")
@calls.gives(204, description="the candidate is not on the shortlist")
@calls.errors(404)
def take_off(shortlist_id: UUID, cv_id: UUID) -> None:
    """Take a candidate off a shortlist

    Idempotent, and the same for a CV that was never there.
    """
    with writing() as session:
        shortlists.take_off(session, _own(session, recruiter(session), shortlist_id), cv_id)


@calls.route("/<uuid:shortlist_id>/export", methods=["GET"])
@audience("recruiter")
@calls.takes(FormatSchema, location="query")
@calls.gives(200, ExportSchema, description="the candidates whom you may see now; as a table it is text/csv")
@calls.errors(404, 429)
def export(given: dict[str, Any], shortlist_id: UUID) -> Response:
    """Export the candidates on a shortlist

    Those whose CV you may see now, with contact details where the person shows them to you. Whoever is exported can see
    that. Cells of the table that a spreadsheet would take for a formula begin with an apostrophe.
    """
    with noting() as session:
        account = recruiter(session)
        shortlist = _own(session, account, shortlist_id)
        found = shortlists.entries(session, shortlist, _rule(session, account))
        ids = [cv.id for _, cv in found]
        unusual_use.check(session, account, unusual_use.EXPORTED, len(ids))
        contacts = contact_requests.contacts_for(session, ids, account)
        access_log.note(session, account, access_log.EXPORTED, ids)
        access_log.note(session, account, access_log.CONTACT, sorted(contacts))
    exported = [_exported(entry, cv, contacts.get(cv.id)) for entry, cv in found]
    if given["format"] == "json":
        return jsonify(ExportSchema().dump({"entries": exported}))
    answer = Response(table(exported), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename="shortlist.csv")
    return answer


def _employer_id(account: Account) -> UUID:
    if account.employer_id is None:
        raise Forbidden("only an employer's recruiter keeps shortlists")
    return account.employer_id


def _own(session: Session, account: Account, shortlist_id: UUID) -> Shortlist:
    return shortlists.get(session, shortlist_id, _employer_id(account))


def _rule(session: Session, account: Account) -> ColumnElement[bool]:
    return visibility.sql(visibility.viewer(session, account))


def _shown(row: Shortlist) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "created_at": row.created_at}


def _noted(entry: Entry) -> dict[str, Any]:
    return {"note": entry.note, "added_at": entry.added_at}


def _exported(entry: Entry, cv: Cv, contact: dict[str, Any] | None) -> dict[str, Any]:
    shown = {"contact": contact} if contact else {}
    return {"id": cv.id, **_noted(entry), "cv": cv.seen(), **shown}
