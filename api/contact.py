"""The calls about contact details: an employer asks, the person hands them over or does not, and takes them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from api.auth import audience, person, recruiter
from api.calls import Calls
from api.cv_fields import Text
from api.cv_parts import ContactSchema
from api.cv_view import about
from api.listing_fields import MESSAGES, YesNo
from api.schema_problems import STRUCTURE
from api.sessions import noting, reading, writing
from store import access_log, contact_requests, cvs, visibility
from store.accounts import Account
from store.contact_requests import ContactRequest
from store.cvs import Cv
from store.employers import Employer

calls = Calls("contact", "/api/v1", "Contact details: shown openly, or handed to the employer that asked for them.")

LONGEST = 1000
STATES_TOLD = (*contact_requests.STATES, contact_requests.EXPIRED)
STATES_SHOWN = (*STATES_TOLD, contact_requests.NONE, contact_requests.OPEN)


class AskForContactSchema(Schema):
    """A request for contact details."""

    error_messages = STRUCTURE

    message = Text(
        LONGEST,
        required=True,
        validate=validate.Length(min=1, error="has no words"),
        metadata=about(f"what you want of the person: plain text of at most {LONGEST:,} characters"),
    )


class AnswerSchema(Schema):
    """A person's answer to a request."""

    error_messages = STRUCTURE

    grant = YesNo(
        required=True, error_messages=MESSAGES, metadata=about("true: hand the contact details over; false: do not")
    )


class ContactStateSchema(Schema):
    """Whether an employer may see the contact details of a CV."""

    state = fields.String(
        required=True,
        metadata=about(
            "open: shown to whoever sees the CV; none: not asked for yet; asked; granted; declined; revoked; expired: "
            "not answered in time, or granted for a time that is over",
            enum=STATES_SHOWN,
        ),
    )
    expires_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=about("until when it can be answered, or is granted; or null")
    )
    contact = fields.Nested(ContactSchema, metadata=about("the contact details, where they are shown"))


class ContactRequestSchema(Schema):
    """A request for contact details as the person sees it."""

    id = fields.UUID(required=True, metadata=about("our id of the request"))
    employer = fields.String(required=True, metadata=about("the employer that asks"))
    message = fields.String(required=True, metadata=about("what it says"))
    state = fields.String(required=True, metadata=about("how it stands", enum=STATES_TOLD))
    asked_at = fields.AwareDateTime(required=True, metadata=about("when it was made"))
    answered_at = fields.AwareDateTime(required=True, allow_none=True, metadata=about("when you answered; or null"))
    expires_at = fields.AwareDateTime(
        required=True, metadata=about("until when you can answer, or the employer sees what you handed over")
    )


class ContactRequestsSchema(Schema):
    """The requests to a person."""

    requests = fields.List(fields.Nested(ContactRequestSchema), required=True, metadata=about("the newest first"))


@calls.route("/cvs/<uuid:cv_id>/contact", methods=["POST"])
@audience("recruiter")
@calls.takes(AskForContactSchema)
@calls.gives(200, ContactStateSchema, description="your employer asked already, and this is how it stands")
@calls.also_gives(201, ContactStateSchema, description="the person is asked, by mail")
@calls.errors(404, 409)
def ask(given: dict[str, Any], cv_id: UUID) -> tuple[dict[str, Any], int]:
    """Ask for the contact details of a CV

    In the name of your employer. The person is told its name and your message, and answers or does not. 409 where they
    are open anyway, or the person said no to your employer lately.
    """
    with writing() as session:
        row, new = contact_requests.ask(session, recruiter(session), cv_id, given["message"])
        return _state(row), 201 if new else 200


@calls.route("/cvs/<uuid:cv_id>/contact", methods=["GET"])
@audience("recruiter")
@calls.gives(200, ContactStateSchema, description="how it stands, with the contact details where they are shown")
@calls.errors(404)
def show(cv_id: UUID) -> dict[str, Any]:
    """See the contact details of a CV, or how your employer's request for them stands"""
    with noting() as session:
        account = recruiter(session)
        cv = cvs.get_seen(session, cv_id, visibility.sql(visibility.viewer(session, account)))
        return _shown(session, account, cv)


@calls.route("/me/contact-requests", methods=["GET"])
@audience("person")
@calls.gives(200, ContactRequestsSchema, description="who asked for your contact details")
def list_requests() -> dict[str, Any]:
    """See who asks for your contact details, and to whom you handed them over"""
    with reading() as session:
        return {"requests": [_told(*one) for one in contact_requests.of_person(session, person(session).id)]}


@calls.route("/me/contact-requests/<uuid:request_id>", methods=["POST"])
@audience("person")
@calls.takes(AnswerSchema)
@calls.gives(200, ContactRequestSchema, description="it is as you said")
@calls.errors(404, 409)
def answer(given: dict[str, Any], request_id: UUID) -> dict[str, Any]:
    """Answer a request for your contact details

    Handed over, they are shown to that employer alone, for a limited time, while your CV is visible to it. The last
    answer counts. 409 for a request that has expired.
    """
    with writing() as session:
        request, employer = contact_requests.get(session, request_id, person(session).id, lock=True)
        contact_requests.answer(session, request, given["grant"])
        return _told(request, employer)


@calls.route("/me/contact-requests/<uuid:request_id>", methods=["DELETE"])
@audience("person")
@calls.gives(204, description="your contact details are not shown to this employer any more")
@calls.errors(404)
def revoke(request_id: UUID) -> None:
    """Take your contact details back

    From the answer on the employer does not see them here. Idempotent; what you have not answered yet is declined.
    """
    with writing() as session:
        request, _ = contact_requests.get(session, request_id, person(session).id, lock=True)
        contact_requests.revoke(session, request)


def _state(row: ContactRequest | None) -> dict[str, Any]:
    if row is None:
        return {"state": contact_requests.NONE, "expires_at": None}
    return {"state": row.state_now, "expires_at": row.expires_at}


def _shown(session: Session, account: Account, cv: Cv) -> dict[str, Any]:
    contact = contact_requests.contact_for(session, cv, account)
    row = contact_requests.to(session, cv.id, account.employer_id) if account.employer_id else None
    opened = {"state": contact_requests.OPEN, "expires_at": None}
    state = opened if cv.contact == cvs.OPEN else _state(row)
    if contact is None:
        return state
    access_log.note(session, account, access_log.CONTACT, [cv.id])
    return {**state, "contact": contact}


def _told(row: ContactRequest, employer: Employer) -> dict[str, Any]:
    return {
        "id": row.id,
        "employer": employer.name,
        "message": row.message,
        "state": row.state_now,
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
        "expires_at": row.expires_at,
    }
