"""Feeds of schema.org JobPosting in JSON-LD: documents, and the web pages that hold it for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from api.feed_jobposting_fields import NAMES, is_posting, listing
from api.feed_record import LONGEST_DOCUMENT, Record, checked, refused
from api.feed_text import FeedText
from api.json_document import Document, Element, Json, document

_SCRIPT = "application/ld+json"
_LIMITS = "elements nested at most 255 deep, scripts of at most 10 million bytes"


def postings(feed: FeedText) -> Iterator[Record]:
    """A record for each JobPosting: the document itself, those in its array or its `@graph`, or those in the
    `application/ld+json` scripts of a web page. What else a page says about itself is passed over."""
    read = document(feed, LONGEST_DOCUMENT)
    if read is None:
        yield refused(1, f"is longer than {LONGEST_DOCUMENT:,} characters", "several documents")
        return
    some = False
    for part in _scripts(read) if read.text.lstrip().startswith("<") else [read]:
        for record in [part] if isinstance(part, Record) else _records(part):
            some = True
            yield record
    if not some:
        yield refused(1, "holds no JobPosting", 'an object with "@type": "JobPosting"')


def _records(part: Document) -> Iterator[Record]:
    for element in part.elements("@graph", Json(line_ends_in_strings=True)):
        if element.value is None and element.problems:
            yield Record(element.line, None, element.problems)
        for posting in _postings(element):
            if element.problems:
                yield Record(element.line, None, element.problems)
            else:
                data, problems = listing(posting)
                yield checked(element.line, data, problems, NAMES)


def _postings(element: Element) -> Iterator[dict[str, object]]:
    value = element.value
    graph = value.get("@graph") if isinstance(value, dict) and not is_posting(value) else [value]
    return filter(is_posting, graph if isinstance(graph, list) else [])


def _scripts(page: Document) -> Iterator[Document | Record]:
    """The JSON-LD scripts of the page; a page that cannot be read to its end says so last."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = etree.parse(BytesIO(page.text.encode()), parser).getroot()
    end = 0
    for script in [] if root is None else root.iter("script"):
        if script.get("type", "").split(";")[0].strip().lower() == _SCRIPT and script.text:
            start = page.text.index(script.text, end)  # the parser hands scripts on letter by letter
            end = start + len(script.text)
            yield page.part(start, end)
    for error in parser.error_log:
        if error.level == etree.ErrorLevels.FATAL:
            yield refused(max(error.line, 1), "cannot be read beyond this line", _LIMITS)
