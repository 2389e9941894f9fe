"""What recruiters ask of CVs: a Boolean expression and choices, one meaning for searching and for stored searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from store import expressions, occupations, places, terms
from store.criteria import EMPLOYMENT, LANGUAGES
from store.errors import Invalid, Problem
from store.expressions import Expression
from store.languages import code_of
from store.near import Near
from store.near import read as near_of

CHOICES = 50
ALLOWED = ("text", "places", "near", "occupations", "employment", "remote", "languages", "skills", "language", "expand")


@dataclass(frozen=True)
class CvCriteria:
    """All members that are given must hold; of a list, one, but of `skills` all.

    `languages` are those that the person speaks (ISO 639-1), `language` is the one the CV is written in, `skills` are
    as `store.terms.plain` writes them. With `expand`, words also find what they name under its other names.
    """

    text: Expression | None = None
    places: tuple[str, ...] = ()
    near: Near | None = None
    occupations: tuple[str, ...] = ()
    employment: tuple[str, ...] = ()
    remote: bool = False
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    language: str | None = None
    expand: bool = True

    def body(self) -> dict[str, Any]:
        """The members that are given, as JSON that `from_body` reads."""
        given: dict[str, Any] = {
            "text": expressions.text(self.text) if self.text else None,
            "near": {"place": self.near.place, "km": self.near.km} if self.near else None,
            "remote": self.remote,
            "language": self.language,
        }
        for name in ("places", "occupations", "employment", "languages", "skills"):
            given[name] = list(getattr(self, name))
        given = {name: value for name, value in given.items() if value}
        return given if self.expand else {**given, "expand": False}


def from_body(body: Mapping[str, Any]) -> CvCriteria:
    """Criteria out of the JSON of a row."""
    return read(body, field="asked")


def read(data: Mapping[str, Any], text: str = "", field: str = "criteria") -> CvCriteria:
    """Criteria out of what somebody sent; `text` is asked besides the text in `data`.

    Raises Invalid with every problem: those of the text under `text`, with the place of the mistake.
    """
    problems: list[Problem] = []
    for key in sorted(set(data) - set(ALLOWED)):
        problems.append(Problem(f"{field}.{key}", "is not a criterion", f"one of: {', '.join(ALLOWED)}"))
    asked = _text(text, "text", problems)
    besides = _text(data.get("text") or "", f"{field}.text", problems)
    if asked is not None and besides is not None:
        asked = _text(f"({expressions.text(asked)}) AND ({expressions.text(besides)})", "text", problems)

    def choices(key: str, known: Callable[[str], bool], right: str) -> tuple[str, ...]:
        given = data.get(key) or []
        if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
            problems.append(Problem(f"{field}.{key}", "is not a list of texts", right))
            return ()
        if len(given) > CHOICES:
            problems.append(Problem(f"{field}.{key}", f"{len(given)} values are too many", f"at most {CHOICES}"))
            return ()
        wrong = [number for number, one in enumerate(given) if not known(one)]
        problems.extend(Problem(f"{field}.{key}[{number}]", "is not a known value", right) for number in wrong)
        return () if wrong else tuple(sorted(set(given)))

    remote, language = data.get("remote"), data.get("language")
    if remote is not None and not isinstance(remote, bool):
        problems.append(Problem(f"{field}.remote", "is neither true nor false", "true for remote work only"))
    if language is not None and language not in LANGUAGES:
        problems.append(Problem(f"{field}.language", "is not a language of CVs", f"one of: {', '.join(LANGUAGES)}"))
    expand = data.get("expand")
    if expand is not None and not isinstance(expand, bool):
        right = "false for the words as they are written only"
        problems.append(Problem(f"{field}.expand", "is neither true nor false", right))
    spoken = choices("languages", lambda name: code_of(name) is not None, "an ISO 639-1 code, or a language's name")
    skills = choices("skills", lambda name: 0 < len(name.strip()) <= 100, "1 to 100 characters")
    chosen = {
        "places": choices("places", places.known, "an official code such as fi-091, fi-r01, se-0180"),
        "occupations": choices("occupations", occupations.known, "isco-2512, or an ESCO URI"),
        "employment": choices("employment", EMPLOYMENT.__contains__, ", ".join(EMPLOYMENT)),
    }
    near = near_of(data.get("near"), f"{field}.near", problems)
    if problems:
        raise Invalid(problems)
    return CvCriteria(
        text=asked or besides,
        near=near,
        remote=bool(remote),
        languages=tuple(sorted({code for name in spoken if (code := code_of(name))})),
        skills=tuple(sorted({terms.plain(name) for name in skills})),
        language=language,
        expand=expand is not False or (asked or besides) is None,
        **chosen,
    )


def _text(given: object, field: str, problems: list[Problem]) -> Expression | None:
    if not isinstance(given, str):
        problems.append(Problem(field, "is not a text", 'words, "phrases", AND, OR, NOT, parentheses, field:word'))
        return None
    try:
        return expressions.parse(given, field)
    except Invalid as invalid:
        problems.extend(invalid.problems)
        return None
