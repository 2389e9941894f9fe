"""The listing that employers hand in, checked whole: one answer names everything that is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validates_schema

from api import schema_problems
from api.listing_fields import (
    LONGEST_MARKUP,
    MESSAGES,
    Amount,
    Code,
    Codes,
    Description,
    Line,
    MailAddress,
    Moment,
    Reference,
    WebAddress,
    YesNo,
)
from api.schema_problems import STRUCTURE, Fault
from store import clock, language_detection, occupations, places, sanitise
from store.criteria import EMPLOYMENT, LANGUAGES, SALARY_STEPS
from store.errors import Invalid, Problem
from store.listing_input import SALARY_PERIODS, ListingInput

_SITE = re.compile("[a-z0-9][a-z0-9-]{0,49}")


def _says(right: str) -> dict[str, str]:
    """What the field accepts: in the API's description, and as the `right` of its problems."""
    return {"description": right}


_WHEN = "ISO 8601, such as 2026-11-30 or 2026-11-30T16:00:00+02:00"
_AMOUNT = _says("a number above 0 with at most two decimals, without quotes")


def _place_code(written: str) -> str | None:
    found = places.find(written)
    code = found[0].code if found else written.lower()
    return code if places.known(code) else None


def _employment(written: str) -> str | None:
    close = difflib.get_close_matches(written.lower(), EMPLOYMENT, n=1, cutoff=0.8)
    return close[0] if close else None


class SalarySchema(Schema):
    """What is paid: from, to, or both."""

    error_messages = STRUCTURE

    min = Amount(allow_none=True, metadata=_AMOUNT)
    max = Amount(allow_none=True, metadata=_AMOUNT)
    currency = Code(SALARY_STEPS.__contains__, required=True, metadata=_says(f"one of: {', '.join(SALARY_STEPS)}"))
    period = Code(SALARY_PERIODS.__contains__, required=True, metadata=_says(f"one of: {', '.join(SALARY_PERIODS)}"))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_range(self, data: Mapping[str, Any], original: object, **_: Any) -> None:
        if isinstance(original, Mapping) and original.get("min") is None and original.get("max") is None:
            raise ValidationError([Fault("names no amount", "min, max or both")])
        least, most = data.get("min"), data.get("max")
        if least is not None and most is not None and least > most:
            raise ValidationError({"max": [Fault("is less than min", "min first, then the same or more")]})


class ApplySchema(Schema):
    """Where to apply: a page, an address, or both."""

    error_messages = STRUCTURE

    url = WebAddress(allow_none=True, metadata=_says("an address of at most 2,000 characters with http:// or https://"))
    email = MailAddress(allow_none=True, metadata=_says("an address such as rekry@example.fi"))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_presence(self, data: Mapping[str, Any], original: object, **_: Any) -> None:
        if isinstance(original, Mapping) and original.get("url") is None and original.get("email") is None:
            raise ValidationError([Fault("says neither where nor to whom", "url, email or both")])


class ListingSchema(Schema):
    """`load` gives a `ListingInput`. A language that is not given is recognised from the text, if that is sure."""

    error_messages = STRUCTURE

    reference = Reference(required=True, metadata=_says("your own key for it: 1 to 200 printable characters"))
    title = Line(200, required=True, metadata=_says("a line of 1 to 200 characters"))
    description = Description(
        50_000,
        required=True,
        metadata=_says(
            f"HTML or plain text with 1 to 50,000 characters of text, at most {LONGEST_MARKUP:,} with its markup"
        ),
    )
    language = Code(
        LANGUAGES.__contains__,
        required=True,
        error_messages={"required": "is missing, and the text does not show it beyond doubt"},
        metadata=_says("fi, sv or en: the language of the description"),
    )
    employer = Line(200, required=True, metadata=_says("the employer's name, 1 to 200 characters"))
    places = Codes(
        Code(
            places.known,
            _place_code,
            metadata=_says("an official code, such as fi-091, fi-r01, se-0180, se-01, fi or se"),
        ),
        50,
        load_default=list,
        allow_none=True,
        metadata=_says("a list of 1 to 50 place codes; it may be empty for remote work"),
    )
    occupation = Code(
        occupations.known,
        allow_none=True,
        load_default=None,
        metadata=_says("isco- and 1 to 4 digits of ISCO-08, such as isco-2512, or the URI of an ESCO occupation"),
    )
    employment = Codes(
        Code(EMPLOYMENT.__contains__, _employment, metadata=_says(f"one of: {', '.join(EMPLOYMENT)}")),
        len(EMPLOYMENT),
        load_default=list,
        allow_none=True,
        metadata=_says(f"a list of any of: {', '.join(EMPLOYMENT)}"),
    )
    remote = YesNo(load_default=False, allow_none=True, metadata=_says("true or false, without quotes"))
    salary = fields.Nested(
        SalarySchema,
        allow_none=True,
        load_default=None,
        metadata=_says("an object with min, max, currency and period"),
    )
    published_at = Moment(allow_none=True, load_default=None, metadata=_says(_WHEN))
    deadline = Moment(allow_none=True, load_default=None, metadata=_says(_WHEN))
    apply = fields.Nested(
        ApplySchema, required=True, error_messages=MESSAGES, metadata=_says("an object with url, email or both")
    )
    site = Line(50, allow_none=True, load_default=None, metadata=_says("the key of a site: a-z, 0-9 and -"))

    @pre_load
    def _recognise_language(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        if not isinstance(data, Mapping) or data.get("language") is not None:
            return data
        given = {key: value for key, value in data.items() if key != "language"}
        title, description = given.get("title"), given.get("description")
        if isinstance(title, str) and isinstance(description, str) and len(description) <= LONGEST_MARKUP:
            language = language_detection.recognise(f"{title[:200]}\n{sanitise.text(description)}")
            if language is not None:
                given["language"] = language
        return given

    @validates_schema(skip_on_field_errors=False)
    def _check_whole(self, data: Mapping[str, Any], **_: Any) -> None:
        wrong: dict[str, list[Fault]] = {}
        if not data.get("places", True) and not data.get("remote", True):
            wrong["places"] = [Fault("names no place, and the work is not remote")]
        if not _SITE.fullmatch(data.get("site") or "default"):
            wrong["site"] = [Fault("is no key of a site")]
        published_at, deadline = _opening(data), _end(data)
        if deadline is not None and deadline <= clock.now():
            wrong["deadline"] = [Fault("is in the past", "a time that is still to come")]
        elif deadline is not None and published_at is not None and deadline <= published_at:
            wrong["deadline"] = [Fault("is before published_at", "a time after published_at")]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> ListingInput:
        salary, apply = data["salary"] or {}, data["apply"]
        return ListingInput(
            reference=data["reference"],
            title=data["title"],
            description=data["description"],
            language=data["language"],
            employer=data["employer"],
            places=tuple(data["places"] or ()),
            occupation=data["occupation"],
            employment=tuple(data["employment"] or ()),
            remote=bool(data["remote"]),
            salary_min=salary.get("min"),
            salary_max=salary.get("max"),
            salary_currency=salary.get("currency"),
            salary_period=salary.get("period"),
            published_at=_opening(data),
            deadline=_end(data),
            apply_url=apply.get("url"),
            apply_email=apply.get("email"),
            site=data["site"],
        )


def _opening(data: Mapping[str, Any]) -> datetime | None:
    return _in_utc(data.get("published_at"), _zone(data), time.min)


def _end(data: Mapping[str, Any]) -> datetime | None:
    # "Apply by the 30th" includes the 30th; its last second still shows that date wherever it is written out.
    return _in_utc(data.get("deadline"), _zone(data), time(23, 59, 59))


def _zone(data: Mapping[str, Any]) -> ZoneInfo:
    """Where a time without an offset is local: where the work is; else Finland for a listing in Finnish, or Sweden."""
    places = data.get("places") or ()
    country = places[0][:2] if places else {"fi": "fi"}.get(data.get("language") or "", "se")
    return ZoneInfo("Europe/Helsinki" if country == "fi" else "Europe/Stockholm")


def _in_utc(moment: date | None, zone: ZoneInfo, time_of_day: time) -> datetime | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time_of_day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


@cache
def _listing() -> fields.Nested:
    return fields.Nested(ListingSchema, metadata=_says("a JSON object with the fields of a listing"))


def load_listing(data: object, reference: str | None = None) -> ListingInput:
    """The listing in `data` (JSON as Python has it), which need not name its reference if `reference` is given.

    Raises Invalid with everything that is wrong at once.
    """
    if not isinstance(data, dict):
        raise Invalid([Problem("", "is not an object", _listing().metadata["description"])])
    problems = []
    if reference is not None:
        if data.get("reference") not in (reference, None):
            problems.append(Problem("reference", "differs from the one in the address", "the same one, or none"))
        data = {**data, "reference": reference}
    try:
        listing: ListingInput = _listing().schema.load(data)
    except ValidationError as error:
        problems += schema_problems.of(error, _listing())
    if problems:
        raise Invalid(problems)
    return listing
