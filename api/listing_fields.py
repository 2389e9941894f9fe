"""The kinds of value that a listing has, as strict marshmallow fields: nothing is guessed out of another JSON type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from marshmallow import fields

from api.schema_problems import LONGEST_SHOWN, refusal
from store import sanitise

# Raw markup can be longer than the text that is in it, within reason.
LONGEST_MARKUP = 200_000
LONGEST_ADDRESS = 2_000
HIGHEST_AMOUNT = Decimal("99999999.99")

MESSAGES: dict[str, str | list[Any] | dict[Any, Any]] = {"required": "is missing", "null": "is null"}
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_HOST = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))+")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refusal("is not text")
    return value


class Line(fields.String):
    """Text of one line, without markup."""

    default_error_messages = MESSAGES

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = _text(value)
        if len(written) > 10 * self.longest:
            raise refusal(f"is {len(written):,} characters long")
        line = sanitise.line(written)
        if not line:
            raise refusal("has no words")
        if len(line) > self.longest:
            raise refusal(f"is {len(line):,} characters long")
        return line


class Reference(fields.String):
    """The employer's own key: kept letter by letter, but for blanks around it and the Unicode form."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        reference = unicodedata.normalize("NFC", _text(value)).strip()
        if not reference:
            raise refusal("is empty")
        if len(reference) > 200:
            raise refusal(f"is {len(reference):,} characters long")
        if not reference.isprintable():
            raise refusal("holds a character that cannot be printed")
        return reference


class Description(fields.String):
    """HTML or plain text, out as safe HTML that holds between 1 and `longest` characters of text."""

    default_error_messages = MESSAGES

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = _text(value)
        if len(written) > LONGEST_MARKUP:
            raise refusal(f"is {len(written):,} characters long with its markup")
        safe = sanitise.html(written)
        length = len(sanitise.text(safe))
        if not length:
            raise refusal("has no words, only markup" if written.strip() else "has no words")
        if length > self.longest:
            raise refusal(f"has {length:,} characters of text")
        return safe


class Code(fields.String):
    """A word out of a known set: `known` says whether it is one, `meant` which one was perhaps meant."""

    default_error_messages = MESSAGES

    def __init__(
        self, known: Callable[[str], bool], meant: Callable[[str], str | None] = lambda _: None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.known = known
        self.meant = meant

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = _text(value)
        if self.known(code):
            return code
        if not code or len(code) > LONGEST_SHOWN or not code.isprintable():
            raise refusal("is not known")
        meant = self.meant(code)
        raise refusal(f'is "{code}", which is not known', f'did you mean "{meant}"?' if meant else None)


class Codes(fields.List[str]):
    """A JSON array of codes, each kept once, in the order given."""

    default_error_messages = MESSAGES

    def __init__(self, code: Code, most: int, **options: Any) -> None:
        super().__init__(code, **options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refusal("is not a list")
        if len(value) > self.most:
            raise refusal(f"has {len(value):,} entries")
        return list(dict.fromkeys(super()._deserialize(value, attr, data, **kwargs)))


class YesNo(fields.Boolean):
    """JSON's true or false, not what resembles them."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refusal("is neither true nor false")
        return value


class Amount(fields.Decimal):
    """A positive JSON number with at most two decimals."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise refusal("is not a number")
        amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not amount.is_finite():
            raise refusal("is not a number")
        if amount <= 0:
            raise refusal("is not more than 0")
        if amount > HIGHEST_AMOUNT:
            raise refusal("is more than 99,999,999.99")
        exact = amount.quantize(Decimal("0.01"))
        if exact != amount:
            raise refusal("has more than two decimals")
        return exact


class Moment(fields.String):
    """ISO 8601, a date or a date with time, out as what it is: the schema knows which local time is meant."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        written = _text(value).strip()
        if not _MOMENT.fullmatch(written):
            raise refusal("is neither a date nor a time of ISO 8601")
        try:
            moment = date.fromisoformat(written) if len(written) == 10 else datetime.fromisoformat(written)
        except ValueError as error:
            raise refusal("is not in the calendar") from error
        if not 2000 <= moment.year < 2100:
            raise refusal("is not in this century")
        return moment


class WebAddress(fields.String):
    """The address of a public web page."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        address = _text(value).strip()
        if len(address) > LONGEST_ADDRESS:
            raise refusal(f"is {len(address):,} characters long")
        if not address.isprintable() or any(letter.isspace() or letter in '<>"\\' for letter in address):
            raise refusal("holds blanks or other characters that no address has")
        try:
            parts = urlsplit(address)
            host, _ = parts.hostname or "", parts.port
        except ValueError as error:
            raise refusal("is not a web address") from error
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
            raise refusal("is not a web address")
        if parts.username is not None:
            raise refusal("holds a user name")
        return address


class MailAddress(fields.String):
    """An e-mail address by its form alone; nobody is asked whether it exists."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        try:
            return validate_email(_text(value).strip(), check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise refusal("is not an e-mail address") from error
