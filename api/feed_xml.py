"""Feeds in XML, as a stream: a record is read, handed on and forgotten, however long the feed is."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import cast

from lxml import etree

from api import feed_xml_indeed, feed_xml_listing
from api.feed_record import LONGEST_RECORD, Record, checked, refused
from api.feed_text import MARK, FeedText, Flaw, told
from store.errors import Problem

# By the outermost element: how its records are called, and what reads them.
_KINDS = {
    "listings": ("listing", feed_xml_listing),
    "source": ("job", feed_xml_indeed),
    "jobs": ("job", feed_xml_indeed),
}
_ADVICE = re.compile(r", (?:use|try|see) .*", re.DOTALL)  # to programmers, which the parser adds to some messages
# In one record; a listing has about twenty.
MOST_ELEMENTS = 2_000


class _Mended:
    """The feed as a file of valid UTF-8, which the parser reads piece by piece, and the flaws in what it has read."""

    def __init__(self, feed: FeedText) -> None:
        self._chunks = feed.mended()
        self._waiting = b""
        self.flaws: deque[Flaw | None] = deque()
        self.bytes_read = 0

    def read(self, size: int) -> bytes:
        while not self._waiting:
            text, flaws = next(self._chunks, (None, []))
            if text is None:
                return b""
            self.flaws.extend(flaws)
            self._waiting = text.encode()
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        self.bytes_read += len(piece)
        return piece


def records(feed: FeedText) -> Iterator[Record]:
    """A record for each `<listing>` of `<listings>`, or each `<job>` of `<source>` (the feed of many job sites).

    Where the feed stops being XML, what was before is kept, and the last record says at which line. Entities are
    neither expanded nor fetched: a feed with a document type declaration is refused."""
    source = _Mended(feed)
    parser = etree.iterparse(
        source,
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from _records(parser, source)
    except etree.XMLSyntaxError as error:
        yield _broken(parser, error)


def _records(parser: etree.iterparse, source: _Mended) -> Iterator[Record]:
    depth = elements = begun = 0
    for event, element in parser:
        if event == "start":
            depth += 1
            elements = elements + 1 if depth > 2 else 0
            if depth == 1 and (refusal := _refusal(element)):
                yield refusal
                return
            if depth == 2:
                begun = source.bytes_read
            continue
        depth -= 1
        too_long = elements > MOST_ELEMENTS or source.bytes_read - begun > LONGEST_RECORD
        if depth == 1:
            yield from _record(element, too_long, source.flaws)
        if depth <= 1 or too_long:
            _forget(element)


def _refusal(root: etree._Element) -> Record | None:
    if root.getroottree().docinfo.internalDTD is not None:
        return refused(1, "has a document type declaration", "the same feed without <!DOCTYPE ...>")
    if _name(root) not in _KINDS:
        return refused(_line(root), f"begins with <{_name(root)[:60]}>", "<listings> or <source>")
    return None


def _record(element: etree._Element, too_long: bool, flaws: deque[Flaw | None]) -> Iterator[Record]:
    parent = element.getparent()
    name, kind = _KINDS[_name(parent) if parent is not None else ""]
    line = _line(element)
    if _name(element) != name:
        if kind is feed_xml_listing:
            yield refused(line, f"<{_name(element)[:60]}> is not known", f"<{name}>")
    elif too_long:
        yield refused(line, f"is longer than {LONGEST_RECORD:,} characters", "a shorter listing")
    elif unreadable := _unreadable(element, line, flaws):
        yield Record(line, None, unreadable)
    else:
        data, problems = kind.listing(element)
        yield checked(line, data, problems, kind.NAMES)


def _unreadable(element: etree._Element, line: int, flaws: deque[Flaw | None]) -> list[Problem]:
    marks = etree.tostring(element, encoding="unicode", with_tail=False).count(MARK)
    while flaws and flaws[0] is not None and flaws[0].line < line:
        flaws.popleft()
    return told([flaws.popleft() for _ in range(min(marks, len(flaws)))]) if marks else []


def _forget(element: etree._Element) -> None:
    """What was read of this element and of those before it goes, or the whole feed would stay in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _broken(parser: etree.iterparse, error: etree.XMLSyntaxError) -> Record:
    # The exception itself can be about an end of the tree that is only missing because of what is in the log.
    log = list(parser.error_log)
    line, reason = (log[-1].line, _ADVICE.sub("", log[-1].message).strip()) if log else (1, "it is empty")
    right = "XML that is well formed to its end"
    if log and log[-1].type == etree.ErrorTypes.ERR_UNDECLARED_ENTITY:
        right = "the character itself, its number (&#160;), or the text in <![CDATA[...]]>"
    return refused(max(line, 1), f"is not XML from here on: {reason}", right)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _line(element: etree._Element) -> int:
    return cast(int | None, element.sourceline) or 1
