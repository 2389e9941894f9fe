"""Answers that are written as they are, without a schema reading every value first: for calls that are in a hurry."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response


def as_json(answer: dict[str, Any]) -> Response:
    """The answer as JSON, with ids, moments and dataclasses written as the schemas write them. A test holds it equal to
    what the call's schema makes of the same; a schema takes as long for a page of CVs as the database does."""
    return Response(json.dumps(answer, default=_plain, ensure_ascii=False), mimetype="application/json")


def _plain(value: object) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return vars(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
