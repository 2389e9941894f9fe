"""From what a marshmallow schema says of an input to the product's problems: field, reason, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields
from marshmallow.exceptions import SCHEMA

from store.errors import Problem

MOST_PROBLEMS = 50
LONGEST_SHOWN = 60

# For `error_messages` of a schema.
STRUCTURE = {"type": "is not an object", "unknown": "is not a known field"}


class Fault(NamedTuple):
    """A message with its remedy; without one, the remedy is what the field always accepts."""

    reason: str
    right: str | None = None


def refusal(reason: str, right: str | None = None) -> ValidationError:
    """The error for a field or a check to raise."""
    return ValidationError([Fault(reason, right)])


def of(error: ValidationError, root: fields.Nested) -> list[Problem]:
    """Everything that is wrong, in the order of the schema that `root` nests, unknown fields last and by name; what is
    beyond MOST_PROBLEMS is only counted. Each field says in its metadata, as `description`, what it accepts."""
    problems = list(islice(_problems(error.messages, root, ""), MOST_PROBLEMS))
    more = _count(error.messages) - len(problems)
    return [*problems, Problem("", f"has {more:,} more problems", "the same without those above")] if more else problems


def _count(messages: Any) -> int:
    return sum(map(_count, messages.values())) if isinstance(messages, dict) else len(messages)


def _problems(messages: Any, field: fields.Field[Any], path: str) -> Iterator[Problem]:
    if isinstance(messages, list):
        for message in messages:
            reason, right = message if isinstance(message, Fault) else (message, None)
            yield Problem(path, reason, right or field.metadata["description"])
    elif isinstance(field, fields.List):
        for index, inner in messages.items():
            yield from _problems(inner, field.inner, f"{path}[{index}]")
    elif isinstance(field, fields.Nested):
        known = field.schema.fields
        yield from _problems(messages.get(SCHEMA, []), field, path)
        for name in filter(messages.__contains__, known):
            yield from _problems(messages[name], known[name], f"{path}.{name}".lstrip("."))
        for name in sorted(messages.keys() - {SCHEMA, *known}):
            yield unknown(name, known, path)


def unknown(name: str, known: Iterable[str], path: str) -> Problem:
    """What to say of a name that is none of the known ones; the one that was perhaps meant is told."""
    names = list(known)
    shown = name if name.isprintable() and len(name) <= LONGEST_SHOWN else "…"
    alike = difflib.get_close_matches(name[:LONGEST_SHOWN].lower(), names, n=1)
    right = f'did you mean "{alike[0]}"?' if alike else f"only: {', '.join(names)}"
    return Problem(f"{path}.{shown}".lstrip("."), STRUCTURE["unknown"], right)
