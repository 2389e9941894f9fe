"""The query of an expression: which fields, which kind of query, and how exclusion and alternatives are written."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.expression import highlighted, query
from mappings.indexes import candidate_fields
from store.expressions import parse


def asked(written: str) -> dict[str, Any]:
    """The one part of the query, which stands in filter context."""
    (part,) = query(parse(written, negative_ok=True))["bool"]["filter"]
    return dict(part)


def one_of(*alternatives: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"should": list(alternatives), "minimum_should_match": 1}}


def word(text: str, field: str = "text") -> dict[str, Any]:
    return one_of(*({"match": {f"{field}_{one}": {"query": text, "operator": "and"}}} for one in ("fi", "sv", "en")))


def phrase(text: str, field: str = "text") -> dict[str, Any]:
    return one_of(*({"match_phrase": {f"{field}_{one}": {"query": text}}} for one in ("fi", "sv", "en")))


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("java", word("java")),
        ("skill:java", word("java", "skill")),
        ("e-mail", phrase("e-mail")),
        ('title:"team lead"', phrase("team lead", "title")),
        ("kieli:ruotsi", {"term": {"spoken": "sv"}}),
        ("place:Uusimaa", {"terms": {"place": ["fi-r01"]}}),
        ("a b", {"bool": {"filter": [word("a"), word("b")]}}),
        ("a -b", {"bool": {"filter": [word("a")], "must_not": [word("b")]}}),
        ("a OR b", one_of(word("a"), word("b"))),
        ("-a", {"bool": {"filter": [{"match_all": {}}], "must_not": [word("a")]}}),
        ("-(a OR b)", {"bool": {"filter": [{"match_all": {}}], "must_not": [word("a"), word("b")]}}),
    ],
)
def test_asks_for_what_was_written(written: str, part: dict[str, Any]) -> None:
    assert asked(written) == part


def test_a_beginning_is_sought_among_the_stems_and_as_a_word() -> None:
    kinds = [next(iter(one.items())) for one in asked("employer:Prog*")["bool"]["should"]]
    fields = ["employer_fi", "employer_sv", "employer_en"]
    assert [(kind, next(iter(of))) for kind, of in kinds] == [
        *(("prefix", field) for field in fields),
        *(("match", field) for field in fields),
    ]
    assert {str(of) for kind, of in kinds if kind == "prefix"} == {str({field: {"value": "prog"}}) for field in fields}


def test_no_expression_finds_all() -> None:
    assert query(None) == {"match_all": {}}


def test_every_field_is_one_that_cvs_and_saved_searches_have() -> None:
    written = "a* title:b skill:c employer:d education:e language:sv place:fi".replace("a*", "abc*")
    found = set(_fields(query(parse(written))))
    assert found <= candidate_fields()
    assert {name.rpartition("_")[0] or name for name in found} == {
        *("text", "title", "skill", "employer", "education", "spoken", "place")
    }


def _fields(part: Any) -> list[str]:
    if isinstance(part, list):
        return [name for one in part for name in _fields(one)]
    name, below = next(iter(part.items()))
    if name != "bool":
        return [] if name == "match_all" else list(below)
    return [name for clauses in below.values() if isinstance(clauses, list) for name in _fields(clauses)]


def test_highlights_what_was_asked_for_wherever_it_stands() -> None:
    expression = parse('skill:java java -spring "team lead" language:sv place:fi')
    assert expression is not None
    assert highlighted(expression) == one_of(word("java"), phrase("team lead"))


def test_nothing_is_highlighted_where_no_words_are_asked_for() -> None:
    expression = parse("language:sv place:fi -java")
    assert expression is not None
    assert highlighted(expression) is None
