"""Marks: where in a text what was asked for stands, cut out and shown."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.analysis import analyse, concepts
from mappings.asked import pieces
from matcher import marks
from store import sanitise

SAMPLES = [json.loads(line) for line in Path("samples/listings.ndjson").read_text(encoding="utf-8").splitlines()]
SEARCHES = [
    ("sairaanhoitaja",),
    ("kokki", "tampere"),
    ("developer", "software"),
    ("undersköterska", "göteborg"),
    ("lahti",),
    ("hoitaja", "night shift"),
    ("uusimaa",),
    ("excel",),
]


def sought(*wanted: str) -> marks.Sought:
    return marks.sought(pieces(wanted))


@pytest.mark.promise("L2", "W4")
@pytest.mark.parametrize("wanted", SEARCHES)
def test_what_is_marked_is_what_the_index_finds(wanted: tuple[str, ...]) -> None:
    """The quick way through a text comes to what the whole analysis says."""
    asked = pieces(wanted)
    what = marks.sought(asked)
    found = 0
    for listing in SAMPLES:
        language, text = listing["language"], sanitise.text(listing["description"])
        tokens = analyse(text, language)
        for piece in asked:
            of_piece = marks.find(text, language, marks.sought([piece]))
            if piece.code is not None:
                named = {
                    (one.start, one.end)
                    for one in concepts.mentions(tokens, language, text)
                    if piece.code in concepts.above(one.codes)
                }
                assert {(one.start, one.end) for one in of_piece if one.named} <= named
                for start, end in named:
                    assert any(one.start < end and start < one.end for one in of_piece), (piece.text, text[start:end])
            for term in piece.terms:
                if term.keys is not None:
                    standing = [token for token in tokens if set(term.keys) & set(token.keys)]
                    assert bool(standing) <= bool(of_piece), (term.text, text)
                    found += bool(standing)
        for mark in marks.find(text, language, what):
            assert 0 <= mark.start < mark.end <= len(text)
    assert found or any(piece.code for piece in asked)


def test_the_word_itself_is_said_rather_than_another_name() -> None:
    what = sought("sairaanhoitaja")
    swedish, finnish = "Vi söker sjuksköterskor.", "Haemme sairaanhoitajia."
    found = [(text, marks.find(text, language, what)) for text, language in ((swedish, "sv"), (finnish, "fi"))]
    assert marks.stands(found[:1]) == {"sairaanhoitaja": "sairaanhoitaja → sjuksköterskor"}
    assert marks.stands(found) == {"sairaanhoitaja": "sairaanhoitaja"}


def test_a_doubtful_name_is_a_place_only_where_it_is_one() -> None:
    what = sought("salo")
    assert [mark.named for mark in marks.find("Työpaikka on Salossa.", "fi", what)] in ([True], [False])
    named = [mark for mark in marks.find("Yhteyshenkilö Matti Salo vastaa.", "fi", what) if mark.named]
    assert named == []


@pytest.mark.parametrize(
    ("text", "wanted", "shown"),
    [
        ("Kokki & kumppanit <b>", ("kokki",), "<mark>Kokki</mark> &amp; kumppanit &lt;b&gt;"),
        ("Night shifts, a night shift", ("night shift",), "<mark>Night shifts</mark>, a <mark>night shift</mark>"),
        ("Nothing here", ("kokki",), "Nothing here"),
    ],
)
def test_everything_but_the_marks_is_escaped(text: str, wanted: tuple[str, ...], shown: str) -> None:
    assert marks.whole(text, marks.find(text, "en", sought(*wanted))) == shown


texts: Any = st.lists(st.sampled_from(["nurse", "a<b", "&", "x" * 200, "cook", "is", "ä"]), max_size=120).map(" ".join)


@given(texts)
def test_fragments_are_stretches_of_the_text(text: str) -> None:
    found = marks.find(text, "en", sought("nurse", "cook"))
    fragments = marks.fragments(text, found)
    assert len(fragments) <= marks.FRAGMENTS
    assert bool(fragments) == bool(found)
    for fragment in fragments:
        plain = unescape(fragment.replace("<mark>", "").replace("</mark>", ""))
        assert plain in text
        assert "<mark>" in fragment
        longest = max(len(mark_text) for mark_text in ("nurse", "cook"))
        assert len(plain) <= 2 * marks.FRAGMENT + longest
