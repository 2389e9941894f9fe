"""Words asked for: reads `nurse "night shift" -manager` into words, phrases and exclusions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# A quoted phrase or a run of anything else, each perhaps with a minus in front.
PIECE = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True)
class Terms:
    """What a text asks for, in lower case and NFC: all `wanted` must be there and no `unwanted`.

    Each is a word, or a phrase whose words are separated by one space.
    """

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]

    def text(self) -> str:
        """The same as a person would write it."""
        return " ".join([*map(quoted, self.wanted), *(f"-{quoted(term)}" for term in self.unwanted)])


def quoted(term: str) -> str:
    """A term as it is written: phrases in quotation marks."""
    return f'"{term}"' if " " in term else term


def plain(text: str) -> str:
    """Text as terms compare it: NFC, lower case, single spaces, straight quotation marks."""
    folded = unicodedata.normalize("NFC", text).lower().translate(str.maketrans("”“„«»", '"""""'))
    return " ".join(folded.split())


def parse(text: str) -> Terms:
    """Read a text; sorted and each term once, since their order means nothing.

    A piece without a letter or digit asks for nothing and is left out; an unbalanced quotation mark counts as none.
    """
    folded = plain(text)
    if folded.count('"') % 2:
        folded = folded.replace('"', " ")
    wanted: set[str] = set()
    unwanted: set[str] = set()
    for minus, phrase, word in PIECE.findall(folded):
        # A minus in front means the same however often and wherever it is written, so that a term reads as it is shown.
        term = (" ".join(phrase.split()) if phrase else word.replace('"', "")).lstrip("- ")
        if any(letter.isalnum() for letter in term):
            (unwanted if minus else wanted).add(term)
    return Terms(tuple(sorted(wanted)), tuple(sorted(unwanted)))
