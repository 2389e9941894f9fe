"""The body of a call as JSON: what cannot be read says where, and what no text holds is refused before it is used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from store.errors import Invalid, Problem

MEDIA_TYPE = "application/json"


def read(request: Request) -> Any:
    """The value that the body holds.

    Raises UnsupportedMediaType for another type than JSON, BadRequest that says where it stops being JSON, and Invalid
    for a text that no database keeps.
    """
    if not request.is_json:
        raise UnsupportedMediaType(f"the body must be {MEDIA_TYPE}: say so in the header Content-Type")
    return parse(request.get_data())


def parse(body: bytes) -> Any:
    """The value that these bytes hold; raises as `read` does."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: byte {error.start + 1} is no character") from error
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"the body is not JSON at {where}: {error.msg[0].lower()}{error.msg[1:]}") from error
    except RecursionError as error:
        raise BadRequest("the body is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise BadRequest("the body holds a number beyond all use") from error
    problems = [
        Problem(path, "holds a character that is no text (NUL, or half of a pair)", "the same without it")
        for path in dict.fromkeys(_unwritable(value))
    ]
    if problems:
        raise Invalid(problems)
    return value


def _refuse_constant(written: str) -> None:
    raise BadRequest(f"the body is not JSON: it holds {written}")


def _unwritable(body: Any) -> Iterator[str]:
    """The paths of texts that neither PostgreSQL nor UTF-8 can hold. Without recursion: the body may be deeper."""
    waiting: list[tuple[Any, str]] = [(body, "")]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
                yield path
        elif isinstance(value, list):
            waiting += [(inner, f"{path}[{number}]") for number, inner in reversed(list(enumerate(value)))]
        elif isinstance(value, dict):
            # A name that cannot be written is told at the object that holds it.
            waiting += [(name, path) for name in value]
            waiting += [(inner, f"{path}.{name}".lstrip(".")) for name, inner in reversed(value.items())]
