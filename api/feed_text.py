"""A feed's bytes as text, in any of the encodings that feeds come in, and where in them something is wrong."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from store.errors import Invalid, Problem

CHUNK = 65_536
MOST_FLAWS = 100
MOST_TOLD = 10
# What neither JSON nor XML may hold, and what an undecodable byte becomes (a lone surrogate).
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0\ufffe\uffff]")
# Stands where something was unreadable, so that the record around it is found again after parsing.
MARK = "\ufdd0"

_DECLARED = re.compile(
    rb"""\A\s*<(?:\?xml\s[^>]{0,200}?\sencoding|(?:!doctype\s+html|html|head)\b.{0,1000}?<meta\s[^>]{0,200}?charset)"""
    rb"""\s*=\s*["']?([\w.:-]+)""",
    re.IGNORECASE | re.DOTALL,
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# By Python's name. The web reads ISO 8859-1 as Windows-1252, which only has more letters.
_ENCODINGS = {
    "utf-8": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-8",  # declared in bytes that could be read as ASCII: they are not UTF-16, whatever they say
    "iso8859-1": "cp1252",
    "cp1252": "cp1252",
    "iso8859-15": "iso8859-15",
}
_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "iso8859-15": "ISO 8859-15"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something unreadable: in which line, and at which of its bytes, both from 1."""

    line: int
    byte: int
    character: str
    encoding: str

    def problem(self) -> Problem:
        code = ord(self.character)
        where = f"byte {self.byte:,} of line {self.line:,}"
        if not 0xD800 <= code < 0xE000:
            return Problem("", f"{where} begins U+{code:04X}, which no text holds", "the text without it")
        if self.encoding.startswith("utf-16"):
            return Problem("", f"{where} begins half a character", "whole UTF-16, or UTF-8")
        name = _NAMES[self.encoding]
        return Problem("", f"{where} (0x{code & 0xFF:02X}) is not {name}", f"the whole feed in {name}")


def told(flaws: Iterable[Flaw | None]) -> list[Problem]:
    """What to say of these flaws: where the first of them are, or at least that there are some."""
    known = [flaw.problem() for flaw in islice(flaws, MOST_TOLD) if flaw is not None]
    return known or [Problem("", "holds bytes that are not text", "the whole feed in UTF-8")]


class FeedText:
    """Reads on as its iterator is asked. UTF-16 needs a byte order mark; the old 8-bit encodings are known when XML or
    HTML declares them; everything else is UTF-8. Raises Invalid for a declared encoding that is none of these."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        start = b""
        while len(start) < CHUNK and (more := stream.read(CHUNK - len(start))):
            start += more
        self.encoding, mark = next(
            ((encoding, len(mark)) for mark, encoding in _BYTE_ORDER_MARKS if start.startswith(mark)), ("", 0)
        )
        self.encoding = self.encoding or _declared(start)
        self._errors = "surrogatepass" if self.encoding.startswith("utf-16") else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(self.encoding)(self._errors)
        self.start = self._decoder.decode(start[mark:])
        self._line, self._byte = 1, mark

    def chunks(self) -> Iterator[str]:
        """The text, with a lone surrogate for each byte that is not of the encoding. Once only."""
        yield self.start
        while chunk := self._stream.read(CHUNK):
            yield self._decoder.decode(chunk)
        try:
            yield self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:  # only UTF-16: an odd number of bytes
            yield "\udcff"

    def lines(self, longest: int) -> Iterator[tuple[int, str | None]]:
        """The lines with their numbers, without their ends; None for one of more than `longest` characters."""
        parts: list[str] = []
        number, size = 1, 0
        for chunk in self.chunks():
            *ends, rest = chunk.split("\n")
            for end in ends:
                size += len(end)
                yield number, None if size > longest else "".join([*parts, end])
                parts, size, number = [], 0, number + 1
            size += len(rest)
            if size <= longest:
                parts.append(rest)
            else:
                parts.clear()
        if size:
            yield number, None if size > longest else "".join(parts)

    def flaw(self, line: int, text: str) -> Flaw | None:
        """What is unreadable first in this line, if anything is."""
        found = UNREADABLE.search(text)
        if found is None:
            return None
        return Flaw(line, self._width(text[: found.start()]) + 1, found[0], self.encoding)

    def mended(self) -> Iterator[tuple[str, list[Flaw | None]]]:
        """The chunks with MARK for each character that is unreadable, and these, in the order of their marks; of those
        beyond MOST_FLAWS in a chunk it is not told where they are."""
        for chunk in self.chunks():
            flaws: list[Flaw | None] = []
            read = 0
            for found in islice(UNREADABLE.finditer(chunk), MOST_FLAWS):
                self._advance(chunk[read : found.start()])
                flaws.append(Flaw(self._line, self._byte + 1, found[0], self.encoding))
                self._advance(found[0])
                read = found.end()
            self._advance(chunk[read:])
            text, marks = UNREADABLE.subn(MARK, chunk)
            yield text, [*flaws, *[None] * (marks - len(flaws))]

    def _advance(self, text: str) -> None:
        ends = text.count("\n")
        if ends:
            self._line += ends
            self._byte = 0
            text = text[text.rindex("\n") + 1 :]
        self._byte += self._width(text)

    def _width(self, text: str) -> int:
        return len(text.encode(self.encoding, self._errors))


def _declared(start: bytes) -> str:
    declared = _DECLARED.match(start)
    if declared is None:
        return "utf-8"
    name = declared[1].decode()
    try:
        return _ENCODINGS[codecs.lookup(name).name]
    except LookupError as error:
        reason = f'is said to be in "{name[:40]}", which is not read here'
        raise Invalid([Problem("", reason, "UTF-8, or UTF-16 with a byte order mark")]) from error
