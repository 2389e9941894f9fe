"""Parts of long lists: how many an answer holds, and where the next one goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from api.listing_fields import MESSAGES
from api.listing_query import Size
from api.schema_problems import STRUCTURE, refusal

USUAL = 50
LARGEST = 2**63 - 1


class After(fields.Integer):
    """What `next` of an answer said, a number."""

    default_error_messages = MESSAGES

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 19 and int(value) <= LARGEST):
            raise refusal("continues nothing", "what `next` of an answer said, or nothing for the beginning")
        return int(value)


class PartSchema(Schema):
    """A part of a list whose entries have numbers."""

    error_messages = STRUCTURE

    page = After(load_default=None, metadata={"description": "what `next` of an answer said, to go on after it"})
    size = Size(load_default=USUAL, metadata={"description": "how many entries an answer holds, from 1 to 100"})
