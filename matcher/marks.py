"""Where in a text stands what was asked for: found with the tokens that the index was made of, shown as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from mappings.analysis import Token, around, spellings
from mappings.analysis.place_context import names_place
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


class _Spelt(NamedTuple):
    """One way in which something that was asked may stand in a text: as words with these keys."""

    keys: tuple[str, ...]
    asked: str
    named: bool
    doubtful: bool


@dataclass(frozen=True)
class Sought:
    """What is looked for: words and phrases, and the codes that words name, by those words."""

    terms: tuple[Term, ...]
    codes: tuple[tuple[str, str], ...] = ()
    _spelt: dict[str, tuple[dict[str, list[_Spelt]], dict[str, int]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def spelt(self, language: str) -> tuple[dict[str, list[_Spelt]], dict[str, int]]:
        """Every way in which it may stand in a text in this language, by the first key; and how many words after that
        one have to be looked at."""
        if language not in self._spelt:
            found: dict[str, list[_Spelt]] = {}
            for term in self.terms:
                for keys in term.sequences:
                    found.setdefault(keys[0], []).append(_Spelt(keys, term.text, named=False, doubtful=False))
            for code, asked in self.codes:
                for keys, doubtful in spellings.of(code, language):
                    found.setdefault(keys[0], []).append(_Spelt(keys, asked, True, doubtful))
            # One word more than the longest, since what comes after a name tells whether it is a place.
            self._spelt[language] = found, {key: max(len(one.keys) for one in ways) for key, ways in found.items()}
        return self._spelt[language]


def sought(asked: Iterable[Piece]) -> Sought:
    """What these pieces ask for."""
    pieces = tuple(asked)
    return Sought(
        tuple(term for piece in pieces for term in piece.terms),
        tuple((piece.code, piece.text) for piece in pieces if piece.code is not None),
    )


def find(text: str, language: str, what: Sought) -> list[Mark]:
    """The marks in a text, in order, none within another."""
    spelt, reach = what.spelt(language)
    found = [
        mark
        for stretch in around(text, language, reach)
        for at, token in enumerate(stretch)
        if token.word in spelt or not spelt.keys().isdisjoint(token.keys)
        for mark in _at(text, stretch, at, spelt)
    ]
    apart: list[Mark] = []
    # Of two that overlap the longer one; of the same stretch that of the words themselves.
    for mark in sorted(found, key=lambda one: (one.start, -one.end, one.named, one.asked)):
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return apart


def _at(text: str, tokens: Sequence[Token], at: int, spelt: dict[str, list[_Spelt]]) -> Iterator[Mark]:
    token = tokens[at]
    for key in dict.fromkeys((*token.keys, token.word)):
        for way in spelt.get(key, ()):
            last = at + len(way.keys) - 1
            if last < len(tokens) and all(
                _has(one, key, way.named) for one, key in zip(tokens[at : last + 1], way.keys, strict=True)
            ):
                # As `concepts.mentions` has it: a doubtful name is written out, and is not the head of a compound.
                if way.doubtful and not (token.word == way.keys[0] and names_place(text, tokens, at, last)):
                    continue
                yield Mark(token.start, tokens[last].end, way.asked, way.named)


def _has(token: Token, key: str, named: bool) -> bool:
    return key in token.keys or (named and key == token.word)


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
