"""The calls of admins about employers: who they are, and whose recruiters have access to CVs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validates_schema
from sqlalchemy.orm import Session

from api.account_schema import APPROVALS, BusinessId
from api.auth import audience
from api.calls import Calls
from api.listing_fields import MESSAGES, Code, Line
from api.listing_query import Size
from api.schema_problems import STRUCTURE, Fault, refusal
from api.sessions import reading, writing
from store import accounts, business_ids, employers
from store.employers import APPROVED, WITHDRAWN, Employer
from store.errors import Invalid, Problem

calls = Calls("employers", "/api/v1/admin/employers", "Admins: employers, and whose recruiters have access to CVs.")

DECISIONS = (APPROVED, WITHDRAWN)
MOST_DOMAINS = 50


class Identifier(fields.UUID):
    """The id of an employer or an account."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> UUID:
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError) as error:
            raise refusal("is not an id") from error


class Domain(fields.String):
    """A mail domain, in lower case and ASCII."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        try:
            domain = str(value).strip().lower().rstrip(".").encode("idna").decode() if isinstance(value, str) else ""
        except UnicodeError as error:
            raise refusal("is not a mail domain") from error
        if "." not in domain or any(not part.replace("-", "").isalnum() for part in domain.split(".")):
            raise refusal("is not a mail domain")
        return domain


class AskedEmployersSchema(Schema):
    """Which employers."""

    error_messages = STRUCTURE

    approval = Code(
        APPROVALS.__contains__,
        load_default=None,
        metadata={"description": f"one of: {', '.join(APPROVALS)}; all without it", "enum": APPROVALS},
    )
    page = Identifier(load_default=None, metadata={"description": "what `next` of an answer said, to go on after it"})
    size = Size(load_default=50, metadata={"description": "how many entries an answer holds, from 1 to 100"})


class WaitingSchema(Schema):
    """A recruiter of whom an admin has to say whether they belong to the employer."""

    id = fields.UUID(required=True, metadata={"description": "the account"})
    domain = fields.String(required=True, metadata={"description": "the domain of the confirmed address"})
    since = fields.AwareDateTime(required=True, metadata={"description": "when they registered"})


class EmployerSchema(Schema):
    """An employer as admins see it."""

    id = fields.UUID(required=True, metadata={"description": "the employer"})
    name = fields.String(required=True, metadata={"description": "its name"})
    business_id = fields.String(
        required=True, allow_none=True, metadata={"description": "with its country, such as fi:01120389"}
    )
    parent = fields.UUID(
        required=True, allow_none=True, metadata={"description": "the company above it in a group, or null"}
    )
    domains = fields.List(
        fields.String(), required=True, metadata={"description": "mail domains by which people can block it"}
    )
    approval = fields.String(
        required=True, metadata={"description": f"one of: {', '.join(APPROVALS)}", "enum": APPROVALS}
    )
    approval_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "when that was decided; null while nobody did"}
    )
    waiting = fields.List(
        fields.Nested(WaitingSchema), required=True, metadata={"description": "recruiters who wait, at most 100"}
    )


class EmployersSchema(Schema):
    """Employers, oldest first."""

    employers = fields.List(fields.Nested(EmployerSchema), required=True, metadata={"description": "the employers"})
    next = fields.UUID(
        required=True, allow_none=True, metadata={"description": "for `page`, to go on; null at the end"}
    )


class DecisionSchema(Schema):
    """What is to be changed of an employer: at least one member."""

    error_messages = STRUCTURE

    approval = Code(
        DECISIONS.__contains__,
        metadata={
            "description": f"one of: {', '.join(DECISIONS)}; approving an employer that was not also lets in those of "
            "its recruiters who wait",
            "enum": DECISIONS,
        },
    )
    name = Line(200, metadata={"description": "the employer's name, at most 200 characters"})
    business_id = BusinessId(allow_none=True, metadata={"description": f"{business_ids.RIGHT}; null for none"})
    parent = Identifier(allow_none=True, metadata={"description": "the id of the company above it in a group, or null"})
    domains = fields.List(
        Domain(metadata={"description": "a mail domain such as hoiva.example"}),
        metadata={"description": f"at most {MOST_DOMAINS} mail domains"},
    )
    admit = fields.List(
        Identifier(metadata={"description": "the id of a recruiter who waits"}),
        metadata={"description": "recruiters who wait and belong to this employer, by their ids in `waiting`"},
    )

    @validates_schema(skip_on_field_errors=True)
    def _check_presence(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError([Fault("changes nothing", f"one or more of: {', '.join(self.fields)}")])
        if len(data.get("domains", ())) > MOST_DOMAINS:
            raise ValidationError({"domains": [Fault(f"has more than {MOST_DOMAINS} entries")]})


@calls.route("", methods=["GET"])
@audience("admin")
@calls.takes(AskedEmployersSchema, location="query")
@calls.gives(200, EmployersSchema, description="the employers")
def show_all(asked: dict[str, Any]) -> dict[str, Any]:
    """See employers

    With `approval=pending`, those of whom somebody has to decide. Of recruiters who wait, the domain of the address is
    shown and not the address: it says whether they belong to the employer, and not who they are.
    """
    size = asked["size"]
    with reading() as session:
        rows = employers.listed(session, asked["approval"], asked["page"], size + 1)
        shown = [_shown(session, row) for row in rows[:size]]
    return {"employers": shown, "next": rows[size - 1].id if len(rows) > size else None}


@calls.route("/<uuid:employer_id>", methods=["PATCH"])
@audience("admin")
@calls.takes(DecisionSchema)
@calls.gives(200, EmployerSchema, description="the employer as it is now")
@calls.errors(404, 409)
def decide(given: dict[str, Any], employer_id: UUID) -> dict[str, Any]:
    """Decide about an employer

    Only what is given changes; it holds from the answer on. Withdrawing approval takes the access from all recruiters
    of the employer at once, whatever tokens they have.
    """
    with writing() as session:
        employer = employers.get(session, employer_id, lock=True)
        changed: dict[str, Any] = {name: given[name] for name in ("name", "business_id", "domains") if name in given}
        if "parent" in given:
            changed["parent_id"] = given["parent"]
        employers.change(session, employer, **changed)
        if given.get("approval") == APPROVED and employer.approval != APPROVED:
            employers.approve(session, employer)
            accounts.admit(session, employer.id)
        elif given.get("approval") == WITHDRAWN:
            employers.withdraw(session, employer)
        wanted = set(given.get("admit", ()))
        if wanted and accounts.admit(session, employer.id, wanted) < len(wanted):
            raise Invalid([Problem("admit", "names somebody who does not wait", "ids out of `waiting`")])
        return _shown(session, employer)


def _shown(session: Session, row: Employer) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "business_id": row.business_id,
        "parent": row.parent_id,
        "domains": row.domains,
        "approval": row.approval,
        "approval_at": row.approval_at,
        "waiting": [
            {"id": one.id, "domain": (one.email or "").rpartition("@")[2], "since": one.created_at}
            for one in accounts.waiting(session, row.id)[:100]
        ],
    }
