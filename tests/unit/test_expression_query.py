"""The query of an expression: which fields, which kind of query, and how exclusion and alternatives are written."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.expression import FIELDS, query
from mappings.expression import asked as sought
from mappings.indexes import candidate_fields
from store import occupations
from store.expressions import parse


def asked(written: str) -> dict[str, Any]:
    """The one part of the query, which stands in filter context."""
    (part,) = query(parse(written, negative_ok=True))["bool"]["filter"]
    return dict(part)


def one_of(*alternatives: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"should": list(alternatives), "minimum_should_match": 1}}


def word(key: str, field: str = "text") -> dict[str, Any]:
    return {"term": {field: key}}


def phrase(keys: str, field: str = "text") -> dict[str, Any]:
    return {"match_phrase": {field: {"query": keys}}}


def concept(name: str) -> dict[str, Any]:
    return {"term": {"concept": occupations.find(name)[0].code}}


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("quorum", word("quorum")),
        ("skill:java", word("java", "skill_text")),
        ("e-mail", word("email")),
        ('title:"team lead"', phrase("team lead", "title")),
        ("sairaanhoitajille", concept("sairaanhoitaja")),
        ("title:sairaanhoitajille", word("sairaanhoitaja", "title")),
        ("chef", word("chef")),
        (
            "(software developer) quorum",
            {
                "bool": {
                    "filter": [
                        {
                            "bool": {
                                "filter": [
                                    one_of(
                                        {"bool": {"filter": [word("developer"), word("software")]}},
                                        concept("software developer"),
                                    )
                                ]
                            }
                        },
                        word("quorum"),
                    ]
                }
            },
        ),
        ("kieli:ruotsi", {"term": {"spoken": "sv"}}),
        ("place:Uusimaa", {"terms": {"place": ["fi-r01"]}}),
        ("xq xz", {"bool": {"filter": [word("xq"), word("xz")]}}),
        ("xq -xz", {"bool": {"filter": [word("xq")], "must_not": [word("xz")]}}),
        ("xq -kokki", {"bool": {"filter": [word("xq")], "must_not": [word("kokki")]}}),
        ("xq OR xz", one_of(word("xq"), word("xz"))),
        ("-xq", {"bool": {"filter": [{"match_all": {}}], "must_not": [word("xq")]}}),
        ("-(xq OR xz)", {"bool": {"filter": [{"match_all": {}}], "must_not": [word("xq"), word("xz")]}}),
    ],
)
def test_asks_for_what_was_written(written: str, part: dict[str, Any]) -> None:
    assert asked(written) == part


def test_a_beginning_is_sought_among_the_base_forms_and_as_a_word() -> None:
    assert asked("employer:Xqprog*") == {
        "bool": {"filter": [one_of({"prefix": {"employer": {"value": "xqprog"}}}, word("xqprog", "employer"))]}
    }


def test_without_expansion_words_mean_themselves() -> None:
    (part,) = query(parse("sairaanhoitajille OR software developer"), expand=False)["bool"]["filter"]
    assert part == one_of(word("sairaanhoitaja"), {"bool": {"filter": [word("developer"), word("software")]}})


def test_no_expression_finds_all() -> None:
    assert query(None) == {"match_all": {}}


def test_every_field_is_one_that_cvs_and_saved_searches_have() -> None:
    written = "a* title:b skill:c employer:d education:e language:sv place:fi".replace("a*", "abc*")
    found = set(_fields(query(parse(written))))
    assert found <= candidate_fields()
    assert found == {*FIELDS.values(), "spoken", "place"}


def _fields(part: Any) -> list[str]:
    if isinstance(part, list):
        return [name for one in part for name in _fields(one)]
    name, below = next(iter(part.items()))
    if name != "bool":
        return [] if name == "match_all" else list(below)
    return [name for clauses in below.values() if isinstance(clauses, list) for name in _fields(clauses)]


def test_what_was_asked_for_is_marked_wherever_it_stands() -> None:
    expression = parse('skill:xq xq -spring "team lead" software developer language:sv place:fi')
    assert expression is not None
    marked = [(piece.text, piece.code is not None) for piece in sought(expression)]
    assert marked == [("developer software", True), ("xq", False), ("team lead", False)]


def test_nothing_is_marked_where_no_words_are_asked_for() -> None:
    expression = parse("language:sv place:fi -java")
    assert expression is not None
    assert sought(expression) == ()
