"""CVs as a table of comma-separated values, in which no cell is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

COLUMNS = (
    *("id", "added_at", "note", "headline", "summary", "language", "experience", "education", "skills", "languages"),
    *("places", "occupations", "wishes", "name", "email", "phone", "url", "address"),
)
_CONTACT = ("name", "email", "phone", "url", "address")
# What spreadsheets begin a formula with, also in full width, and what they pass over before it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def table(exported: Iterable[Mapping[str, Any]]) -> str:
    """One line to a candidate, below the names of `COLUMNS`; begins with the mark by which spreadsheets know UTF-8."""
    written = StringIO()
    lines = csv.writer(written, quoting=csv.QUOTE_ALL)
    lines.writerow(COLUMNS)
    for one in exported:
        values = {**one["cv"], **{name: one.get("contact", {}).get(name) for name in _CONTACT}}
        values |= {"id": str(one["id"]), "note": one["note"], "added_at": one["added_at"].isoformat()}
        lines.writerow([_cell(values.get(column)) for column in COLUMNS])
    return "\ufeff" + written.getvalue()


def _cell(value: Any) -> str:
    text = _text(value)
    return f"'{text}" if text.lstrip(" \xa0").startswith(_FORMULA) else text


def _text(value: Any) -> str:
    """A member of a CV as text: lists with a line for each, and of an object what it says."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_text(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(_text(one) if isinstance(one, str) else f"{name}: {_text(one)}" for name, one in value.items())
    return str(value)
