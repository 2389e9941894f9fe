"""The syntax of the recruiters' search: what it means, and that every mistake is told apart, at its position."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from store.errors import Invalid
from store.expression_fields import NAMES, place_codes
from store.expression_mistakes import SyntaxMistake
from store.expressions import (
    DEPTH,
    LEAVES,
    LENGTH,
    And,
    Expression,
    Not,
    Or,
    Phrase,
    Word,
    negated,
    parse,
    positives,
    selective,
    text,
)

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "cv-search.md"

A, B, C, D = Word("a"), Word("b"), Word("c"), Word("d")


def skill(word: str) -> Word:
    return Word(word, field="skill")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a AND NOT b OR c", Or((And((A, Not(B))), C))),
        ("a NOT b", And((A, Not(B)))),
        ("a -b -(c d)", And((A, Not(B), Not(And((C, D)))))),
        ("a ((b) (c AND d)) a", And((A, B, C, D))),
        ("a OR (b OR a)", Or((A, B))),
        ("a NOT (NOT b)", And((A, B))),
        ("a OR A", A),
        ("a and or not", And((A, Word("and"), Word("or"), Word("not")))),
        ("ANDy ORan NOTE", And((Word("andy"), Word("oran"), Word("note")))),
        ("(a)OR(b)", Or((A, B))),
        ("a, b; c", And((A, B, C))),
        ("a & b - c", And((A, B, C))),
        ('"Team  Lead"', Phrase("team lead")),
        ("“team lead” »a b«", And((Phrase("team lead"), Phrase("a b")))),
        ('"java"', Word("java")),
        ('"a AND (b"', Phrase("a and (b")),
        ("Prog*", Word("prog", prefix=True)),
        ("C++ C# .NET Node.js e-mail t&k", And(tuple(map(Word, ["c++", "c#", ".net", "node.js", "e-mail", "t&k"])))),
        ("C++:lla 10:30", And((Word("c++:lla"), Word("10:30")))),
        ("skill:Java", skill("java")),
        ("-skill:java a", And((Not(skill("java")), A))),
        ('title:"team lead"', Phrase("team lead", "title")),
        ("skill: (a OR b -c)", Or((skill("a"), And((skill("b"), Not(skill("c"))))))),
        ("skill:prog*", Word("prog", prefix=True, field="skill")),
        ("a\u030a", Word("å")),
        ("spra\u030ak:suomi", Word("suomi", field="language")),
        ("Kieli:sv SPRÅK:Finska", And((Word("sv", field="language"), Word("finska", field="language")))),
        ("ort:åbo place:fi-r06", And((Word("åbo", field="place"), Word("fi-r06", field="place")))),
        ('paikka:"västra götaland"', Phrase("västra götaland", "place")),
    ],
)  # fmt: skip
def test_reads_what_is_written(written: str, meant: Expression) -> None:
    assert parse(written) == meant
    assert parse(text(meant)) == meant


@pytest.mark.parametrize("blank", ["", "   ", "\n\t"])
def test_a_blank_text_asks_for_nothing(blank: str) -> None:
    assert parse(blank) is None


MISTAKES = [
    ('java "team lead', 5, "the quotation mark is never closed"),
    ("java (spring", 5, "the parenthesis is never closed"),
    ("java (", 5, "the parenthesis is never closed"),
    ("java) spring", 4, "the closing parenthesis closes nothing"),
    ("AND java", 0, "AND has nothing before it"),
    ("java (OR spring)", 6, "OR has nothing before it"),
    ("java OR", 5, "OR has nothing after it"),
    ("(java NOT) spring", 6, "NOT has nothing after it"),
    ("java OR AND spring", 8, "AND follows right after OR"),
    ("java NOT -spring", 9, "- follows right after NOT"),
    ("java ( )", 5, "the parentheses are empty"),
    ("java skil:spring", 5, "there is no such field"),
    ("java skill:", 5, "the field has no value"),
    ("skill: AND java", 0, "the field has no value"),
    ("(skill:)", 1, "the field has no value"),
    ("title:(java skill:spring)", 12, "a field stands inside another field"),
    ("title:skill:java", 6, "a field stands inside another field"),
    ("java *", 5, "the wildcard stands alone"),
    ("java *script", 5, "the wildcard stands at the beginning of the word"),
    ("java sc*pt", 7, "the wildcard stands inside the word"),
    ("java sc*", 5, "fewer than 3 letters stand before the wildcard"),
    ("java c++d*", 5, "a wildcard goes with letters and digits only"),
    ('java "prog* x"', 10, "a wildcard stands in a phrase"),
    ('java ""', 5, "the phrase holds no word"),
    ("java language:finish", 14, "there is no such language"),
    ("java kieli:fin*", 11, "a language takes no wildcard"),
    ("java place:Tampree", 11, "there is no such place"),
    ("java ort:tam*", 9, "a place takes no wildcard"),
    ("NOT java", 0, "this only excludes and would find nearly everybody"),
    ("&", 0, "there is no word"),
    ("java\0", 4, "the character cannot be searched for"),
    ("java \ud800", 5, "the character cannot be searched for"),
    ("a " * LEAVES + "a", 2 * LEAVES, "too many words"),
    ("(" * (DEPTH + 1) + "a", DEPTH, "too many parentheses within each other"),
    ("a" * (LENGTH + 1), LENGTH, "the text is too long"),
    (f"koulutus:(a {'x' * (LENGTH - 20)})", 0, "the text is too long"),
]


@pytest.mark.parametrize(("written", "position", "reason"), MISTAKES)
def test_tells_each_mistake_apart_at_its_position(written: str, position: int, reason: str) -> None:
    with pytest.raises(SyntaxMistake) as raised:
        parse(written, "search.text")
    (problem,) = raised.value.problems
    assert (raised.value.position, problem.field) == (position, "search.text")
    assert problem.reason == f"at character {position + 1}: {reason}"
    assert problem.right


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("java (spring", 'a ")" after “(spring”'),
        ('java "night shift for a nurse', 'at the end of the phrase that begins with “"night shift for a n…”'),
        ("skil:java", "skill: instead of “skil:java”; one of title, skill, employer, education, language, place; a "),
        ("place:Tampree", "tampere instead of “Tampree”; a country, region or municipality by name or code (fi-837)"),
        ("language:finish", "finnish instead of “finish”; its name (Swedish, svenska, ruotsi) or code (sv)"),
        ("AND java", 'a word before it, or no AND; the word "and" itself is sought in lower case'),
        ("java (", 'a word and a ")" after “(”'),
        ("NOT java", "a word that must be there as well: developer NOT java"),
        ("-a OR -b", "a word that must be there as well: developer (-a OR -b)"),
    ],
)  # fmt: skip
def test_says_what_would_be_right(written: str, right: str) -> None:
    with pytest.raises(SyntaxMistake) as raised:
        parse(written)
    assert right in raised.value.problems[0].right


def test_an_error_that_may_be_logged_does_not_repeat_the_text() -> None:
    for written in ("(matti", '"matti', "matti:x", "place:matti", "matti AND", "mat*ti", "NOT matti"):
        with pytest.raises(Invalid) as raised:
            parse(written)
        assert "mat" not in str(raised.value)


def test_the_field_names_have_finnish_and_swedish_ones() -> None:
    for field, (finnish, swedish) in NAMES.items():
        value = {"language": "sv", "place": "fi-837"}.get(field, "x")
        one, two, three = (parse(f"{name}:{value}") for name in (field, finnish, swedish.upper()))
        assert one == two == three == Word(value, field=field)


def test_a_town_is_meant_and_not_the_region_called_after_it() -> None:
    assert place_codes("Stockholm") == ("se-0180",)
    assert place_codes("stockholms län") == ("se-01",)
    assert place_codes("fi") == ("fi",)
    assert place_codes("Atlantis") == ()


@pytest.mark.parametrize("written", ["NOT a", "-a -b", "a OR -b", "-(a b)", "-(a OR -b) OR -c"])
def test_what_only_excludes_is_let_through_where_it_may_be(written: str) -> None:
    with pytest.raises(SyntaxMistake):
        parse(written)
    expression = parse(written, negative_ok=True)
    assert expression is not None
    assert not selective(expression)


@pytest.mark.parametrize("written", ["a -b", "-(-a OR b)", "(a OR b) -c", "a OR (b -c)"])
def test_what_is_asked_for_bounds_what_is_excluded(written: str) -> None:
    assert parse(written) is not None


def test_positives_are_what_may_be_why() -> None:
    expression = parse('a -b (skill:c OR a) -(d -"e f")')
    assert expression is not None
    assert positives(expression) == [A, skill("c"), Phrase("e f")]


def test_hostile_texts_are_refused_at_once() -> None:
    began = time.perf_counter()
    for hostile in (
        "a " * 10_000,
        "(" * LENGTH,
        "-" * LENGTH,
        "-" * (LENGTH - 1) + "a",
        '"' * (LENGTH - 1),
        "&" * (LENGTH - 1) + "*",
        "NOT " * (LENGTH // 4),
        "place:" + "x" * (LENGTH - 6),
        "title:" * (LENGTH // 6),
        "ä:" * (LENGTH // 2),
    ):
        with pytest.raises(SyntaxMistake):
            parse(hostile)
    assert time.perf_counter() - began < 2


def test_the_deepest_and_the_longest_can_be_read_again() -> None:
    deepest = f"{'(a -(' * (DEPTH // 2)}b c{'))' * (DEPTH // 2)}"
    longest = " ".join(f"skill:{number:032}" for number in range(LEAVES - 1))
    for written in (deepest, longest):
        expression = parse(written)
        assert expression is not None
        assert canonical(expression) == expression


words = st.sampled_from(["java", "c++", ".net", "e-mail", "åbo", "10:30", "and", "ς", "straße", "i\u0307o", ":x"])
phrases = st.sampled_from(["team lead", "-x", "a and (b", "a:b", "c, d", "not -x"])
fields = st.none() | st.sampled_from(["title", "skill", "employer", "education"])
leaves: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Word, words, st.just(False), fields),
    st.builds(Word, st.sampled_from(["prog", "åbo", "not"]), st.just(True), fields),
    st.builds(Phrase, phrases, fields),
    st.builds(Word, st.sampled_from(["suomi", "sv"]), st.just(False), st.just("language")),
    st.builds(Phrase, st.just("västra götaland"), st.just("place")),
)


def canonical(expression: Expression) -> Expression:
    read = parse(text(expression), negative_ok=True)
    assert read is not None
    return read


def groups(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=2, max_size=3, unique=True).map(tuple)
    return st.one_of(
        several.map(lambda members: And(members)),
        several.map(lambda members: Or(members)),
        inner.map(negated),
    )


def flat(expression: Expression) -> bool:
    match expression:
        case And(members) | Or(members):
            return all(not isinstance(member, type(expression)) and flat(member) for member in members)
        case Not(member):
            return flat(member)
        case _:
            return True


@given(st.recursive(leaves, groups, max_leaves=12).filter(flat))
def test_what_is_written_back_reads_as_the_same(expression: Expression) -> None:
    assert canonical(expression) == expression


soup = st.lists(
    st.sampled_from(
        [*'()"“-*:,& \t', "AND", "OR", "NOT", "skill:", "kieli:", "ort:", "prog", "åbo", "suomi", "a", "a\u030a", " "]
    ),
    max_size=40,
).map("".join)


def read_or_refused(written: str) -> Expression | SyntaxMistake | None:
    try:
        return parse(written, negative_ok=True)
    except SyntaxMistake as mistake:
        return mistake


@given(st.one_of(soup, st.text(st.characters(), max_size=60)))
@example("İ:x")
@example("\u037e")
@example("(\u0338)")
def test_any_text_is_read_or_refused(written: str) -> None:
    read = read_or_refused(written)
    if isinstance(read, SyntaxMistake):
        assert 0 <= read.position <= len(written)
        assert read.problems[0].right
    elif read is not None:
        assert canonical(read) == read
        assert flat(read)
        assert unicodedata.is_normalized("NFC", text(read))


def rows(document: str) -> dict[str, str]:
    """What the tables of a document have in code in their first column, and what they say of it in the second."""
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|$", document, re.MULTILINE))


def test_the_document_says_what_is_so() -> None:
    found, refused = DOCUMENT.read_text(encoding="utf-8").split("## What is refused")
    assert len(rows(found)) > 10
    for written in rows(found):
        assert parse(written) is not None
    assert parse("nurse AND swedish") == parse("nurse swedish")
    assert parse("nurse -manager") == parse("nurse NOT manager")
    assert parse("nurse OR midwife swedish") == parse("nurse OR (midwife swedish)")
    assert len(rows(refused)) > 10
    for written, reason in rows(refused).items():
        with pytest.raises(SyntaxMistake) as raised:
            parse(written)
        assert raised.value.problems[0].reason == reason
    assert f"{LENGTH} characters, {LEAVES} words and phrases, and {DEPTH} parentheses" in refused
    for field, (finnish, swedish) in NAMES.items():
        assert f"| `{field}` | `{finnish}` | `{swedish}` |" in found
