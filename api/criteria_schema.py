"""Criteria as calls carry them: described for openapi.json field by field, and read by `store.criteria` alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.exceptions import SCHEMA

from api.listing_fields import MESSAGES
from api.schema_problems import STRUCTURE, Fault, refusal
from store import criteria
from store.criteria import CHOICES, EMPLOYMENT, LANGUAGES, SALARY_STEPS, TERMS, TEXT_LENGTH, Criteria
from store.errors import Invalid
from store.near import FARTHEST

_STEP = re.compile(r"[^.\[\]]+")


def _about(description: str) -> dict[str, str]:
    return {"description": description}


class NearSchema(Schema):
    """A distance from a place."""

    error_messages = STRUCTURE

    place = fields.String(metadata=_about("a municipality"))
    km = fields.Integer(metadata=_about(f"1 to {FARTHEST} kilometres, as the crow flies"))


class CriteriaSchema(Schema):
    """What is asked of a listing: all members that are given must hold, of a list one value is enough. At least one
    word, place below a country, occupation, form of employment, employer, salary or remote work must be asked for."""

    error_messages = STRUCTURE

    text = fields.String(
        metadata=_about(
            f"words that must all be there, in any inflection; "
            f'"a phrase" in quotation marks; -word for what must not be there; '
            f"at most {TEXT_LENGTH} characters and {TERMS} words and phrases"
        )
    )
    # (marshmallow takes fields out of the class: its own attribute of this name is not in the way.)
    exclude = fields.String(metadata=_about("words and phrases that must not be there"))  # type: ignore[assignment]
    places = fields.List(
        fields.String(metadata=_about("an official code such as fi-091, fi-r01, se-0180, se-01, fi or se")),
        metadata=_about(f"at most {CHOICES} codes of places; a region or a country means all that lies in it"),
    )
    near = fields.Nested(NearSchema, metadata=_about("the work is in a municipality that lies so near to this one"))
    occupations = fields.List(
        fields.String(
            metadata=_about("a group of ISCO-08 such as isco-2512 or isco-25, or the URI of an ESCO occupation")
        ),
        metadata=_about(f"at most {CHOICES} codes of occupations; a group means all that belongs to it"),
    )
    employment = fields.List(
        fields.String(metadata={**_about(f"one of: {', '.join(EMPLOYMENT)}"), "enum": EMPLOYMENT}),
        metadata=_about("forms of employment"),
    )
    remote = fields.Boolean(metadata=_about("true for remote work only"))
    salary_min = fields.Integer(metadata=_about("the least salary in a month; rounded down to a step of its currency"))
    salary_currency = fields.String(
        metadata={**_about(f"one of: {', '.join(SALARY_STEPS)}; EUR where it is not given"), "enum": list(SALARY_STEPS)}
    )
    languages = fields.List(
        fields.String(metadata={**_about(f"one of: {', '.join(LANGUAGES)}"), "enum": LANGUAGES}),
        metadata=_about("languages of the listing"),
    )
    expand = fields.Boolean(
        metadata=_about(
            "false for the words as they are written only, in any inflection; else they also find what they name under "
            "its other names, in any language"
        )
    )
    employers = fields.List(
        fields.String(metadata=_about("the name of an employer, whole")),
        metadata=_about(f"at most {CHOICES} names of employers"),
    )


class CriteriaField(fields.Nested):
    """Criteria in a body, out as canonical `Criteria`; every problem is told under the field."""

    default_error_messages = MESSAGES

    def __init__(self, **options: Any) -> None:
        super().__init__(CriteriaSchema, metadata=_about("an object with the members of criteria"), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, partial: Any = None, **kwargs: Any
    ) -> Criteria:
        if not isinstance(value, Mapping):
            raise refusal("is not an object")
        try:
            return criteria.read(value, "criteria")
        except Invalid as invalid:
            raise ValidationError(_as_messages(invalid)) from invalid


def _as_messages(invalid: Invalid) -> dict[Any, Any]:
    """Problems in the form in which marshmallow nests messages: `criteria.places[1]` is {"places": {1: [...]}}."""
    messages: dict[Any, Any] = {}
    for problem in invalid.problems:
        fault = Fault(problem.reason, problem.right)
        path = _STEP.findall(problem.field)[1:]
        steps: list[str | int] = [int(step) if step.isdigit() else step for step in path] or [SCHEMA]
        at = messages
        for step in steps[:-1]:
            at = at.setdefault(step, {})
        at.setdefault(steps[-1], []).append(fault)
    return messages
