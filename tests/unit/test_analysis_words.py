"""A text emits every base form of a word, heads and parts; a search asks for one."""

from __future__ import annotations

import pytest

from mappings import analysis
from mappings.analysis import words


@pytest.mark.parametrize(
    ("word", "language", "some"),
    [
        ("kokkeja", "fi", {"kokki"}),
        ("sjuksköterskan", "sv", {"sjuksköterska"}),
        # Words of another language in a text are known in that one.
        ("sjuksköterskan", "fi", {"sjuksköterska"}),
        ("nurses", "sv", {"nurse"}),
        ("it-asiantuntijoita", "fi", {"itasiantuntija", "it", "asiantuntija"}),
        ("it-specialister", "sv", {"itspecialist", "it", "specialist"}),
        ("e-mails", "en", {"email", "mail"}),
        ("eu:n", "fi", {"eu"}),
        ("it:ssä", "fi", {"it"}),
        ("wolt'in", "fi", {"wolt"}),
        ("nurse's", "en", {"nurse"}),
        ("c#-kehittäjiä", "fi", {"csharp", "kehittäjä"}),
        ("asp.net", "en", {"asp", "dotnet"}),
        ("node.js", "en", {"nodejs", "node"}),
        ("https://www.firma.fi/tyot", "fi", {"firma"}),
        ("zxqwzt", "fi", {"zxqwzt"}),
    ],
)
def test_what_a_text_is_found_by(word: str, language: str, some: set[str]) -> None:
    assert some <= set(words.keys(word, language))


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("kokkeja", "kokki"),
        ("KOKKI", "kokki"),
        ("sjuksköterskor", "sjuksköterska"),
        ("nurses", "nurse"),
        ("C#", "csharp"),
        (".NET", "dotnet"),
        ("T&K", "t&k"),
        ("e-mail", "email"),
        ("email", "email"),
        ("EU:n", "eu"),
        ("IT", "it"),
        ("24/7", "24/7"),
        ("anna.v@firma.fi", "anna.v@firma.fi"),
        ("zxqwzt", "zxqwzt"),
        # Swedish rules would make a form of something of it, English has it as a word.
        ("supervisor", "supervisor"),
        ("linja-autoilla", "linjaauto"),
        ("linja-auto", "linjaauto"),
        ("linjaauton", "linjaauto"),
        ("e-mails", "email"),
        ("company's", "company"),
    ],
)
def test_a_search_asks_for_one_key(word: str, key: str) -> None:
    assert analysis.asked(word) == (key,)


def test_a_search_asks_for_both_where_two_languages_know_a_word_alike() -> None:
    # Few words of Finnish work are also something in English.
    assert analysis.asked("alan") == ("ala", "alan")
    assert analysis.asked_phrase("alan ammattilainen") == (("ala", "ammattilainen"), ("alan", "ammattilainen"))


def test_signs_keep_their_words_apart() -> None:
    asked = {analysis.asked(word) for word in ("C", "C++", "C#", "F#", "net", ".NET", "TK", "T&K")}
    assert len(asked) == 8
    assert not set(words.keys("c", "en")) & set(analysis.asked("C#"))


def test_letters_with_dots_and_rings_are_letters_of_their_own() -> None:
    assert not set(words.keys("vaalin", "fi")) & set(analysis.asked("väliin"))
    assert analysis.asked("for") != analysis.asked("för")


def test_a_key_has_a_longest_length() -> None:
    long = "a" * 500
    assert [len(key) for key in words.keys(long, "fi")] == [words.LONGEST_KEY]
    assert set(analysis.asked(long)) & set(words.keys(long, "sv"))


def test_what_is_known() -> None:
    assert analysis.known("sairaanhoitajille", "fi")
    assert not analysis.known("sairaanhoitajille", "sv")
