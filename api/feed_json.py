"""Feeds in JSON: a listing on each line (NDJSON), or a document with a list of them."""

from __future__ import annotations

from collections.abc import Iterator

from api.feed_record import LONGEST_DOCUMENT, LONGEST_RECORD, Record, checked, refused
from api.feed_text import FeedText
from api.json_document import Json, NotJson, document
from store.errors import Problem

A_LINE = "one JSON object on each line"
A_DOCUMENT = f"at most {LONGEST_DOCUMENT:,} characters; NDJSON has no limit"


def ndjson(feed: FeedText) -> Iterator[Record]:
    """A record for each line that is not blank."""
    decoder = Json()
    for number, line in feed.lines(LONGEST_RECORD):
        if line is None:
            yield refused(number, f"is longer than {LONGEST_RECORD:,} characters", "a shorter line")
        elif flaw := feed.flaw(number, line):
            yield Record(number, None, [flaw.problem()])
        elif line.strip(" \t\r"):
            yield _line(number, line, decoder)


def _line(number: int, line: str, decoder: Json) -> Record:
    try:
        value, problems = decoder.whole(line)
    except NotJson as error:
        return refused(number, f"{error.reason}, at character {error.at + 1:,} of the line", A_LINE)
    return Record(number, None, problems) if problems else checked(number, value)


def listings(feed: FeedText) -> Iterator[Record]:
    """A record for each listing of a document: an array, an object with an array `listings`, or one listing."""
    read = document(feed, LONGEST_DOCUMENT)
    if read is None:
        yield refused(1, f"is longer than {LONGEST_DOCUMENT:,} characters", A_DOCUMENT)
        return
    for element in read.elements("listings", Json()):
        problems = element.problems
        if isinstance(element.value, dict) and "listings" in element.value:
            problems = [*problems, Problem("listings", "is not a list", "a list of listings")]
        yield Record(element.line, None, problems) if problems else checked(element.line, element.value)
