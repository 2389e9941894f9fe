"""Carrying a CV over from another format: what was taken goes into the CV, and whatever is left over is told."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.cv_fields import blank
from api.cv_parts import LONGEST_LINE, LONGEST_TEXT
from api.cv_schema import LONGEST_SKILL, MOST_ITEMS, MOST_SKILLS, load_cv
from store import sanitise
from store.errors import Invalid, Problem
from store.languages import code_of

DEEPEST = 40
MOST_TOLD = 200
NO_PLACE = "has no place in the CV"
GOES_ON = "without it, the entry reads as if it still went on"
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that could not be carried over: where it is in what was given, and why. It repeats nothing of it."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A CV as `api.cv_schema.load_cv` gives it, and everything of the given document that is not in it."""

    cv: dict[str, Any]
    lost: list[Lost]


def written(path: Path) -> str:
    """A path as reports have it: `work[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")[:LONGEST_LINE]


def too_deep(document: object) -> bool:
    """Whether the document is nested beyond what any CV is."""
    level, depth = [document], 0
    while level and depth <= DEEPEST:
        inner: list[object] = []
        for value in level:
            inner += value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        level, depth = inner, depth + 1
    return depth > DEEPEST


class Transfer:
    """One document on its way into a CV. Paths are tuples of names and indexes."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        if too_deep(document):
            raise Invalid([Problem("", "is nested too deeply", "a document of a CV")])
        self._left: Any = copy.deepcopy(document)
        self._touched: set[Path] = {()}
        self._cv: dict[str, Any] = {}
        self._origins: dict[str, Path] = {}
        self._lost: dict[Path, str] = {}

    def text(self, *path: str | int) -> str | None:
        """Take the text or number at this path; None where there is none, and anything else stays to be told."""
        holder = self._at(path[:-1])
        value = holder.get(path[-1]) if isinstance(holder, dict) else None
        if isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder):
            value = holder[path[-1]]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        self._forget(path)
        return str(value) if str(value).strip() else None

    def says(self, *path: str | int) -> bool:
        """Take what is at this path, and say whether it is true."""
        value = self._at(path)
        self._forget(path)
        return value is True or value == "true"

    def items(self, *path: str | int) -> range:
        """The indexes of the list at this path."""
        value = self._at(path)
        return range(len(value)) if isinstance(value, list) else range(0)

    def discard(self, *path: str | int) -> None:
        """Pass over what says nothing about the person."""
        self._forget(path)

    def lose(self, reason: str, *path: str | int) -> None:
        """Tell that what is at this path does not come along, for a reason of its own."""
        if not blank(self._at(path)):
            self._lost[path] = reason
        self._forget(path)

    def note(self, reason: str, *path: str | int) -> None:
        """Tell that what is at this path did not come along whole."""
        self._lost[path] = reason

    def peek(self, *path: str | int) -> Any:
        """What is at this path, as if nobody had looked."""
        touched = set(self._touched)
        value = self._at(path)
        self._touched = touched
        return value

    def put(self, value: str | None, *target: str | int, origin: Path) -> None:
        """Put a value, or nothing, into the CV. Text that is too long is cut."""
        if value is None or blank(value):
            return
        if target[-1] in ("description", "summary", "text"):
            value = self._cut(sanitise.text(value), LONGEST_TEXT, origin)
        elif len(target) == 1 or target[-1] in ("title", "employer", "school", "field", "name"):
            value = self._cut(sanitise.line(value), LONGEST_LINE, origin)
        self._origins[written(target)] = origin
        holder: Any = self._cv
        for step, following in itertools.pairwise(target):
            empty: Any = [] if isinstance(following, int) else {}
            if isinstance(step, int):
                while len(holder) <= step:
                    holder.append(None)
                holder[step] = empty if holder[step] is None else holder[step]
                holder = holder[step]
            else:
                holder = holder.setdefault(step, empty)
        if isinstance(holder, list):
            holder.append(value)
        else:
            holder[target[-1]] = value

    def skill(self, name: str | None, origin: Path) -> None:
        """Add a skill."""
        if name is None or blank(name):
            return
        skills = self._cv.get("skills", [])
        if len(skills) >= MOST_SKILLS or len(sanitise.line(name)) > LONGEST_SKILL:
            full = len(skills) >= MOST_SKILLS
            self._lost[origin] = f"is beyond {MOST_SKILLS} skills" if full else "is too long for the name of a skill"
        else:
            self.put(name, "skills", len(skills), origin=origin)

    def language(self, name: str | None, level: str | None, origin: Path, level_origin: Path) -> None:
        """Add a language by its code or name, and how well it is known."""
        if name is None or blank(name):
            return
        languages = self._cv.get("languages", [])
        code = code_of(name)
        if code is None:
            self._lost[origin] = "is no language by a code of ISO 639-1, or by its name in Finnish, Swedish or English"
        elif any(item["language"] == code for item in languages):
            self._lost[origin] = "is there twice"
        else:
            at = ("languages", len(languages))
            self.put(code, *at, "language", origin=origin)
            self.put(level, *at, "level", origin=level_origin)

    def finish(self) -> Carried:
        """The CV with what it can hold, and the rest told. Raises Invalid for what is too large altogether."""
        for part in ("experience", "education", "languages"):
            for index in range(MOST_ITEMS, len(self._cv.get(part, ()))):
                name = f"{part}[{index}]"
                self._lost.update(
                    (path, f"is beyond {MOST_ITEMS} entries")
                    for target, path in self._origins.items()
                    if target.startswith(name)
                )
            self._cv[part] = self._cv.get(part, [])[:MOST_ITEMS]
        while True:
            try:
                cv = load_cv(self._cv)
                break
            except Invalid as invalid:
                self._leave_out([problem for problem in invalid.problems if problem.field], invalid)
        self._tell(self._left, ())
        lost = [
            Lost(written(path), reason) for path, reason in sorted(self._lost.items(), key=lambda one: _order(one[0]))
        ]
        more = len(lost) - MOST_TOLD
        return Carried(
            cv, [*lost[:MOST_TOLD], Lost("", f"{more:,} more could not be carried over")] if more > 0 else lost
        )

    def _at(self, path: Path) -> Any:
        value = self._left
        for depth, step in enumerate(path):
            self._touched.add(path[:depth])
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def _forget(self, path: Path) -> None:
        holder = self._at(path[:-1])
        self._touched.add(path[:-1])
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        elif isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder):
            holder[path[-1]] = None

    def _cut(self, text: str, longest: int, origin: Path) -> str:
        if len(text) <= longest:
            return text
        self._lost[origin] = f"was cut to {longest:,} characters"
        return text[:longest].rsplit(None, 1)[0]

    def _leave_out(self, problems: list[Problem], invalid: Invalid) -> None:
        if not problems:
            raise invalid
        for problem in problems:
            origin = self._origins.get(problem.field, (problem.field,))
            self._lost[origin] = f"{problem.reason}; {GOES_ON}" if problem.field.endswith(".end") else problem.reason
            *way, last = _steps(problem.field)
            holder: Any = self._cv
            for step in way:
                holder = holder[step]
            holder[last] = None

    def _tell(self, value: Any, path: Path) -> None:
        if blank(value):
            return
        if isinstance(value, dict) and path in self._touched:
            for name, inner in value.items():
                self._tell(inner, (*path, str(name)))
        elif isinstance(value, list) and (path in self._touched or any(isinstance(one, dict | list) for one in value)):
            for index, inner in enumerate(value):
                self._tell(inner, (*path, index))
        else:
            self._lost.setdefault(path, NO_PLACE)


def _steps(field: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in field.replace("[", ".").replace("]", "").split(".")]


def _order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (0, step) for step in path)
