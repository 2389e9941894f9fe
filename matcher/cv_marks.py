"""What of a CV, as employers see it, is why it was found: the words that it has, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mappings import expression
from mappings.cv import texts
from matcher import marks
from matcher.marks import Sought
from store.cv_criteria import CvCriteria

# Where what is found in a field of the index is shown; all else is text.
SHOWN = {"title": "title", "skill_text": "skill"}


@dataclass(frozen=True)
class Marked:
    """`shown` are the stretches of titles (`title`), skills (`skill`) and all else (`text`) that hold what was sought,
    as HTML that holds `<mark>` and nothing else; `said` is what was sought and is there, as a recruiter would read
    it: where it is there under another name, with that."""

    shown: dict[str, list[str]]
    said: tuple[str, ...]


def sought(criteria: CvCriteria) -> Sought:
    """What the text of the criteria looks for."""
    return marks.sought(expression.asked(criteria.text, criteria.expand) if criteria.text is not None else ())


def find(seen: dict[str, Any], language: str, what: Sought) -> Marked:
    """What is looked for in a CV (`cv.seen()`) that is written in this language."""
    if not what.terms:
        return Marked({}, ())
    found_in = [
        (SHOWN.get(field, "text"), text, found)
        for field, text in texts(seen)
        if (found := marks.find(text, language, what))
    ]
    shown: dict[str, list[str]] = {}
    for field, text, found in found_in:
        room = marks.FRAGMENTS - len(shown.get(field, ()))
        as_html = marks.fragments(text, found) if field == "text" else [marks.whole(text, found)]
        shown.setdefault(field, []).extend(as_html[:room])
    said = marks.stands((text, found) for _, text, found in found_in)
    return Marked(shown, tuple(said.values()))
