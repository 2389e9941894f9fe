"""Texts are cut into words that keep their place, and what a text holds is found by what is asked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import analysis
from mappings.analysis import analyse, tokens, words
from mappings.analysis.stretches import around

LANGUAGES = st.sampled_from(words.LANGUAGES)
# Words and what stands between them, so that joined words, endings, addresses and half of them come up often.
FREQUENT = """hoitaja Hoitajia lähihoitajille SJUKSKÖTERSKAN nurses kokin chef utvecklare İstanbul Straße Wolt EU IT T R
D C c F Node js NET net fi se n ssä s 3 24 7 1 5 å Ä ö e\u0301 \u0301 \u00ad \u200b ﬁ ß ǰ - – ' ’ : . , & @ # + ++ | / _
:// https://www. www. ( ) 100 prosenttinen"""
PIECES = st.sampled_from(FREQUENT.split()) | st.sampled_from(list(" \t\n\u00a0"))
LATIN = st.text(st.characters(max_codepoint=0x036F, exclude_categories=["Cc"]), max_size=30)
TEXTS = st.lists(PIECES, max_size=12).map("".join) | LATIN | st.text(max_size=30)


def spellings(text: str) -> list[str]:
    return [word for _, _, word in tokens.cut(text)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("C#, C++, F# ja .NET.", ["c#", "c++", "f#", "ja", ".net"]),
        ("C/C++ ja/tai Node.js. ASP.NET:", ["c", "c++", "ja", "tai", "node.js", "asp.net"]),
        ("T&K, R&D; Q & A", ["t&k", "r&d", "q", "a"]),
        ("Sopimus alkoi.Seuraava", ["sopimus", "alkoi", "seuraava"]),
        ("EU:n IT:ssä Huom:tärkeä", ["eu:n", "it:ssä", "huom", "tärkeä"]),
        ("Wolt'in nurse’s 'hoitaja'", ["wolt'in", "nurse's", "hoitaja"]),
        ("lähi\u00adhoitaja ko\u200bkki", ["lähihoitaja", "kokki"]),
        ("24/7, 3D, B2B, 1,5 klo 8:00-16:30.", ["24/7", "3d", "b2b", "1,5", "klo", "8:00-16:30"]),
        ("sosiaali- ja terveysala", ["sosiaali", "ja", "terveysala"]),
        ("IT‑asiantuntija .NET-kehittäjä C++-ohjelmoija", ["it-asiantuntija", ".net-kehittäjä", "c++-ohjelmoija"]),
        ("anna.v@firma.fi, www.firma.fi/tyot.", ["anna.v@firma.fi", "www.firma.fi/tyot"]),
        ("__tärkeää__ snake_case", ["tärkeää", "snake", "case"]),
        ("İSTANBUL Straße ẞ oﬃce", ["istanbul", "straße", "ß", "office"]),
        ("", []),
        (" … – ' ' ʼ & ", []),
        ("vaaʼan", ["vaa'an"]),
    ],
)
def test_what_is_one_word(text: str, cut: list[str]) -> None:
    assert spellings(text) == cut


@given(TEXTS, LANGUAGES)
def test_offsets_are_those_of_the_text_as_it_is(text: str, language: str) -> None:
    before = 0
    for token in analysis.analyse(text, language):
        assert before <= token.start < token.end <= len(text)
        assert tokens.spelled(text[token.start : token.end]) == token.word
        before = token.end


@given(TEXTS, LANGUAGES)
def test_every_word_has_one_position_in_the_index(text: str, language: str) -> None:
    found = analysis.analyse(text, language)
    stacks = analysis.stacked(text, language).split()
    assert [tuple(stack.split("|")) for stack in stacks] == [token.keys for token in found]
    assert all(token.keys and all(token.keys) for token in found)


@given(TEXTS, LANGUAGES)
def test_every_word_of_a_text_is_found_by_itself(text: str, language: str) -> None:
    for token in analysis.analyse(text, language):
        assert set(analysis.asked(text[token.start : token.end])) & set(token.keys)
        assert set(analysis.asked(token.word)) & set(token.keys)


@given(TEXTS, LANGUAGES)
def test_a_text_is_found_by_itself_as_a_phrase(text: str, language: str) -> None:
    found = analysis.analyse(text, language)
    phrases = analysis.asked_phrase(text)
    assert bool(found) == bool(phrases)
    if found:
        assert any(all(key in token.keys for key, token in zip(phrase, found, strict=True)) for phrase in phrases)


@given(st.lists(PIECES, max_size=12).map("".join) | LATIN, LANGUAGES)
def test_composed_and_decomposed_letters_are_the_same(text: str, language: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert analysis.stacked(composed, language) == analysis.stacked(decomposed, language)


def test_what_is_several_words_is_asked_as_a_phrase() -> None:
    with pytest.raises(ValueError, match="phrase"):
        analysis.asked("ja/tai")
    assert analysis.asked_phrase("ja/tai") == (("ja", "tai"),)
    assert analysis.asked("–") == ()
    assert analysis.asked_phrase("") == ()


@given(
    st.lists(st.sampled_from(["sairaanhoitajia", "Tampereella", "C++", "lähi-hoitaja.", "24/7", "ja", "–"])).map(
        " ".join
    ),
    st.integers(0, 3),
)
def test_stretches_are_those_of_the_whole_analysis(text: str, after: int) -> None:
    keys = dict.fromkeys(("sairaanhoitaja", "hoitaja", "cplusplus"), after)
    whole = analyse(text, "fi")
    found = [token for stretch in around(text, "fi", keys) for token in stretch]
    assert found == sorted(set(found)), "in their order, each once"
    assert {token for token in whole if keys.keys() & set(token.keys)} <= set(found)
    for stretch in filter(None, around(text, "fi", keys)):
        at = whole.index(stretch[0])
        assert stretch == whole[at : at + len(stretch)], "without a gap"
