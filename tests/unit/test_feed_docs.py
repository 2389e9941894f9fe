"""docs/feeds.md: every example in it is a feed that is read as the page says."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from api import feeds
from api.feed_record import LONGEST_DOCUMENT, LONGEST_RECORD, Record
from api.feed_xml import MOST_ELEMENTS
from api.listing_schema import ListingSchema
from store.criteria import EMPLOYMENT

_PAGE = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
_EXAMPLES = re.findall(r"^```(\S+)\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
_FORMATS = {"ndjson": "ndjson", "json": "json", "html": "jobposting", "xml": "xml"}
_GOOD = [(kind, example) for kind, example in _EXAMPLES if kind in _FORMATS]


def _read(example: str) -> list[Record]:
    return list(feeds.read(io.BytesIO(example.encode()), None))


def test_there_is_an_example_of_each_format() -> None:
    assert {_FORMATS[kind] for kind, _ in _GOOD} == set(feeds.FORMATS)
    assert {kind for kind, _ in _EXAMPLES} == {*_FORMATS, "ndjson-with-problems", "report"}


@pytest.mark.promise("L1")
@pytest.mark.parametrize(("kind", "example"), _GOOD, ids=lambda value: value[:20])
def test_an_example_is_recognised_and_accepted_whole(kind: str, example: str) -> None:
    assert feeds.recognise(example) == _FORMATS[kind]
    records = _read(example)
    assert records
    assert [record.problems for record in records if record.problems] == []


@pytest.mark.promise("L1")
def test_the_report_is_what_the_page_says() -> None:
    examples = dict(_EXAMPLES)
    records = _read(examples["ndjson-with-problems"])
    told = [
        " | ".join([str(record.line), problem.field, problem.reason, problem.right]).replace("|  |", "| |")
        for record in records
        for problem in record.problems
    ]
    assert told == examples["report"].splitlines()
    assert [record.line for record in records if record.data] == [2]


def test_fields_words_and_limits_are_those_of_the_code() -> None:
    table = _PAGE[_PAGE.index("| field | | what it holds |") : _PAGE.index("Unknown fields are refused")]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(ListingSchema().fields)
    assert ", ".join(f"`{kind}`" for kind in EMPLOYMENT) in table
    for limit in (LONGEST_RECORD, LONGEST_DOCUMENT, MOST_ELEMENTS):
        assert f"| {limit:,} " in _PAGE
