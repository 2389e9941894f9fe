"""Where in a text stands what was asked for: found with the tokens that the index was made of, shown as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from mappings.analysis import Token, analyse, concepts, having
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
    def words(self) -> dict[str, str]:
        """Single words by each of the keys that they stand for."""
        return {key: term.text for term in reversed(self.terms) for key in term.keys or ()}

    @cached_property
    def phrases(self) -> tuple[Term, ...]:
        """What is looked for side by side."""
        return tuple(term for term in self.terms if term.keys is None)

    @cached_property
    def by_code(self) -> dict[str, str]:
        """What words name, with those words."""
        return dict(reversed(self.codes))


def sought(asked: Iterable[Piece]) -> Sought:
    """What these pieces ask for."""
    pieces = tuple(asked)
    return Sought(
        tuple(term for piece in pieces for term in piece.terms),
        tuple((piece.code, piece.text) for piece in pieces if piece.code is not None),
    )


def find(text: str, language: str, what: Sought) -> list[Mark]:
    """The marks in a text, in order, none within another."""
    side_by_side = what.phrases or what.codes
    tokens = analyse(text, language) if side_by_side else having(text, language, what.words.keys())
    found = [*_of_words(tokens, what), *_of_codes(text, tokens, language, what.by_code)]
    apart: list[Mark] = []
    # Of two that overlap the longer one; of the same stretch that of the words themselves.
    for mark in sorted(found, key=lambda one: (one.start, -one.end, one.named)):
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return apart


def _of_words(tokens: Sequence[Token], what: Sought) -> Iterator[Mark]:
    words = what.words
    if words:
        sought_keys = words.keys()
        for token in tokens:
            if not sought_keys.isdisjoint(token.keys):
                asked = next(words[key] for key in token.keys if key in words)
                yield Mark(token.start, token.end, asked)
    for term in what.phrases:
        for sequence in term.sequences:
            for at in range(len(tokens) - len(sequence) + 1):
                stretch = tokens[at : at + len(sequence)]
                if all(key in token.keys for key, token in zip(sequence, stretch, strict=True)):
                    yield Mark(stretch[0].start, stretch[-1].end, term.text)


def _of_codes(text: str, tokens: Sequence[Token], language: str, by_code: Mapping[str, str]) -> Iterator[Mark]:
    if not by_code:
        return
    for mention in concepts.mentions(tokens, language, text):
        asked = next((by_code[code] for code in sorted(concepts.above(mention.codes)) if code in by_code), None)
        if asked is not None:
            yield Mark(mention.start, mention.end, asked, named=True)


def said(text: str, mark: Mark) -> str:
    """What was asked for and is there; where it is there under another name, with that: "kokki → chef"."""
    stands = " ".join(text[mark.start : mark.end].split())
    return f"{mark.asked} → {stands}" if mark.named else mark.asked


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
