"""Feeds of JSON and what holds for feeds of every format: good listings come through whatever is around them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import feeds
from api.feed_record import LONGEST_RECORD, Record
from api.schema_problems import MOST_PROBLEMS
from store.errors import Invalid, Problem

GOOD: dict[str, Any] = {
    "reference": "A-1",
    "title": "Kokki",
    "description": "Etsimme kokkia.",
    "language": "fi",
    "employer": "Ravintola Saari Oy",
    "places": ["fi-091"],
    "apply": {"url": "https://saari.example.fi/tyot/1"},
}


def line(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes}, ensure_ascii=False)


def read(feed: str | bytes, format: str | None = None) -> list[Record]:
    return list(feeds.read(io.BytesIO(feed.encode() if isinstance(feed, str) else feed), format))


def accepted(records: list[Record]) -> dict[int, str]:
    assert all((record.data is None) == bool(record.problems) for record in records)
    return {record.line: record.data.reference for record in records if record.data is not None}


def problems(records: list[Record]) -> dict[int, Problem]:
    return {record.line: record.problems[0] for record in records if record.problems}


def test_an_unknown_format_is_refused_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        feeds.read(io.BytesIO(), "csv")
    assert refused.value.problems == [
        Problem("format", "is not known", "one of: ndjson, json, jobposting, xml, or none to have it recognised")
    ]


@pytest.mark.parametrize(
    ("start", "format"),
    [
        (line() + "\n" + line(), "ndjson"),
        ("\n\n  " + line(), "ndjson"),
        ("{broken\n" + line(), "ndjson"),
        ("broken\n" + line(), "ndjson"),
        ("[" + line() + "]", "json"),
        ('{"listings": [', "json"),
        ('{"made_at": "2026-11-24", "listings" : [', "json"),
        ('{\n  "made_at": "2026-11-24",\n  "listings": [', "json"),
        ('{"reference": "A-1",\n "title": "Kokki"}', "json"),
        ('{"@context": "https://schema.org", "@type": "JobPosting"}', "jobposting"),
        ('{"title": "Kokki", "@type": "JobPosting"}', "jobposting"),
        ('{\n  "@type": ["JobPosting"],\n  "@context": "https://schema.org"}', "jobposting"),
        ('[{"@type": "schema:JobPosting"}]', "jobposting"),
        ('{"@graph":[', "jobposting"),
        ("<!DOCTYPE html><html>", "jobposting"),
        ("<!-- seite --><HTML lang=fi>", "jobposting"),
        ('<script type="application/ld+json">', "jobposting"),
        ("<!doctype\nhtml>", "jobposting"),
        ('<?xml version="1.0"?>\n<!-- feed --><listings>', "xml"),
        ("<source>", "xml"),
        ("<!DOCTYPE source>", "xml"),
        ("<", "xml"),
        ("<!---->" * 5_000, "xml"),
        ("title;employer;places", None),
        ("", None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_format_is_told_by_the_first_characters(start: str, format: str | None) -> None:
    assert feeds.recognise(start) == format


def test_an_empty_feed_has_no_records_and_an_unknown_one_says_so() -> None:
    assert read("") == read(" \r\n") == read("", "ndjson") == []
    assert accepted(read("\n" * 100_000 + line())) == {100_001: "A-1"}
    (record,) = read("title;employer;places\nKokki;Saari;Helsinki")
    assert record.problems[0].reason == "begins like none of the formats"


@pytest.mark.promise("L1")
def test_bad_lines_are_reported_and_good_ones_are_kept() -> None:
    records = read(
        "\ufeff" + line() + "\r\n"
        "\r\n"
        '{"reference": "A-2", "title": }\n'
        + line(reference="A-3", title="Kök")
        + "\n[1]\n"
        + line(reference="A-4", title=None)
        + "\n"
        + line(reference="A-5")
        + ' {"and": "more"}\n'
        + line(reference="A-6")
    )
    assert accepted(records) == {1: "A-1", 4: "A-3", 8: "A-6"}
    assert {at: (problem.field, problem.reason) for at, problem in problems(records).items()} == {
        3: ("", "is not JSON: expecting value, at character 31 of the line"),
        5: ("", "is not an object"),
        6: ("title", "is null"),
        7: ("", f"goes on after its end, at character {len(line(reference='A-5')) + 2} of the line"),
    }


@pytest.mark.parametrize(
    ("bad", "field", "reason"),
    [
        (line(title="Kökki").encode("latin-1"), "", "byte 33 of line 2 (0xF6) is not UTF-8"),
        (b"\0", "", "byte 1 of line 2 begins U+0000, which no text holds"),
        (line(title="\0").replace("\\u0000", "\0").encode(), "", "byte 32 of line 2 begins U+0000"),
        (b'{"reference": "B", "title": "a", "title": "b"}', "title", "is there twice"),
        (line(salary={"min": float("nan")}).encode(), "", "holds NaN, which is not JSON"),
        (line(salary={"min": float("-inf")}).encode(), "", "holds -Infinity, which is not JSON"),
        (b'{"title": "\\ud800"}', "reference", "missing"),
        (b"[" * 200_000, "", "is nested too deeply, at character 1 of the line"),
        (b'{"a":' * 100_000, "", "is nested too deeply, at character 1 of the line"),
        (b'"' + b"x" * LONGEST_RECORD + b'"', "", "is longer than 1,000,000 characters"),
        (b'{"reference": ' + b"9" * 10_000 + b"}", "reference", "is not text"),
        (b'{"salary": {"min": 1e' + b"9" * 30 + b"}}", "reference", "is missing"),
        ("\u2028".encode(), "", "is not JSON: expecting value"),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.promise("L1", "S5")
def test_nothing_in_a_line_reaches_the_next(bad: bytes, field: str, reason: str) -> None:
    records = read(line(reference="1").encode() + b"\n" + bad + b"\n" + line(reference="3").encode())
    assert accepted(records) == {1: "1", 3: "3"}
    problem = problems(records)[2]
    assert problem.field == field
    assert reason in problem.reason
    assert problem.right


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("whole", [line(reference="1") + "\n" + line(reference="2", title="Kök 🍳"), f"[{line()}]"])
def test_byte_order_marks_are_understood(encoding: str, whole: str) -> None:
    expected = accepted(read(whole))
    assert expected
    assert accepted(read(whole.encode(encoding))) == expected
    assert accepted(read(b"\xfe\xff" + whole.encode("utf-16-be"))) == expected


def test_broken_utf_16_is_a_problem_of_its_line() -> None:
    good = (line(reference="1") + "\n").encode("utf-16-le")
    records = read(b"\xff\xfe" + good + b"\x00\xd8\n\x00" + line(reference="3").encode("utf-16-le") + b"\n\0{")
    assert accepted(records) == {1: "1", 3: "3"}
    assert [problem.reason for problem in problems(records).values()] == [
        "byte 1 of line 2 begins half a character",
        "byte 1 of line 4 begins half a character",
    ]


@pytest.mark.promise("L1")
def test_of_two_listings_with_one_reference_the_first_counts() -> None:
    records = read("\n".join([line(title=None), line(), line(reference="A-2"), line(title="Toinen")]))
    assert accepted(records) == {2: "A-1", 3: "A-2"}
    assert problems(records)[4] == Problem(
        "reference", "is the same as in line 2", "a reference of its own for each listing"
    )


@pytest.mark.promise("L1")
def test_documents_keep_what_is_good_up_to_where_they_break() -> None:
    array = "[\n" + line(reference="1") + ",\n" + line(reference="2", title=[]) + ",\n" + line(reference="3")
    assert accepted(read(array + "\n]")) == {2: "1", 4: "3"}
    for broken, reason in (
        ("", "is not JSON: expecting ','"),
        (",", "is not JSON: expecting value"),
        (", {]", "is not JSON: expecting property name"),
        ("] ]", "goes on after its end"),
        (f", {'[' * 100_000}", "is nested too deeply"),
    ):
        records = read(array + "\n" + broken, "json")
        assert accepted(records) == {2: "1", 4: "3"}
        assert problems(records)[5].reason.startswith(reason)


@pytest.mark.parametrize(
    ("document", "lines", "reasons"),
    [
        (f'{{"made_at": {{"a": 1}},\n "listings": [{line()},\n{line(reference="2")}],\n "more": []}}', {2, 3}, []),
        (f'{{"listings": [],\n"listings": [{line()}]}}', {2}, []),
        ('{"listings": []}', set(), []),
        ("[]", set(), []),
        (line().replace(", ", ",\n"), {1}, []),
        ('{"listings": {}}', set(), ["is not a list"]),
        ("{}", set(), ["is missing"]),
        ('{"title": "a", "title": "b"}', set(), ["is there twice"]),
        ('{"listings" []}', set(), ["is not JSON: expecting ':'"]),
        ("{'listings': []}", set(), ["is not JSON: expecting a name in double quotes"]),
        ("", set(), ["is not JSON: expecting value"]),
        ("3", set(), ["is not an object"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_documents(document: str, lines: set[int], reasons: list[str]) -> None:
    records = read(document, "json")
    assert accepted(records).keys() == lines
    assert [problem.reason for problem in problems(records).values()] == reasons


def test_unreadable_bytes_in_a_document_hurt_one_listing() -> None:
    document = b'{"listings": [' + line(title="Kök").encode("latin-1") + b",\n" + line(reference="2").encode() + b"]}"
    records = read(document)
    assert accepted(records) == {2: "2"}
    assert problems(records)[1].reason == "byte 47 of line 1 (0xF6) is not UTF-8"
    flood = b"[" + line(description="\xe4" * 20_000).encode("latin-1") + b",\n" + line(title="\xe4").encode("latin-1")
    records = read(flood + b",\n" + line().encode() + b"]")
    assert accepted(records) == {3: "A-1"}
    assert len(problems(records)) == 2


def test_a_document_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.feed_json.LONGEST_DOCUMENT", 1000)
    (record,) = read(b"[" + line(description="x" * 1000).encode())
    assert record.problems[0].reason == "is longer than 1,000 characters"


def test_a_record_tells_no_more_than_is_read() -> None:
    (record,) = read(line(**{f"field_{number}": 1 for number in range(500)}))
    assert len(record.problems) <= MOST_PROBLEMS + 1


class _Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a network does."""

    def __init__(self, feed: bytes) -> None:
        self._pieces = (feed[at : at + 7] for at in range(0, len(feed), 7))

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


def test_how_a_stream_arrives_makes_no_difference() -> None:
    feed = "\n".join(line(reference=str(number), title="Kök 🍳") for number in range(5)).encode() + b"\n\xff\n"
    assert list(feeds.read(_Dribble(feed), None)) == read(feed)  # type: ignore[arg-type]


_pieces = st.sampled_from(
    [
        *(b"\n", b"\r\n", b"\0", b"\xff", b"\xe4", b"\xff\xfe", b"\xef\xbb\xbf"),
        *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"NaN", b"1e999"),
        *(b'{"listings":[', b'{"@graph":[', b'{"@type":"JobPosting",', b'"jobLocation":', b'"baseSalary":'),
        *(b"<", b">", b"&", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE a>", b"&nbsp;", b"&#xFDD0;"),
        *(b"<?xml version='1.0' encoding='latin-1'?>", b"<listings>", b"<listing>", b"</listing>", b"</listings>"),
        *(b"<source>", b"<job>", b"</job>", b"<title>", b"<description>", b"<salary min='1'>", b"<apply><url>"),
        *(b"<html>", b'<script type="application/ld+json">', b"</script>"),
        *(line(reference=str(number)).encode() for number in range(3)),
    ]
)
_feeds = st.one_of(
    st.binary(max_size=200), st.lists(st.one_of(_pieces, st.binary(max_size=4)), max_size=25).map(b"".join)
)


@pytest.mark.promise("L1")
@given(_feeds, st.sampled_from([None, *feeds.FORMATS]))
def test_any_bytes_come_to_an_end_without_an_exception(feed: bytes, format: str | None) -> None:
    for record in read(feed, format):
        assert record.line >= 1
        assert (record.data is None) == bool(record.problems)
        assert all(problem.reason and problem.right for problem in record.problems)


_lines = st.binary(max_size=60).map(
    lambda some: some.replace(b"\n", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
)


@pytest.mark.promise("L1")
@given(st.lists(st.tuples(_lines, st.booleans()), max_size=8))
def test_good_lines_survive_any_neighbours(neighbours: list[tuple[bytes, bool]]) -> None:
    written = [line(reference=str(at)).encode() if good else bad for at, (bad, good) in enumerate(neighbours)]
    expected = {at + 1: str(at) for at, (_, good) in enumerate(neighbours) if good}
    assert accepted(read(b"\n".join([line(reference="first").encode(), *written]), "ndjson")) == {
        1: "first",
        **{at + 1: reference for at, reference in expected.items()},
    }


_ROOT = Path(__file__).parents[2]
_MEASURE = """
import resource, sys
from api import feeds

class Long:
    def __init__(self, start, record, end, size):
        self.pieces = self.all(start, record, end, size // len(record))
    def all(self, start, record, end, times):
        yield start
        for number in range(times):
            yield record.replace(b"@", str(number).encode())
        yield end
    def read(self, size):
        return next(self.pieces, b"")

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

good, filler = sys.argv[1].encode(), b"x" * 60_000
start, record, end = {
    "ndjson": (b"\\n", good + b"\\n" + b'{"filler": "' + filler + b'"}\\n', b""),
    "xml": (b"<listings>\\n", good + b"<listing><filler>" + filler + b"</filler></listing>\\n", b"</listings>"),
}[sys.argv[2]]
for size in (1_000_000, 100_000_000):
    records = accepted = 0
    for one in feeds.read(Long(start, record, end, size), None):
        records += 1
        accepted += one.data is not None
    print(records, accepted, peak())
"""

_XML = (
    '<listing reference="@"><title>Kokki</title><description>Etsimme kokkia.</description><language>fi</language>'
    "<employer>Saari</employer><place>fi-091</place><apply><url>https://saari.example.fi/</url></apply></listing>"
)


@pytest.mark.parametrize(("format", "good"), [("ndjson", line(reference="@")), ("xml", _XML)])
def test_a_long_feed_is_never_held_whole(format: str, good: str) -> None:
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE, good, format],
        check=True,
        capture_output=True,
        text=True,
        timeout=240,
        cwd=_ROOT,
    )
    (_, _, at_first), (records, good_ones, at_last) = (map(int, row.split()) for row in measured.stdout.splitlines())
    assert good_ones * 2 == records > 2_000
    assert at_last - at_first < 20, "megabytes more for a feed a hundred times as long"
