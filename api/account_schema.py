"""What the calls about accounts take and give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.alert_schema import Accepted, Address, TokenSchema
from api.listing_fields import MESSAGES, Code, Line
from api.schema_problems import STRUCTURE, Fault, refusal
from store import accounts, business_ids, passwords
from store.employers import APPROVED, PENDING, WITHDRAWN
from store.errors import Invalid
from store.wording import LANGUAGES

REGISTERING = (accounts.PERSON, accounts.RECRUITER)
APPROVALS = (PENDING, APPROVED, WITHDRAWN)
# More than any password may have, and little enough to be hashed by whoever sends it.
LONGEST_SENT = 1_000


def _one_of(values: tuple[str, ...], about: str = "") -> dict[str, Any]:
    return {"description": f"one of: {', '.join(values)}{about}", "enum": values}


class Password(fields.String):
    """A password, letter by letter: whether it may be chosen says `store.passwords`."""

    default_error_messages = MESSAGES

    def __init__(self, **options: Any) -> None:
        metadata = {
            "description": f"{passwords.SHORTEST} to {passwords.LONGEST} characters of any kind, not easy to guess",
            "format": "password",
        }
        super().__init__(required=True, metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refusal("is not text")
        if len(value) > LONGEST_SENT:
            raise refusal("is too long")
        return value


class Birthday(fields.Field[date]):
    """A date of birth."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or len(value) != len("1990-05-31"):
            raise refusal("is not a date")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise refusal("is not a date") from error


class BusinessId(fields.String):
    """A Finnish or Swedish business id; serialised and kept with its country."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refusal("is not text")
        try:
            return business_ids.read(value)
        except Invalid as error:
            [problem] = error.problems
            raise refusal(problem.reason, problem.right) from error


class ClaimSchema(Schema):
    """The employer that a recruiter belongs to."""

    error_messages = STRUCTURE

    name = Line(200, required=True, metadata={"description": "the employer's name, at most 200 characters"})
    business_id = BusinessId(required=True, metadata={"description": business_ids.RIGHT})


class RegisterSchema(Schema):
    """What makes an account."""

    error_messages = STRUCTURE

    email = Address(required=True, metadata={"description": "an address such as kaisa@mail.example", "format": "email"})
    password = Password()
    born_on = Birthday(
        metadata={
            "description": "the day on which the person was born, such as 1990-05-31; looked at and not kept. Needed "
            "unless the role is recruiter",
            "format": "date",
        }
    )
    language = Code(
        LANGUAGES.__contains__, required=True, metadata=_one_of(LANGUAGES, ": the language of mails to the account")
    )
    accept_terms = Accepted(
        required=True,
        metadata={
            "description": "true, once the terms of use and the privacy policy were accepted",
            "enum": [True],
        },
    )
    role = Code(
        REGISTERING.__contains__,
        load_default=accounts.PERSON,
        metadata=_one_of(REGISTERING, "; person without it"),
    )
    employer = fields.Nested(
        ClaimSchema, metadata={"description": "the employer of a recruiter: an object with name and business_id"}
    )
    site = Line(
        40, allow_none=True, load_default=None, metadata={"description": "the key of a site; the main site without it"}
    )

    @validates_schema(skip_on_field_errors=True)
    def _check_role(self, data: Mapping[str, Any], **_: Any) -> None:
        recruits = data["role"] == accounts.RECRUITER
        needed, other = ("employer", None) if recruits else ("born_on", "employer")
        wrong: dict[str, list[Fault]] = {}
        if data.get(needed) is None:
            wrong[needed] = [Fault("is missing")]
        if other is not None and data.get(other) is not None:
            wrong[other] = [Fault("is for recruiters", 'leave it out, or say "role": "recruiter"')]
        if wrong:
            raise ValidationError(wrong)


class SentSchema(Schema):
    """That a mail is on its way, if there is somebody to mail."""

    link_hours = fields.Integer(required=True, metadata={"description": "for how many hours the mailed link works"})


class ConfirmedAccountSchema(Schema):
    """An account whose address is confirmed."""

    role = fields.String(required=True, metadata=_one_of(accounts.ROLES))
    password_set = fields.Boolean(
        required=True,
        metadata={
            "description": "whether one can sign in with the password; false where the address was registered more "
            "than once with different ones: then a link to choose one is on its way"
        },
    )


class SignInSchema(Schema):
    """Who signs in."""

    error_messages = STRUCTURE

    email = Address(required=True, metadata={"description": "the address of the account", "format": "email"})
    password = Password()


class SignedInSchema(Schema):
    """A session."""

    token = fields.String(required=True, metadata={"description": "for `Authorization: Bearer TOKEN`; shown this once"})
    role = fields.String(required=True, metadata=_one_of(accounts.ROLES))
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "when the session ends, unless it is used until then"}
    )


class ForgottenSchema(Schema):
    """Whose password is forgotten."""

    error_messages = STRUCTURE

    email = Address(required=True, metadata={"description": "the address of the account", "format": "email"})


class ResetSchema(TokenSchema):
    """The token out of a mail, and a new password."""

    password = Password()


class ChangePasswordSchema(Schema):
    """The password as it was, and as it is to be."""

    error_messages = STRUCTURE

    old = Password()
    new = Password()


class ConsentSchema(Schema):
    """One agreement."""

    purpose = fields.String(required=True, metadata={"description": "what for, such as terms"})
    terms_version = fields.String(required=True, metadata={"description": "the version that was agreed to"})
    source = fields.String(required=True, metadata={"description": "where it was given"})
    given_at = fields.AwareDateTime(required=True, metadata={"description": "when"})
    withdrawn_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "when it was withdrawn; null while it stands"}
    )


class OwnEmployerSchema(Schema):
    """The employer of a recruiter."""

    id = fields.UUID(required=True, metadata={"description": "the employer"})
    name = fields.String(required=True, metadata={"description": "its name"})
    business_id = fields.String(required=True, allow_none=True, metadata={"description": "its business id, if known"})
    approval = fields.String(
        required=True,
        metadata=_one_of(APPROVALS, ": pending also while an admin has to say that the recruiter belongs to it"),
    )


class MeSchema(Schema):
    """An account as its holder sees it."""

    id = fields.UUID(required=True, metadata={"description": "the account"})
    email = fields.String(required=True, allow_none=True, metadata={"description": "the address"})
    role = fields.String(required=True, metadata=_one_of(accounts.ROLES))
    language = fields.String(required=True, metadata=_one_of(LANGUAGES))
    employer = fields.Nested(OwnEmployerSchema, metadata={"description": "for recruiters"})
    created_at = fields.AwareDateTime(required=True, metadata={"description": "when it was made"})
    consents = fields.List(
        fields.Nested(ConsentSchema), required=True, metadata={"description": "what was ever agreed to, oldest first"}
    )
