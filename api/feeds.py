"""Listing feeds of every format that is read, as one stream of records: nothing bad in a feed stops what is good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from api import feed_jobposting, feed_json, feed_xml
from api.feed_record import Record, refused
from api.feed_text import FeedText
from store.errors import Invalid, Problem

FORMATS: dict[str, Callable[[FeedText], Iterator[Record]]] = {
    "ndjson": feed_json.ndjson,
    "json": feed_json.listings,
    "jobposting": feed_jobposting.postings,
    "xml": feed_xml.records,
}

# The first element after declarations and comments. A page of the web is no XML feed.
# Atomic: a comment that could be read as ending later would be tried at every end there is.
_ROOT = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(!doctype\s+html|!?[a-z]+)", re.IGNORECASE | re.DOTALL)
_PAGE = {"html", "head", "body", "script", "meta", "title", "main", "div"}
_JOB_POSTING = re.compile(r'"@(?:context|graph)"\s*:|"@type"\s*:\s*"[^"]*JobPosting"')
_LISTINGS = re.compile(r'"listings"\s*:\s*\[')


def read(stream: BinaryIO, format: str | None) -> Iterator[Record]:
    """The records of the feed, in its order, each with its line; `format` is one of FORMATS, or None to tell it by the
    first bytes. NDJSON and XML are read as they are asked for and never held whole.

    Of two listings with the same reference the later one is a problem. Raises Invalid at once for an unknown format;
    while it goes on, nothing but what the stream itself raises (OSError, say)."""
    if format is not None and format not in FORMATS:
        raise Invalid(
            [Problem("format", "is not known", f"one of: {', '.join(FORMATS)}, or none to have it recognised")]
        )
    return _read(stream, format)


def _read(stream: BinaryIO, format: str | None) -> Iterator[Record]:
    try:
        feed = FeedText(stream)
    except Invalid as invalid:
        yield Record(1, None, invalid.problems)
        return
    # Blank lines tell nothing, and are lines: what follows them is read, or reported, as NDJSON.
    format = format or recognise(feed.start) or (None if feed.start.strip() else "ndjson")
    if format is None:
        yield refused(1, "begins like none of the formats", "NDJSON, JSON, JobPosting (JSON-LD or a page), or XML")
        return
    lines: dict[str, int] = {}
    for record in FORMATS[format](feed):
        if record.data is not None and record.data.reference in lines:
            reason = f"is the same as in line {lines[record.data.reference]:,}"
            yield refused(record.line, reason, "a reference of its own for each listing", "reference")
            continue
        if record.data is not None:
            lines[record.data.reference] = record.line
        yield record


def recognise(start: str) -> str | None:
    """The format of a feed that starts like this, or None. A page of the web or an element `script` is `jobposting`,
    other markup `xml`; of JSON, what names JSON-LD's words is `jobposting`, an array or an object with `listings` or
    on several lines is `json`, and an object on each line is `ndjson`, even if the first lines are broken."""
    text = start.lstrip()
    if text.startswith("<"):
        root = _ROOT.match(text)
        name = root[1].lower() if root else ""
        return "jobposting" if name in _PAGE or (name.startswith("!doctype") and name.endswith("html")) else "xml"
    if text.startswith(("{", "[")):
        first, *others = text.split("\n", 1)
        goes_on = bool(others) and first.rstrip().endswith(("{", "[", ",", ":"))
        document = text.startswith("[") or goes_on or bool(_LISTINGS.search(text))
        if _JOB_POSTING.search(text if document else first):
            return "jobposting"
        return "json" if document else "ndjson"
    return "ndjson" if re.search(r"^[ \t]*\{", text, re.MULTILINE) else None
