"""The search of CVs as a recruiter sends it: JSON, read into what `matcher.cv_search` asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from api.cv_view import MOST
from mappings.cv_search import Sort
from matcher import cursor
from matcher.cv_search import CvSearch
from store import cv_criteria
from store.criteria import LANGUAGES
from store.cv_criteria import CvCriteria
from store.errors import Invalid, Problem

USUAL = 20
NAME = 100
SORTS: tuple[Sort, ...] = get_args(Sort)
MEMBERS = ("text", "criteria", "sort", "page", "size", "facets", "lang")


def read_search(given: object) -> CvSearch:
    """The search that a body asks for. Raises Invalid with everything that is wrong with it, mistakes in the text with
    their place."""
    members = _object(given)
    problems = [
        Problem(name, "is not known", f"one of: {', '.join(MEMBERS)}") for name in sorted(set(members) - set(MEMBERS))
    ]
    criteria = _criteria(members, problems)
    sort: Sort = members.get("sort") or "relevance"
    if sort not in SORTS:
        problems.append(Problem("sort", "is not an order", f"one of: {', '.join(SORTS)}"))
    size = members.get("size", USUAL)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST:
        problems.append(Problem("size", "is not a number of hits", f"1 to {MOST}"))
    facets = members.get("facets", False)
    if facets not in (True, False, 0, 1):
        problems.append(Problem("facets", "is neither true nor false", "true to count by place, skill and so on"))
    language = members.get("lang", "en")
    if language not in LANGUAGES:
        problems.append(Problem("lang", "is not a language of ours", f"one of: {', '.join(LANGUAGES)}"))
    page, after = _page(members.get("page", 1), sort, problems)
    if problems or criteria is None:
        raise Invalid(problems)
    return CvSearch(criteria, sort, size, page, after, bool(facets), language)


def read_saved(given: object) -> tuple[str, CvCriteria]:
    """The name and the criteria of a search to be saved. Raises Invalid, also for one that would tell of everybody."""
    members = _object(given)
    problems = [
        Problem(name, "is not known", "name, text and criteria")
        for name in sorted(set(members) - {"name", "text", "criteria"})
    ]
    name = members.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= NAME:
        problems.append(Problem("name", "is not a name", f"1 to {NAME} characters"))
    criteria = _criteria(members, problems)
    if criteria is not None and not criteria.body() and not problems:
        problems.append(Problem("criteria", "would tell you of every CV", "add a word, a place or an occupation"))
    if problems or criteria is None or not isinstance(name, str):
        raise Invalid(problems)
    return name.strip(), criteria


def _object(given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid([Problem("", "is not a JSON object", '{"text": "nurse AND Tampere", "criteria": {}}')])
    return given


def _criteria(members: Mapping[str, Any], problems: list[Problem]) -> CvCriteria | None:
    criteria, text = members.get("criteria") or {}, members.get("text") or ""
    if not isinstance(criteria, Mapping):
        problems.append(Problem("criteria", "is not an object", '{"places": ["fi-837"]}'))
        return None
    try:
        return cv_criteria.read(criteria, text)
    except Invalid as invalid:
        problems.extend(invalid.problems)
        return None


def _page(given: object, sort: Sort, problems: list[Problem]) -> tuple[int, cursor.Cursor | None]:
    right = "a number from 1, or what `next` said"
    if (isinstance(given, int) and not isinstance(given, bool)) or (
        isinstance(given, str) and given.isascii() and given.isdigit()
    ):
        number = int(given) if len(str(given)) <= 6 else 0
        if number < 1:
            problems.append(Problem("page", "is not the number of a page", right))
        return number, None
    if not isinstance(given, str):
        problems.append(Problem("page", "is neither a number nor the `next` of an answer", right))
        return 1, None
    try:
        after = cursor.read(given)
    except Invalid as invalid:
        problems.extend(invalid.problems)
        return 1, None
    if after.sort != sort:
        problems.append(Problem("page", "continues an answer in another order", f"sort: {after.sort}"))
    return 1, after
