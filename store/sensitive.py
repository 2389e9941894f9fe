"""Warns people of what a CV does not need and the law protects: health, belief, origin, crime, identity numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from store import identity_numbers
from store.sensitive_words import WORD, patterns
from store.wording import N_, translator

MESSAGES = {
    "identity_number": N_(
        "This looks like a personal identity number. It can be misused, and nobody needs it to consider you for a job. "
        "It never goes into the search. We suggest that you take it out; the decision is yours."
    ),
    "ethnic_origin": N_(
        "This seems to reveal your ethnic origin. Nobody may choose between applicants by it, so a CV does not need "
        "it. You decide whether it stays."
    ),
    "political_opinion": N_(
        "This seems to reveal your political opinions. They are your own business, and a CV does not need them. "
        "You decide whether this stays."
    ),
    "belief": N_(
        "This seems to reveal your religion or other belief. It is your own business, and a CV does not need it. "
        "You decide whether it stays."
    ),
    "union_membership": N_(
        "This seems to reveal that you belong to a trade union. An employer does not need to know that to choose a "
        "candidate. You decide whether it stays."
    ),
    "health": N_(
        "This seems to reveal something about your health. It is your own business; if the work sets requirements for "
        "health, you can talk about them with the employer later. You decide whether it stays."
    ),
    "biometric_genetic": N_(
        "This seems to reveal something about your genes, your fingerprints or other features that identify you. They "
        "cannot be replaced if they fall into the wrong hands, and a CV does not need them. You decide whether this "
        "stays."
    ),
    "addiction_or_sex_life": N_(
        "This seems to reveal something about an addiction, your sex life or your sexual orientation. It is your own "
        "business, and a CV does not need it. You decide whether it stays."
    ),
    "crime_and_punishment": N_(
        "This seems to tell of a crime or a punishment. If the work requires a background check, that is made "
        "separately, so a CV does not need this. You decide whether it stays."
    ),
    "abusive_conduct_and_fines": N_(
        "This seems to tell of a fine, a restraining order or misconduct. A CV does not need it. You decide whether it "
        "stays."
    ),
}

# Names and codes: a church or a union that somebody works for is no belief, and a school's name no illness.
_NAMES = re.compile(
    r"(?:^|\.)(?:employer|school|name|email|phone|url|address|start|end|from|language|level)$|^contact\."
    r"|^(?:places|occupations|wishes\.employment)\[|^references\[\d+\]\.contact$"
)
_OPENING = re.compile(r"(?:\A|[.!?:;,•*\n(–-])[ \t\"”»]*\Z")
_WIDEST_OPENING = 6
# A mobile number with the date and the check digit of an identity number is a mobile number far more often.
_MOBILE = re.compile(r"0(?:4\d|50|7\d)\d{7}")
_LOOKS_LIKE = (("’", "'"), ("‘", "'"), ("´", "'"), ("\u2010", "-"), ("\u2011", "-"))


@dataclass(frozen=True)
class Warning:
    """Something in a CV that its owner may want to leave out.

    `field` is the path of the text (`experience[1].description`), `start` and `end` are offsets of characters in it;
    `found` are the words there (an identity number is masked) and `message` says why, in the language asked for.
    """

    field: str
    start: int
    end: int
    kind: str
    found: str
    message: str


def warnings(cv: Mapping[str, Any], language: str) -> list[Warning]:
    """What the texts of a CV seem to tell that they need not, in the order of the CV; nothing is refused or changed.

    Words of all three languages are looked for, since people mix them; `language` ("fi", "sv", "en") is that of the
    messages. An origin in `self_stated` was asked for and is not warned of. Linear in the length of the texts. The
    result holds what the person wrote: it is for that person alone, never for a log.
    """
    gettext = translator(language).gettext
    return [
        Warning(field, start, end, kind, found, gettext(MESSAGES[kind]))
        for field, text in _texts(cv)
        for start, end, kind, found in sorted([*_numbers(text), *_told(field, text)])
    ]


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _texts(member, f"{field}.{name}" if field else name)
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from _texts(member, f"{field}[{at}]")


def _numbers(text: str) -> Iterator[tuple[int, int, str, str]]:
    for start, end, _ in identity_numbers.find(text):
        if not _MOBILE.fullmatch(text, start, end):
            yield start, end, "identity_number", identity_numbers.MASK * (end - start)


def _told(field: str, text: str) -> Iterator[tuple[int, int, str, str]]:
    if _NAMES.search(field):
        return
    skipped = "ethnic_origin" if field.startswith("self_stated") else ""
    lowered = _lowered(text)
    filed = patterns()
    ends: dict[str, int] = {}
    words = [(word.start(), word[0]) for word in WORD.finditer(lowered)]
    for (at, word), (_, following) in pairwise([*words, (len(text), "")]):
        possible = filed.beginning(word, following)
        if not possible:
            continue
        longest: dict[str, int] = {}
        for kind, opens, expression in possible:
            match = expression.match(lowered, at)
            if match is None or kind == skipped or (opens and not _opens(lowered, at)):
                continue
            longest[kind] = max(longest.get(kind, 0), match.end())
        for kind, end in longest.items():
            if end > ends.get(kind, 0):
                # "Jag är" and "medlem i" can tell of the same membership: it is said once.
                if at >= ends.get(kind, 0):
                    yield at, end, kind, text[at:end]
                ends[kind] = end


def _opens(lowered: str, at: int) -> bool:
    return _OPENING.search(lowered[max(at - _WIDEST_OPENING, 0) : at]) is not None


def _lowered(text: str) -> str:
    """Lower case, plain hyphens and apostrophes, and as long as before: offsets stay true."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
    for written, meant in _LOOKS_LIKE:
        lowered = lowered.replace(written, meant)
    return lowered
