"""The query of the job search: parameters of an address, read into the same criteria as alerts have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from marshmallow import Schema, fields, post_load, validate

from api.listing_fields import MESSAGES, Code
from api.schema_problems import STRUCTURE, refusal
from mappings.search import Sort
from matcher import cursor
from matcher.cursor import Cursor
from matcher.search import Search
from store import criteria
from store.criteria import CHOICES, EMPLOYMENT, LANGUAGES, SALARY_STEPS, TEXT_LENGTH
from store.errors import Invalid, Problem
from store.near import FARTHEST

MOST = 100
USUAL = 20
SORTS: tuple[Sort, ...] = get_args(Sort)
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no")

# What the parameters are called in criteria, which they repeat one by one.
IN_CRITERIA = {"place": "places", "occupation": "occupations", "language": "languages", "employer": "employers"}
NEAR = {"near.place": "near", "near.km": "km"}
CRITERIA = (
    *("text", "exclude", "place", "occupation", "employment", "remote", "salary_min", "salary_currency", "language"),
    "employer",
)


def _about(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **more}


class Many(fields.List[str]):
    """A parameter that may be there more than once; what `separator` parts are values of their own."""

    default_error_messages = MESSAGES

    def __init__(self, about: str, *, separator: str | None = ",", **more: Any) -> None:
        super().__init__(fields.String(metadata=_about(about, **more)), load_default=list, metadata=_about(about))
        self.separator = separator

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        given: list[str] = value
        parts = [part for one in given for part in (one.split(self.separator) if self.separator else [one])]
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


class Flag(fields.Boolean):
    """Yes or no, as an address writes them."""

    default_error_messages = MESSAGES

    def __init__(self, about: str, *, default: bool = False) -> None:
        super().__init__(load_default=default, metadata=_about(f"{about}: 1 or 0"))

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value.lower() not in (*_YES, *_NO):
            raise refusal("is neither yes nor no", "1 or 0")
        return value.lower() in _YES


class Size(fields.Integer):
    """How many hits an answer holds."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= MOST):
            raise refusal(f"is not a number from 1 to {MOST}")
        return int(value)


class SearchSchema(Schema):
    """What is looked for; loads as `matcher.search.Search`. Without any criteria all open listings are found."""

    error_messages = STRUCTURE

    text = fields.String(
        load_default="", metadata=_about('words that must all be there, "phrases", -word for what must not be there')
    )
    exclude = fields.String(  # type: ignore[assignment]
        load_default="", metadata=_about("words and phrases that must not be there")
    )
    place = Many(f"codes of places such as fi-091 or se-01, at most {CHOICES}; repeated or separated by commas")
    near = fields.String(
        load_default="", metadata=_about("the code of a municipality: with `km`, whatever lies so near to it")
    )
    km = fields.String(load_default="", metadata=_about(f"how many kilometres from `near`, 1 to {FARTHEST}"))
    occupation = Many(
        f"isco-2512, isco-25 or URIs of ESCO occupations, at most {CHOICES}; repeated or separated by commas"
    )
    employment = Many(f"any of: {', '.join(EMPLOYMENT)}; repeated or separated by commas", enum=EMPLOYMENT)
    remote = Flag("remote work only")
    salary_min = fields.String(load_default="", metadata=_about("the least salary in a month, such as 3000"))
    salary_currency = fields.String(
        load_default="", metadata=_about(f"one of: {', '.join(SALARY_STEPS)}; EUR without it", enum=list(SALARY_STEPS))
    )
    language = Many(f"languages of the listing, any of: {', '.join(LANGUAGES)}", enum=LANGUAGES)
    employer = Many(f"whole names of employers, at most {CHOICES}; repeated", separator=None)
    facets = Flag("whether to count the listings found by place, occupation and so on")
    sort = Code(
        SORTS.__contains__,
        load_default=None,
        metadata=_about(f"one of: {', '.join(SORTS)}; relevance where a text is asked for, newest else", enum=SORTS),
    )
    page = fields.String(
        load_default="1", metadata=_about("what `next` of an answer says continues it; or the number of a page, from 1")
    )
    size = Size(load_default=USUAL, metadata=_about(f"how many hits an answer holds, from 1 to {MOST}"))
    expand = Flag("whether words also find what they name under its other names, in any language", default=True)
    lang = Code(
        LANGUAGES.__contains__,
        load_default="en",
        metadata=_about(f"the language of labels and reasons, one of: {', '.join(LANGUAGES)}", enum=LANGUAGES),
    )

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Search:
        asked = _criteria(data)
        number, after = read_page(data["page"])
        sort: Sort = data["sort"] or ("relevance" if asked.wanted else "newest")
        if after is not None and after.sort != sort:
            raise Invalid([Problem("page", "continues an answer in another order", f"sort={after.sort}")])
        return Search(
            criteria=asked,
            sort=sort,
            size=data["size"],
            page=number,
            after=after,
            facets=data["facets"],
            # A currency that is none has been refused with the criteria.
            currency=data["salary_currency"] or "EUR",
            language=data["lang"],
            text=data["text"],
        )


class SuggestSchema(Schema):
    """The beginning of a text."""

    error_messages = STRUCTURE

    text = fields.String(
        required=True,
        error_messages=MESSAGES,
        validate=validate.Length(max=TEXT_LENGTH, error=f"is longer than {TEXT_LENGTH} characters"),
        metadata=_about(f"what was typed so far, at most {TEXT_LENGTH} characters"),
    )
    lang = Code(
        LANGUAGES.__contains__,
        load_default="en",
        metadata=_about(f"the language of the names, one of: {', '.join(LANGUAGES)}", enum=LANGUAGES),
    )


def read_page(written: str) -> tuple[int, Cursor | None]:
    """The number of a page, from 1, and what continues an answer, where that is given instead. Raises Invalid."""
    page = written.strip()
    if not (page.isascii() and page.isdigit() and len(page) <= 6):
        return 1, cursor.read(page)
    if int(page) == 0:
        raise Invalid([Problem("page", "is 0", "1 for the first page")])
    return int(page), None


def _criteria(data: Mapping[str, Any]) -> criteria.Criteria:
    asked = {IN_CRITERIA.get(name, name): data[name] for name in CRITERIA if data[name]}
    asked["expand"] = data["expand"]
    if "salary_min" in asked:
        asked["salary_min"] = _number(asked["salary_min"])
    if data["near"] or data["km"]:
        asked["near"] = {"place": data["near"], "km": _number(data["km"])}
    try:
        return criteria.read(asked, "criteria", anything=True)
    except Invalid as invalid:
        raise Invalid([_as_parameter(problem) for problem in invalid.problems]) from invalid


def _number(written: str) -> float | str:
    try:
        number = float(written)
    except ValueError:
        return written
    return number if math.isfinite(number) else written


def _as_parameter(problem: Problem) -> Problem:
    """The problem under the name that the parameter has; its values carry no numbers in an address."""
    name = problem.field.removeprefix("criteria.").partition("[")[0]
    parameters = {member: parameter for parameter, member in IN_CRITERIA.items()} | NEAR
    return Problem(parameters.get(name, name), problem.reason, problem.right)
