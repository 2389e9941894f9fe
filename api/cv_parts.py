"""The parts of a CV, each an object: what was done and learnt, languages, contact, references, wishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, pre_load, validates_schema

from api import cv_levels
from api.cv_fields import Consent, CvDate, Distinct, Known, Level, OwnPage, Part, Pay, Phone, Text, Words, before
from api.listing_fields import MESSAGES, MailAddress, YesNo
from api.schema_problems import Fault
from store import languages
from store.criteria import EMPLOYMENT, SALARY_STEPS

LONGEST_TEXT = 5_000
LONGEST_LINE = 200

_PERIOD = "2019, 2019-08 or 2019-08-15"


def says(right: str, **more: Any) -> dict[str, Any]:
    """What the field accepts: in the API's description, and as the `right` of its problems."""
    return {"description": right, **more}


def line(about: str, longest: int = LONGEST_LINE) -> Words:
    """A field of one line of text."""
    return Words(longest, metadata=says(f"{about}: a line of at most {longest} characters"))


def text(about: str) -> Text:
    """A field of several lines of text."""
    return Text(LONGEST_TEXT, metadata=says(f"{about}: plain text of at most {LONGEST_TEXT:,} characters"))


def _start() -> CvDate:
    return CvDate(metadata=says(f"when it began: {_PERIOD}"))


def _end() -> CvDate:
    return CvDate(allow_none=True, metadata=says(f"when it ended: {_PERIOD}; left out while it goes on"))


def one_of(values: tuple[str, ...]) -> Known:
    """A field of one of these words, letter case aside."""
    codes = {value.lower(): value for value in values}
    return Known(
        lambda written: codes.get(written.lower()), metadata=says(f"one of: {', '.join(values)}", enum=list(values))
    )


class Period(Part):
    """Something that lasted from start to end."""

    @validates_schema(skip_on_field_errors=False)
    def _check_order(self, data: Mapping[str, Any], **_: Any) -> None:
        start, end = data.get("start"), data.get("end")
        if start and end and before(end, start):
            raise ValidationError({"end": [Fault("is before start", "start first, then the same time or later")]})


class ExperienceSchema(Period):
    """Work that was done."""

    ALIASES = {"position": "title", "company": "employer"}  # noqa: RUF012 - as the parent declares it

    title = line("the job")
    employer = line("who it was done for")
    start = _start()
    end = _end()
    description = text("what it was about")


class EducationSchema(Period):
    """What was studied."""

    ALIASES = {"degree": "title", "institution": "school"}  # noqa: RUF012 - as the parent declares it

    title = line("the degree or the course")
    school = line("where")
    field = line("the subject")
    start = _start()
    end = _end()
    description = text("what it was about")


class LanguageSchema(Part):
    """A language and how well it is known."""

    ALIASES = {"code": "language", "name": "language", "fluency": "level"}  # noqa: RUF012 - as the parent declares it

    language = Known(
        languages.code_of,
        required=True,
        error_messages=MESSAGES,
        metadata=says("a code of ISO 639-1, such as fi, or the language's name in Finnish, Swedish or English"),
    )
    level = Level(
        allow_none=True,
        metadata=says(f"one of: {', '.join(cv_levels.LEVELS)}; or null", enum=[*cv_levels.LEVELS, None]),
    )

    @pre_load
    def _name_alone(self, data: Any, **_: Any) -> Any:
        return {"language": data} if isinstance(data, str) else data

    @post_load
    def _say_all(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {"language": data["language"], "level": data.get("level")}


class ContactSchema(Part):
    """How to reach the person."""

    name = line("the person's name")
    email = MailAddress(metadata=says("an address such as kaisa@mail.example"))
    phone = Phone(50, metadata=says("a telephone number such as +358 40 123 4567"))
    url = OwnPage(metadata=says("a web address such as https://kaisa.example"))
    address = Text(500, metadata=says("an address: lines of at most 500 characters together"))


class ReferenceSchema(Part):
    """Somebody who recommends the person, and has agreed to be named."""

    name = Words(
        LONGEST_LINE, required=True, error_messages=MESSAGES, metadata=says("the reference person's name, one line")
    )
    relation = line("what that person is to you, such as a former manager")
    contact = line("a telephone number or an e-mail address")
    consent = Consent(
        required=True,
        error_messages=MESSAGES,
        metadata=says("true, once the reference person has agreed to be named here", enum=[True]),
    )


class WishesSchema(
    Part.from_dict(  # type: ignore[misc]
        {"from": CvDate(whole=True, metadata=says("the first day you could start, such as 2027-01-15"))},
        name="Wishes",
    )
):
    """The work that the person would like."""

    employment = Distinct(
        one_of(EMPLOYMENT), len(EMPLOYMENT), metadata=says(f"a list of any of: {', '.join(EMPLOYMENT)}")
    )
    remote = YesNo(metadata=says("true or false, without quotes"))
    salary_min = Pay(metadata=says("the least salary in a month: a number above 0 with at most two decimals"))
    salary_currency = one_of(tuple(SALARY_STEPS))
    text = text("in your own words")

    @post_load
    def _say_currency(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "salary_currency": data.get("salary_currency", "EUR")} if "salary_min" in data else data


class SelfStatedSchema(Part):
    """What the person chose to state; nobody can search for it, and nothing is matched by it."""

    gender = line("your gender", 100)
    ethnicity = line("your ethnicity", 100)
