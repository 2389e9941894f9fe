"""What the calls about alerts take and give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from marshmallow import Schema, ValidationError, fields, validates_schema

from api.criteria_schema import CriteriaField, CriteriaSchema
from api.listing_fields import MESSAGES, Code, Line, YesNo
from api.listing_view import ExampleSchema
from api.schema_problems import STRUCTURE, Fault, refusal
from store.alerts import ACTIVE, ENDED, FREQUENCIES, PAUSED, UNCONFIRMED
from store.criteria import LANGUAGES

STATES = (UNCONFIRMED, ACTIVE, PAUSED, ENDED)


def _one_of(values: tuple[str, ...], about: str = "") -> dict[str, Any]:
    return {"description": f"one of: {', '.join(values)}{about}", "enum": values}


class Address(fields.String):
    """An e-mail address that can be mailed, as far as its form says: normalised (NFC, the domain in lower case)."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refusal("is not text")
        try:
            # RFC 2606 sets .test and .example aside for trying things out. Nobody is asked whether the domain exists:
            # the confirmation mail does that, and tells whoever asks nothing.
            return validate_email(
                value.strip(), check_deliverability=False, test_environment=True, strict=True
            ).normalized
        except EmailNotValidError as error:
            raise refusal("is not an e-mail address that can be mailed") from error


class Hour(fields.Integer):
    """An hour of the day."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 23:
            raise refusal("is not an hour of the day")
        return value


class Accepted(YesNo):
    """Acceptance of terms: only true will do."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not super()._deserialize(value, attr, data, **kwargs):
            raise refusal("is false: without the terms there is no alert")
        return True


def _language() -> Code:
    return Code(LANGUAGES.__contains__, required=True, metadata=_one_of(LANGUAGES, ": the language of the mails"))


class AskSchema(Schema):
    """What creates an alert."""

    error_messages = STRUCTURE

    email = Address(required=True, metadata={"description": "an address such as kaisa@mail.example", "format": "email"})
    language = _language()
    frequency = Code(FREQUENCIES.__contains__, required=True, metadata=_one_of(FREQUENCIES))
    criteria = CriteriaField(required=True)
    accept_terms = Accepted(
        required=True,
        metadata={
            "description": "true, once the person has accepted the terms of use and the privacy policy",
            "enum": [True],
        },
    )
    site = Line(
        40, allow_none=True, load_default=None, metadata={"description": "the key of a site; the main site without it"}
    )


class ChangeSchema(Schema):
    """What is to be changed of an alert: at least one member."""

    error_messages = STRUCTURE

    criteria = CriteriaField()
    frequency = Code(FREQUENCIES.__contains__, metadata=_one_of(FREQUENCIES))
    language = Code(LANGUAGES.__contains__, metadata=_one_of(LANGUAGES, ": the language of the mails"))
    digest_hour = Hour(metadata={"description": "a whole number from 0 to 23: when digests go out, local time"})

    @validates_schema(skip_on_field_errors=True)
    def _check_presence(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError([Fault("changes nothing", f"one or more of: {', '.join(self.fields)}")])


class TokenSchema(Schema):
    """The token out of a mail."""

    error_messages = STRUCTURE

    token = Line(500, required=True, metadata={"description": "the token of the link in the mail, whole"})


class PreviewSchema(Schema):
    """What is to be tried."""

    error_messages = STRUCTURE

    criteria = CriteriaField(required=True)
    language = Code(
        LANGUAGES.__contains__,
        load_default="en",
        metadata=_one_of(LANGUAGES, ": the language of labels; en without it"),
    )


class StateSchema(Schema):
    """An alert and its state."""

    id = fields.UUID(required=True, metadata={"description": "the alert"})
    state = fields.String(required=True, metadata=_one_of(STATES))


class ConfirmedSchema(StateSchema):
    """An alert that is confirmed, with the token to look after it."""

    manage = fields.String(
        required=True, metadata={"description": "the token for /alerts/manage, /pause, /resume and /unsubscribe"}
    )


class AlertSchema(StateSchema):
    """An alert as the holder of its link sees it."""

    ended_reason = fields.String(metadata={"description": "why it ended, where it has"})
    email = fields.String(
        required=True, allow_none=True, metadata={"description": "the address, masked; null once the alert has ended"}
    )
    language = fields.String(required=True, metadata=_one_of(LANGUAGES))
    frequency = fields.String(required=True, metadata=_one_of(FREQUENCIES))
    digest_hour = fields.Integer(required=True, metadata={"description": "the hour at which digests go out"})
    timezone = fields.String(required=True, metadata={"description": "the time zone of that hour"})
    criteria = fields.Nested(CriteriaSchema, required=True)
    site = fields.String(required=True, metadata={"description": "the key of the site"})
    created_at = fields.AwareDateTime(required=True, metadata={"description": "when it was asked for"})
    next_digest_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": "when the next digest may go out; null for instant alerts and those that are not active"
        },
    )


class PreviewedSchema(Schema):
    """What the criteria find now."""

    open = fields.Integer(required=True, metadata={"description": "how many open listings match, exactly"})
    per_week = fields.Float(
        required=True,
        metadata={
            "description": "how many of these were published in a week, over the last four weeks: at least as many "
            "would have been mailed, since listings that have closed meanwhile are not counted"
        },
    )
    examples = fields.List(
        fields.Nested(ExampleSchema), required=True, metadata={"description": "the newest of them, at most 5"}
    )
