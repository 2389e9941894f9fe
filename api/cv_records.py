"""The CVs of a file, one after the other: NDJSON, JSON with one or a list, JSON Resume or Europass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from api import cv_formats
from api.cv_carried import Lost
from api.cv_documents import LARGEST
from api.cv_europass import read_europass
from api.feed_record import LONGEST_DOCUMENT, LONGEST_RECORD
from api.feed_text import FeedText
from api.feeds import recognise
from api.json_document import Json, NotJson, document
from store.errors import Invalid, Problem

_UNTOLD = "one JSON object on each line, a JSON document, or Europass as XML"


@dataclass(frozen=True, slots=True)
class CvRecord:
    """A CV as `load_cv` gives it with what did not come along, or all that is wrong with it, and the line where it
    begins, from 1."""

    line: int
    cv: dict[str, Any] | None
    lost: Sequence[Lost] = ()
    problems: Sequence[Problem] = ()


def read(stream: BinaryIO) -> Iterator[CvRecord]:
    """The CVs of a file that can be read from its beginning again, told by its first bytes. NDJSON is read as it is
    asked for and never held whole. Raises nothing but what the stream itself raises (OSError, say)."""
    try:
        feed = FeedText(stream)
    except Invalid as invalid:
        yield CvRecord(1, None, problems=invalid.problems)
        return
    start = feed.start.lstrip()
    if start.startswith("<"):
        stream.seek(0)
        yield _europass(stream.read(LARGEST + 1))
    elif recognise(start) == "ndjson":
        yield from _lines(feed)
    elif start.startswith(("{", "[")):
        yield from _document(feed)
    else:
        yield CvRecord(1, None, problems=[Problem("", "begins like no CV" if start else "is empty", _UNTOLD)])


def _europass(data: bytes) -> CvRecord:
    try:
        carried = read_europass(data)
    except Invalid as invalid:
        return CvRecord(1, None, problems=invalid.problems)
    return CvRecord(1, carried.cv, carried.lost)


def _lines(feed: FeedText) -> Iterator[CvRecord]:
    decoder = Json()
    for number, line in feed.lines(LONGEST_RECORD):
        if line is None:
            problem = Problem("", f"is longer than {LONGEST_RECORD:,} characters", "a shorter line")
            yield CvRecord(number, None, problems=[problem])
        elif flaw := feed.flaw(number, line):
            yield CvRecord(number, None, problems=[flaw.problem()])
        elif line.strip(" \t\r"):
            try:
                value, doubts = decoder.whole(line)
            except NotJson as error:
                reason = f"{error.reason}, at character {error.at + 1:,} of the line"
                value, doubts = None, [Problem("", reason, "one JSON object on each line")]
            yield _record(number, value, doubts)


def _document(feed: FeedText) -> Iterator[CvRecord]:
    read_whole = document(feed, LONGEST_DOCUMENT)
    if read_whole is None:
        right = f"at most {LONGEST_DOCUMENT:,} characters; NDJSON has no limit"
        problem = Problem("", f"is longer than {LONGEST_DOCUMENT:,} characters", right)
        yield CvRecord(1, None, problems=[problem])
        return
    for element in read_whole.elements("cvs", Json()):
        yield _record(element.line, element.value, element.problems)


def _record(line: int, value: object, doubts: Sequence[Problem]) -> CvRecord:
    if doubts:
        return CvRecord(line, None, problems=doubts)
    try:
        carried = cv_formats.of_json(_plain(value))
    except Invalid as invalid:
        return CvRecord(line, None, problems=invalid.problems)
    return CvRecord(line, carried.cv, carried.lost)


def _plain(value: Any) -> Any:
    """With the numbers that JSON keeps, where `Json` has exact ones."""
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value
