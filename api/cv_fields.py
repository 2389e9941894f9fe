"""The kinds of value that a CV has, as marshmallow fields: forgiving of the form, strict about what nobody can mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from api import cv_levels
from api.listing_fields import LONGEST_MARKUP, MESSAGES, Amount, Line, WebAddress, YesNo
from api.schema_problems import STRUCTURE, refusal
from store import clock, sanitise

FIRST_YEAR = 1900
# Whoever studies knows the year of the degree; nobody plans longer ahead than this.
YEARS_AHEAD = 30
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./\-–]*(?:(?: ?ext\.? ?| ?x ?| ?# ?)[0-9]{1,6})?|\([0-9 +]+\)[0-9 ()./\-–]+")
_NO_SCHEME = re.compile(r"(?:[\w-]+\.)+[a-z]{2,63}(?:[/?#].*)?", re.IGNORECASE)
# Each round of cleaning decodes references once; text that was escaped more often was not written by a person.
_ROUNDS = 6


def _written(value: object) -> str:
    if not isinstance(value, str):
        raise refusal("is not text")
    return value


def _settled(cleaned: Callable[[str], str], written: str) -> str:
    """Cleaned until cleaning changes nothing: a CV that was read and is sent back unchanged stays as it is."""
    for _ in range(_ROUNDS):
        before, written = written, cleaned(written)
        if written == before:
            return written
    raise refusal("is escaped again and again", "the plain text")


def blank(value: object) -> bool:
    """Whether nothing is said: null, no text but blanks, or a list or an object of such."""
    if isinstance(value, Mapping):
        return all(map(blank, value.values()))
    if isinstance(value, list):
        return all(map(blank, value))
    return value is None or (isinstance(value, str) and not value.strip())


class Part(Schema):
    """An object of a CV. What is blank counts as left out; `ALIASES` are other names for its members."""

    ALIASES: Mapping[str, str] = {}
    error_messages = STRUCTURE

    @pre_load
    def _read_forms(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        given = {key: value for key, value in data.items() if key not in self.fields or not blank(value)}
        for alias, name in self.ALIASES.items():
            if alias in given and name not in given:
                given[name] = given.pop(alias)
        return {key: value for key, value in given.items() if key not in self.fields or not blank(value)}

    @post_load
    def _leave_out_blanks(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {key: value for key, value in data.items() if not blank(value)}


class Words(Line):
    """Text of one line; markup alone counts as nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = _written(value)
        if len(written) > 10 * self.longest:
            raise refusal(f"is {len(written):,} characters long")
        line = _settled(sanitise.line, written)
        if len(line) > self.longest:
            raise refusal(f"is {len(line):,} characters long")
        return line


class Text(fields.String):
    """Plain text of several lines, at most `longest` characters; markup is taken out, its blocks become lines."""

    default_error_messages = MESSAGES

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = _written(value)
        if len(written) > LONGEST_MARKUP:
            raise refusal(f"is {len(written):,} characters long with its markup")
        text = _settled(sanitise.text, written)
        if len(text) > self.longest:
            raise refusal(f"is {len(text):,} characters long")
        return text


class CvDate(fields.String):
    """A year, a month or a day of ISO 8601, kept as exact as it was given; a `whole` one is out as its first day."""

    default_error_messages = MESSAGES

    def __init__(self, *, whole: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.whole = whole

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = str(value) if isinstance(value, int) and not isinstance(value, bool) else _written(value).strip()
        parts = _DATE.fullmatch(written)
        if parts is None:
            raise refusal("is not a date")
        year, month, day = int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)
        if year < FIRST_YEAR:
            raise refusal(f"is before {FIRST_YEAR}")
        if year > clock.now().year + YEARS_AHEAD:
            raise refusal(f"is more than {YEARS_AHEAD} years ahead")
        if not 1 <= month <= 12:
            raise refusal("has a month that is not between 01 and 12")
        try:
            first = date(year, month, day)
        except ValueError as error:
            raise refusal("has a day that its month does not have") from error
        return first.isoformat() if self.whole else written


def before(one: str, other: str) -> bool:
    """Whether the first of two dates of a CV ends before the other begins, as far as both are exact."""
    common = min(len(one), len(other))
    return one[:common] < other[:common]


class Known(fields.String):
    """A code of a known set; `meant` reads it out of what was written, or gives None. What was written is not repeated:
    it can be anything a person has typed."""

    default_error_messages = MESSAGES

    def __init__(self, meant: Callable[[str], str | None], **options: Any) -> None:
        super().__init__(**options)
        self.meant = meant

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = self.meant(_written(value).strip())
        if code is None:
            raise refusal("is not known")
        return code


class Level(Known):
    """How well a language is known, or None where that was not said."""

    def __init__(self, **options: Any) -> None:
        super().__init__(cv_levels.level, **options)


class Skill(Words):
    """A skill: text, or an object with nothing but its name."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        named = value["name"] if isinstance(value, Mapping) and set(value) == {"name"} else value
        if isinstance(named, Mapping):
            raise refusal("is an object with other members than name")
        return super()._deserialize(named, attr, data, **kwargs)


class Items(fields.List[Any]):
    """A JSON array of at most `most` entries; those that say nothing are left out."""

    default_error_messages = MESSAGES

    def __init__(self, inner: fields.Field[Any], most: int, **options: Any) -> None:
        super().__init__(inner, **options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refusal("is not a list")
        if len(value) > self.most:
            raise refusal(f"has {len(value):,} entries")
        items, wrong = [], {}
        for index, item in enumerate(value):
            if not blank(item):
                try:
                    items.append(self.inner.deserialize(item, **kwargs))
                except ValidationError as error:
                    wrong[index] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return [item for item in items if not blank(item)]


class Distinct(Items):
    """Such an array of texts, each kept once, letter case aside."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        items = super()._deserialize(value, attr, data, **kwargs)
        distinct: dict[str, str] = {}
        for item in items:
            distinct.setdefault(item.casefold(), item)
        return list(distinct.values())


class Pay(Amount):
    """An amount, kept and answered as a JSON number."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        amount = super()._deserialize(value, attr, data, **kwargs)
        return int(amount) if amount == int(amount) else float(amount)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        # As it is kept; a Decimal would leave as text, which nobody could hand in again.
        return value


class Phone(Words):
    """A telephone number as a person writes it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        number = super()._deserialize(value, attr, data, **kwargs)
        digits = sum(letter.isdigit() for letter in number)
        if not _PHONE.fullmatch(number) or not 5 <= digits <= 21:
            raise refusal("is not a telephone number")
        return number


class OwnPage(WebAddress):
    """A web address; the scheme may be left out, as on paper."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = _written(value).strip()
        written = f"https://{written}" if _NO_SCHEME.fullmatch(written) else written
        return super()._deserialize(written, attr, data, **kwargs)


class Consent(YesNo):
    """The statement that a reference person agreed: only true will do."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not super()._deserialize(value, attr, data, **kwargs):
            raise refusal("is false: a reference person who has not agreed may not be kept")
        return True
