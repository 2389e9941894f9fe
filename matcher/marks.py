"""Where in a text stands what was asked for: found with the tokens that the index was made of, shown as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from mappings.analysis import Token, concepts
from mappings.analysis.stretches import around
from mappings.asked import Piece, Term

FRAGMENTS, FRAGMENT = 3, 160


@dataclass(frozen=True, order=True)
class Mark:
    """A stretch of a text, by its characters, that is why something was found: for the words `asked`. With `named`, it
    is not those words but what they name under another name."""

    start: int
    end: int
    asked: str
    named: bool = False


@dataclass(frozen=True)
class Sought:
    """What is looked for: words and phrases, and the codes that words name, by those words."""

    terms: tuple[Term, ...]
    codes: tuple[tuple[str, str], ...] = ()

    @cached_property
    def ways(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """The sequences of keys in which its words may stand in a text, each with those words, by the first key."""
        found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for term in self.terms:
            for keys in term.sequences:
                found.setdefault(keys[0], []).append((keys, term.text))
        return found

    @cached_property
    def reach(self) -> dict[str, int]:
        """How many words have to be looked at from one on that has the key."""
        return {key: max(len(keys) for keys, _ in ways) for key, ways in self.ways.items()}

    @cached_property
    def named(self) -> frozenset[str]:
        """The codes alone."""
        return frozenset(code for code, _ in self.codes)


def sought(asked: Iterable[Piece]) -> Sought:
    """What these pieces ask for."""
    pieces = tuple(asked)
    return Sought(
        tuple(term for piece in pieces for term in piece.terms),
        tuple((piece.code, piece.text) for piece in pieces if piece.code is not None),
    )


def find(text: str, language: str, what: Sought) -> list[Mark]:
    """The marks in a text, in order, none within another."""
    found = [
        mark
        for stretch in around(text, language, what.reach, what.named)
        for mark in (*_words(stretch, what), *_names(text, stretch, language, what))
    ]
    apart: list[Mark] = []
    # Of two that overlap the longer one; of the same stretch that of the words themselves.
    for mark in sorted(found, key=lambda one: (one.start, -one.end, one.named, one.asked)):
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return apart


def _words(tokens: Sequence[Token], what: Sought) -> Iterator[Mark]:
    for at, token in enumerate(tokens):
        for key in token.keys:
            for keys, asked in what.ways.get(key, ()):
                stand = tokens[at : at + len(keys)]
                if len(stand) == len(keys) and all(key in one.keys for one, key in zip(stand, keys, strict=True)):
                    yield Mark(token.start, stand[-1].end, asked)


def _names(text: str, tokens: Sequence[Token], language: str, what: Sought) -> Iterator[Mark]:
    if not what.codes:
        return
    for mention in concepts.mentions(tokens, language, text):
        above = concepts.above(mention.codes)
        for code, asked in what.codes:
            if code in above:
                yield Mark(mention.start, mention.end, asked, named=True)


def said(text: str, mark: Mark) -> str:
    """What was asked for and is there; where it is there under another name, with that: "kokki → chef"."""
    stands = " ".join(text[mark.start : mark.end].split())
    return f"{mark.asked} → {stands}" if mark.named else mark.asked


def stands(found: Iterable[tuple[str, Sequence[Mark]]]) -> dict[str, str]:
    """What was asked for and is there in any of these texts, as `said`; as itself where it is there as itself too."""
    there: dict[str, str] = {}
    for text, marks in found:
        for mark in marks:
            if mark.asked not in there or not mark.named:
                there[mark.asked] = said(text, mark)
    return there


def whole(text: str, marks: Sequence[Mark]) -> str:
    """The whole text as HTML that holds `<mark>` and nothing else."""
    return _html(text, marks, 0, len(text))


def fragments(text: str, marks: Sequence[Mark]) -> list[str]:
    """The stretches of a text, of about `FRAGMENT` characters, that hold most of what was asked for, at most
    `FRAGMENTS`, the best first; as HTML like `whole`."""
    windows: list[list[Mark]] = []
    for mark in marks:
        if windows and mark.end - windows[-1][0].start <= FRAGMENT:
            windows[-1].append(mark)
        else:
            windows.append([mark])
    windows.sort(key=lambda window: (-len({mark.asked for mark in window}), -len(window), window[0].start))
    return [_fragment(text, window) for window in windows[:FRAGMENTS]]


def _fragment(text: str, window: Sequence[Mark]) -> str:
    room = max(0, FRAGMENT - (window[-1].end - window[0].start)) // 2
    start, end = max(0, window[0].start - room), min(len(text), window[-1].end + room)
    # To the end of a word; a word without end is cut.
    if start > 0:
        blank = text.find(" ", start, window[0].start)
        start = blank + 1 if blank >= 0 else start
    if end < len(text):
        blank = text.rfind(" ", window[-1].end, end)
        end = blank if blank >= 0 else end
    return _html(text, window, start, end).strip()


def _html(text: str, marks: Sequence[Mark], start: int, end: int) -> str:
    pieces: list[str] = []
    for mark in marks:
        pieces += [escape(text[start : mark.start]), "<mark>", escape(text[mark.start : mark.end]), "</mark>"]
        start = mark.end
    return "".join([*pieces, escape(text[start:end])])
