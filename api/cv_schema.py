"""The CV that a person hands in, checked whole: one answer names everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api import schema_problems
from api.cv_fields import Distinct, Items, Known, Part, Skill
from api.cv_parts import (
    ContactSchema,
    EducationSchema,
    ExperienceSchema,
    LanguageSchema,
    ReferenceSchema,
    SelfStatedSchema,
    WishesSchema,
    line,
    one_of,
    says,
    text,
)
from api.listing_fields import MESSAGES
from api.schema_problems import Fault
from store import occupations, places
from store.criteria import LANGUAGES
from store.errors import Invalid, Problem

MOST_ITEMS = 100
MOST_SKILLS = 200
LONGEST_SKILL = 100
LARGEST = 300_000


def _items(part: type[Schema], about: str) -> Items:
    entry = fields.Nested(part, metadata=says("an object"), error_messages=MESSAGES)
    return Items(entry, MOST_ITEMS, metadata=says(f"{about}: a list of at most {MOST_ITEMS} objects"))


def _place(written: str) -> str | None:
    if places.known(written.lower()):
        return written.lower()
    named = places.find(written)
    return named[0].code if named and all(place.code[:2] == named[0].code[:2] for place in named) else None


def _occupation(written: str) -> str | None:
    for code in (written, written.lower(), f"isco-{written}"):
        if occupations.known(code):
            return code
    named = occupations.find(written)
    return named[0].code if len(named) == 1 else None


def _part(schema: type[Schema], about: str) -> fields.Nested:
    return fields.Nested(schema, metadata=says(f"{about}: an object"), error_messages=MESSAGES)


class CvSchema(Part):
    """A CV: every member can be left out. Text is plain; markup is taken out of it."""

    headline = line("what you are, in a line")
    summary = text("what you can do")
    language = one_of(LANGUAGES)
    experience = _items(ExperienceSchema, "work that you did")
    education = _items(EducationSchema, "what you studied")
    skills = Distinct(
        Skill(LONGEST_SKILL, metadata=says(f"a line of at most {LONGEST_SKILL} characters")),
        MOST_SKILLS,
        metadata=says(f"a list of at most {MOST_SKILLS} skills, each a line of at most {LONGEST_SKILL} characters"),
    )
    languages = _items(LanguageSchema, "languages that you know")
    places = Distinct(
        Known(_place, metadata=says("an official code, such as fi-091, fi-r01, se-0180, se-01, fi or se")),
        MOST_ITEMS,
        metadata=says(f"where you would like to work: a list of at most {MOST_ITEMS} place codes"),
    )
    occupations = Distinct(
        Known(
            _occupation,
            metadata=says("isco- and 1 to 4 digits of ISCO-08, such as isco-2512, or the URI of an ESCO occupation"),
        ),
        MOST_ITEMS,
        metadata=says(f"what you would like to work as: a list of at most {MOST_ITEMS} codes"),
    )
    contact = _part(ContactSchema, "how to reach you")
    references = _items(ReferenceSchema, "who recommends you, and has agreed")
    wishes = _part(WishesSchema, "the work that you would like")
    self_stated = _part(SelfStatedSchema, "what you choose to state; never searched, never used for matching")

    @validates_schema(skip_on_field_errors=False)
    def _check_languages(self, data: Mapping[str, Any], **_: Any) -> None:
        codes = [item["language"] for item in data.get("languages", ())]
        if len(set(codes)) < len(codes):
            raise ValidationError({"languages": [Fault("names a language twice", "each language once")]})


@cache
def _cv() -> fields.Nested:
    return fields.Nested(CvSchema, metadata=says("a JSON object with the fields of a CV"))


def load_cv(data: object) -> dict[str, Any]:
    """The body of a CV as it is kept, out of JSON as Python has it: members that say nothing are left out, text is
    plain and in Unicode form C, codes are checked. `load_cv(load_cv(x)) == load_cv(x)`.

    Raises Invalid with everything that is wrong at once.
    """
    if not isinstance(data, dict):
        raise Invalid([Problem("", "is not an object", _cv().metadata["description"])])
    try:
        size = len(json.dumps(data, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass"))
    except RecursionError as error:
        raise Invalid([Problem("", "is nested too deeply", _cv().metadata["description"])]) from error
    if size > LARGEST:
        raise Invalid([Problem("", f"has {size:,} bytes", f"at most {LARGEST:,} bytes of JSON")])
    try:
        body: dict[str, Any] = _cv().schema.load(data)
    except ValidationError as error:
        raise Invalid(schema_problems.of(error, _cv())) from error
    return body
