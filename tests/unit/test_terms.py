"""Words asked for are read the same however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.terms import Terms, parse


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Sairaanhoitaja Tampere", ("sairaanhoitaja", "tampere"), ()),
        ('"night shift" nurse -manager', ("night shift", "nurse"), ("manager",)),
        ("kokki kokki  KOKKI", ("kokki",), ()),
        ('-"head of" -chef cook', ("cook",), ("chef", "head of")),
        ("”yö vuoro” työ", ("työ", "yö vuoro"), ()),
        ("C# C++ .NET node.js t&k 24/7", (".net", "24/7", "c#", "c++", "node.js", "t&k"), ()),
        ('open "quote', ("open", "quote"), ()),
        ("- -- ??? &", (), ()),
        ("e-mail well-being", ("e-mail", "well-being"), ()),
        ("A\u0308iti", ("äiti",), ()),
    ],
)
def test_a_text_is_read_as_a_person_means_it(text: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> None:
    assert parse(text) == Terms(wanted, unwanted)


@given(st.text(max_size=200))
def test_what_was_read_is_written_and_read_again_the_same(text: str) -> None:
    terms = parse(text)
    assert parse(terms.text()) == terms
    assert all(any(letter.isalnum() for letter in term) for term in terms.wanted + terms.unwanted)
