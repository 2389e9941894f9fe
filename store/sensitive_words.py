"""The patterns of `taxonomy/sensitive.txt`: how people write of themselves what a CV does not need.

A line is `kind<tab>starts<tab>rest`: `starts` are the ways it begins, parted by `|`, each a literal whole word or the
beginning of one; `^` before it: only where a sentence or a line begins. `rest` is a regular expression in which a blank
is any white space, `{name}` is what a line `= name expression` says, `{any}` is up to three words of the same sentence
that are not about work, and `{label}` is the colon of "religion: ...". What follows must not be more of the same word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from store.taxonomy import FOLDER

_LETTERS = 3
_NEXT_LETTERS = 2
# A client's illness or a course about it is work, also where the sentence begins with "I".
_WORK_BEFORE = (
    "asiakka|asiakas|potila|päämie|oppila|lapsi|lapse|lasten|nuorten|nuoria|nuorille|nuoriso|tutki|koulut|opett|opin|kokemu|työ|hoit|hoid|auto"
    "|toim|ohja|tue|tuki|client|patient|customer|pupil|student|child|research|train|experience|work|teach|taught|help"
    "|support|care|treat|study|studied|klient|kund|brukare|elev|barn|forsk|utbild|erfaren|arbet|hjälp|stöd|vård|undervis"
    "|sopimu|vapautta|alenne|about|om|against"
)
_WORK_AFTER = (
    r"\w*potila\w*|\w*asiakka\w*|olev\w+|patient\w*|client\w*|care|nursing|experience|training|education|research"
    r"|knowledge|course|courses|awareness|services?|treatment|management|prevention|studies|rights|law|history"
    r"|specialist|specialists|counsell\w+|counsel\w+|testing|screening|support|advocate|certificate|diploma|degree"
    r"|software|app|project|projects|brukare|klienter|kunder|elever|barn|vård|erfarenhet|utbildning|theology|music"
    r"|literature|art|school|schools|staff|team|unit|ward|clinic"
)
_ALWAYS = {
    "any": rf"(?:(?!{_WORK_BEFORE})[\w'-]+ ){{0,3}}?",
    "label": r"\s?:\s?",
}
WORD = re.compile(r"[^\W_]+")


class Pattern(NamedTuple):
    """One way to write something of a kind; `opens`: only where a sentence or a line begins."""

    kind: str
    opens: bool
    expression: re.Pattern[str]


class Filed(NamedTuple):
    """The patterns by how they begin: with one word (by its first letters), or with two (by the first word and the
    first letters of the next)."""

    alone: dict[str, list[Pattern]]
    followed: dict[str, dict[str, list[Pattern]]]

    def beginning(self, word: str, following: str) -> list[Pattern]:
        """Those that can match where a word, and after it another, stand in a text; few of all."""
        alone = self.alone.get(word[:_LETTERS], [])
        followed = self.followed.get(word)
        return alone + followed.get(following[:_NEXT_LETTERS], []) if followed else alone


@cache
def patterns() -> Filed:
    """All patterns. They read lower case."""
    filed = Filed({}, {})
    for kind, starts, rest in _lines():
        for opens in (False, True):
            some = [start.removeprefix("^") for start in starts if start.startswith("^") is opens]
            if not some:
                continue
            pattern = Pattern(kind, opens, _compiled("|".join(some), rest))
            for first, following in {_key(start) for start in some}:
                place = filed.followed.setdefault(first, {}) if following else filed.alone
                place.setdefault(following or first, []).append(pattern)
    return filed


def _key(start: str) -> tuple[str, str]:
    first, *following = WORD.findall(start)
    return (first, following[0][:_NEXT_LETTERS]) if following else (first[:_LETTERS], "")


def _compiled(starts: str, rest: str) -> re.Pattern[str]:
    expression = rf"(?:{starts})(?:{rest})(?![\w]|-\w|\s(?:{_WORK_AFTER})\b)"
    # A blank that may be missing stays one; any other is as long as it was written.
    return re.compile(re.sub(r" (?!\?)", r"\\s+", expression).replace(" ?", r"\s?"))


def _lines() -> Iterator[tuple[str, list[str], str]]:
    named = dict(_ALWAYS)
    with (FOLDER / "sensitive.txt").open(encoding="utf-8") as file:
        for line in map(str.rstrip, file):
            # Blanks at the end of a pattern never matter, since a word cannot follow there.
            if not line or line.startswith("#"):
                continue
            if line.startswith("= "):
                name, expression = line[2:].split(" ", 1)
                named[name] = f"(?:{_filled(expression, named)})"
                continue
            kind, starts, *rest = line.split("\t")
            yield kind, starts.split("|"), _filled("".join(rest), named)


def _filled(expression: str, named: dict[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda gap: named[gap[1]], expression)
