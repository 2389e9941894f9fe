"""JSON that strangers wrote, read value by value: what is good before a broken place is kept, and its line is known."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from api.feed_text import MARK, FeedText, Flaw, told
from api.schema_problems import LONGEST_SHOWN
from store.errors import Problem

MOST_FLAWS = 10_000
_BLANKS = re.compile(r"[ \t\r\n]*")


class NotJson(Exception):
    """The text stops being JSON at `at`, counted in characters from 0."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class Json:
    """A decoder that also tells what has the form of JSON but no meaning: a name twice in an object, NaN. Numbers are
    Decimals. `line_ends_in_strings` allows what JSON does not, but many web pages hold."""

    def __init__(self, *, line_ends_in_strings: bool = False) -> None:
        self._doubts: list[Problem] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=_number,
            parse_int=_number,
            parse_constant=self._constant,
            strict=not line_ends_in_strings,
        )

    def value(self, text: str, at: int) -> tuple[Any, int, list[Problem]]:
        """The value that begins at `at`, where it ends, and what is doubtful in it. Raises NotJson, also for what is
        nested more deeply than anybody could mean."""
        self._doubts = []
        try:
            value, end = self._decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise NotJson(f"is not JSON: {error.msg[0].lower()}{error.msg[1:]}", error.pos) from error
        except RecursionError as error:
            raise NotJson("is nested too deeply", at) from error
        return value, end, self._doubts

    def whole(self, text: str) -> tuple[Any, list[Problem]]:
        """The one value that the text is, and what is doubtful in it. Raises NotJson."""
        value, end, doubts = self.value(text, _next(text, 0))
        if _next(text, end) < len(text):
            raise NotJson("goes on after its end", _next(text, end))
        return value, doubts

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        if len(read) < len(pairs):
            ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
            self._doubts.append(_twice(name))
        return read

    def _constant(self, written: str) -> None:
        self._doubts.append(Problem("", f"holds {written}, which is not JSON", "a number, or null"))


def _number(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:  # an exponent beyond all use; no field takes what is not a number
        return Decimal("NaN")


def _twice(name: str) -> Problem:
    return Problem(name if len(name) <= LONGEST_SHOWN else "…", "is there twice", "each name once in an object")


def _next(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


@dataclass(frozen=True, slots=True)
class Element:
    """A value that is taken by itself, and the line where it begins; or only what is wrong there."""

    line: int
    value: Any
    problems: list[Problem]


class Document:
    """A text that was read whole, in which MARK stands for each of the flaws, or of more of them than are listed; its
    first line has the number `line`."""

    def __init__(self, text: str, flaws: list[Flaw | None], line: int = 1) -> None:
        self.text = text
        self._flaws = flaws
        # Positions are only ever asked for in the order of the text, so that counting goes on from the last one.
        self._at, self._line = 0, line
        self._marked, self._marks = 0, 0

    def part(self, start: int, end: int) -> Document:
        """A document within this one, whose lines are counted here. Parts are taken in their order."""
        line = self._line_of(start)
        marks = self._marks_before(start)
        return Document(self.text[start:end], self._flaws[marks:], line)

    def elements(self, key: str, decoder: Json) -> Iterator[Element]:
        """The elements of the array that the document is, or has under `key`; a document with neither is one element.
        If the text stops being JSON, the elements before that place come out, then what is wrong at that line."""
        try:
            end = yield from self._outermost(_next(self.text, 0), key, decoder)
            if _next(self.text, end) < len(self.text):
                raise NotJson("goes on after its end", _next(self.text, end))
        except NotJson as error:
            yield Element(self._line_of(error.at), None, [Problem("", error.reason, "JSON to its end")])

    def _outermost(self, at: int, key: str, decoder: Json) -> Generator[Element, None, int]:
        if self.text.startswith("[", at):
            return (yield from self._array(at, decoder))
        if self.text.startswith("{", at):
            return (yield from self._object(at, key, decoder))
        return (yield from self._element(at, decoder))

    def _element(self, at: int, decoder: Json) -> Generator[Element, None, int]:
        line = self._line_of(at)
        value, end, doubts = decoder.value(self.text, at)
        yield Element(line, value, [*self._flaws_in(at, end), *doubts])
        return end

    def _array(self, at: int, decoder: Json) -> Generator[Element, None, int]:
        at = _next(self.text, at + 1)
        if self.text.startswith("]", at):
            return at + 1
        while True:
            at = _next(self.text, (yield from self._element(at, decoder)))
            if self.text.startswith("]", at):
                return at + 1
            at = self._after(",", at)

    def _object(self, at: int, key: str, decoder: Json) -> Generator[Element, None, int]:
        start, line = at, self._line_of(at)
        whole: dict[str, Any] = {}
        problems: list[Problem] = []
        taken_apart = False
        at = _next(self.text, at + 1)
        while not self.text.startswith("}", at):
            if whole or taken_apart:
                at = self._after(",", at)
            if not self.text.startswith('"', at):
                raise NotJson("is not JSON: expecting a name in double quotes", at)
            name, at, _ = decoder.value(self.text, at)
            at = self._after(":", _next(self.text, at))
            if name == key and self.text.startswith("[", at):
                at = yield from self._array(at, decoder)
                taken_apart = True
            else:
                value, at, doubts = decoder.value(self.text, at)
                problems += [*doubts, *([_twice(name)] if name in whole else [])]
                whole[name] = value
            at = _next(self.text, at)
        if not taken_apart:
            yield Element(line, whole, [*self._flaws_in(start, at), *problems])
        return at + 1

    def _after(self, mark: str, at: int) -> int:
        if not self.text.startswith(mark, at):
            raise NotJson(f"is not JSON: expecting '{mark}'", at)
        return _next(self.text, at + 1)

    def _flaws_in(self, start: int, end: int) -> list[Problem]:
        before = self._marks_before(start)
        marks = self.text.count(MARK, start, end)
        return told(self._flaws[before : before + marks]) if marks else []

    def _marks_before(self, at: int) -> int:
        self._marks += self.text.count(MARK, self._marked, at)
        self._marked = at
        return self._marks

    def _line_of(self, at: int) -> int:
        self._line += self.text.count("\n", self._at, at)
        self._at = at
        return self._line


def document(feed: FeedText, longest: int) -> Document | None:
    """The feed as one document, or None if it has more than `longest` characters; no more than those are read."""
    texts: list[str] = []
    flaws: list[Flaw | None] = []
    size = 0
    for text, found in feed.mended():
        size += len(text)
        if size > longest:
            return None
        texts.append(text)
        flaws += found[: MOST_FLAWS - len(flaws)]
    return Document("".join(texts).replace("\r\n", "\n").replace("\r", "\n"), flaws)
