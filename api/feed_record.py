"""One record of a feed: a listing that may be published, or all that is wrong with it, and the line where it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.listing_schema import load_listing
from api.schema_problems import MOST_PROBLEMS
from store.errors import Invalid, Problem
from store.listing_input import ListingInput

# A record of a stream, or a line of NDJSON, in characters: several times the longest description with its markup.
LONGEST_RECORD = 1_000_000
# A JSON document or a web page is read whole, in characters.
LONGEST_DOCUMENT = 32_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """`line` is where the record begins in the feed, from 1. Either `data` is there, or `problems` are."""

    line: int
    data: ListingInput | None
    problems: list[Problem]


def refused(line: int, reason: str, right: str, field: str = "") -> Record:
    """A record that could not even be read."""
    return Record(line, None, [Problem(field, reason, right)])


def checked(line: int, data: object, found: Sequence[Problem] = (), names: Mapping[str, str] | None = None) -> Record:
    """The record of this listing, with the problems that were found while it was translated from another vocabulary.

    `names` says how that vocabulary calls the fields of ours, so that employers are told of what they wrote. Where a
    field had a problem in translation, what the schema says about the remains is left out."""
    problems = list(found)
    try:
        listing = load_listing(data)
    except Invalid as invalid:
        told = {problem.field for problem in found}
        for problem in invalid.problems:
            named = _renamed(problem, names or {})
            if named.field not in told:
                problems.append(named)
    return Record(line, None, problems[:MOST_PROBLEMS]) if problems else Record(line, listing, [])


def _renamed(problem: Problem, names: Mapping[str, str]) -> Problem:
    for ours in (problem.field, *(problem.field[: problem.field.rfind(end)] for end in ".[" if end in problem.field)):
        if ours in names:
            return Problem(names[ours], problem.reason, problem.right)
    return problem
