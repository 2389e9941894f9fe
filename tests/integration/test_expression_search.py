"""A written expression finds in the engine what it means, and a stored one is found by the same CVs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mappings.analysis import concepts, stacked
from mappings.client import client, search
from mappings.expression import FIELDS as INDEXED
from mappings.expression import query
from mappings.indexes import body
from store.expressions import DEPTH, LEAVES, And, Expression, Leaf, Not, Or, Phrase, Word, parse, text
from tests.conftest import Services

# Words that are their own base forms, in none of which another is the head: comparing letters says what is found.
VOCABULARY = ["alpha", "alphabet", "java", "javascript", "quorum", "quartz", "c++", "c#"]
FIELDS = ["title", "skill", "employer", "education"]
Cv = dict[str, Any]

values = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4).map(" ".join)
cvs = st.fixed_dictionaries(
    {
        "language": st.sampled_from(["fi", "sv", "en"]),
        "fields": st.dictionaries(st.sampled_from(FIELDS), st.lists(values, min_size=1, max_size=2), max_size=3),
        "spoken": st.lists(st.sampled_from(["fi", "sv", "en"]), max_size=2, unique=True),
        "place": st.sampled_from([["fi"], ["fi-r06", "fi"], ["fi-837", "fi-r06", "fi"], ["se-0180", "se-01", "se"]]),
    }
)
fields = st.none() | st.sampled_from(FIELDS)
leaves: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Word, st.sampled_from(VOCABULARY), st.just(False), fields),
    st.builds(Word, st.sampled_from(["alp", "alpha", "jav", "java", "qua"]), st.just(True), fields),
    st.builds(Phrase, st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3).map(" ".join), fields),
    st.builds(Word, st.sampled_from(["suomi", "sv", "english"]), st.just(False), st.just("language")),
    st.builds(Word, st.sampled_from(["tampere", "pirkanmaa", "fi", "stockholm"]), st.just(False), st.just("place")),
)
LANGUAGE = {"suomi": "fi", "sv": "sv", "english": "en"}
PLACE = {"tampere": "fi-837", "pirkanmaa": "fi-r06", "fi": "fi", "stockholm": "se-0180"}


def groups(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    either: st.SearchStrategy[Expression] = several.map(Or)
    both: st.SearchStrategy[Expression] = several.map(And)
    without: st.SearchStrategy[Expression] = inner.map(lambda one: one if isinstance(one, Not) else Not(one))
    return st.one_of(either, both, without)


def read(written: str) -> Expression:
    expression = parse(written, negative_ok=True)
    assert expression is not None
    return expression


# Through text and parse, so that what is asked is what can be written.
expressions = st.recursive(leaves, groups, max_leaves=8).map(text).map(read)


def document(cv: Cv) -> dict[str, Any]:
    """The fields of a CV that are searched: those of its own language, and all of them together as its text."""
    language = cv["language"]
    whole = [value for given in cv["fields"].values() for value in given]
    return {
        **{INDEXED[field]: [stacked(one, language) for one in given] for field, given in cv["fields"].items()},
        "text": [stacked(one, language) for one in whole],
        "concept": sorted(concepts.above({code for one in whole for code in concepts.named(one, language)})),
        "spoken": cv["spoken"],
        "place": cv["place"],
    }


def meets(cv: Cv, expression: Expression) -> bool:
    """What the expression says, without an engine."""
    match expression:
        case And(members):
            return all(meets(cv, one) for one in members)
        case Or(members):
            return any(meets(cv, one) for one in members)
        case Not(member):
            return not meets(cv, member)
        case Word() | Phrase():
            return _has(cv, expression)


def _has(cv: Cv, leaf: Leaf) -> bool:
    if leaf.field == "language":
        return LANGUAGE[leaf.text] in cv["spoken"]
    if leaf.field == "place":
        return PLACE[leaf.text] in cv["place"]
    sought = leaf.text.split()
    texts = [value.split() for field, all_of in cv["fields"].items() for value in all_of if leaf.field in (None, field)]
    if isinstance(leaf, Word) and leaf.prefix:
        return any(word.startswith(leaf.text) for words in texts for word in words)
    return any(words[at : at + len(sought)] == sought for words in texts for at in range(len(words)))


@pytest.fixture(scope="module")
def indexes(services: Services) -> Iterator[dict[str, str]]:
    """An index of CVs and one of saved searches, of their own, for documents that no row stands behind."""
    names = {kind: f"vahti-{kind}-expressions" for kind in ("cvs", "searches")}
    for kind, name in names.items():
        client().indices.create(index=name, body=body(kind))
    yield names
    for name in names.values():
        client().indices.delete(index=name)


def fill(indexes: dict[str, str], corpus: list[dict[str, Any]], asked: list[Expression]) -> None:
    lines: list[dict[str, Any]] = []
    for number, one in enumerate(corpus):
        lines += [{"index": {"_index": indexes["cvs"], "_id": str(number)}}, one]
    for number, expression in enumerate(asked):
        stored = {"stored": True, "query": query(expression)}
        lines += [{"index": {"_index": indexes["searches"], "_id": str(number)}}, stored]
    for index in indexes.values():
        client().delete_by_query(index=index, body={"query": {"match_all": {}}}, params={"refresh": "true"})
    answer = client().bulk(body=lines, params={"refresh": "true"})
    assert not answer["errors"], answer


def found(index: str, asked: dict[str, Any]) -> set[int]:
    return {int(hit["_id"]) for hit in search(index, {"query": asked, "size": 100})["hits"]["hits"]}


def percolated(index: str, documents: list[dict[str, Any]]) -> list[set[int]]:
    return [
        found(index, {"bool": {"filter": [{"percolate": {"field": "query", "document": one}}]}}) for one in documents
    ]


@pytest.mark.promise("R2")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(cvs, min_size=1, max_size=6), st.lists(expressions, min_size=1, max_size=8))
@example(
    [{"language": "en", "fields": {"skill": ["java quorum", "c++"]}, "spoken": [], "place": ["fi"]}],
    [read('"quorum c++"'), read('skill:"java quorum"'), read("-c#"), read("jav* OR -skill:c#"), read("title:java")],
)
def test_finds_what_the_expression_means_searched_and_stored(
    indexes: dict[str, str], corpus: list[Cv], asked: list[Expression]
) -> None:
    documents = [document(cv) for cv in corpus]
    fill(indexes, documents, asked)
    meant = [{number for number, one in enumerate(asked) if meets(cv, one)} for cv in corpus]
    by_search = [found(indexes["cvs"], query(one)) for one in asked]
    assert [{number for number, hits in enumerate(by_search) if at in hits} for at in range(len(corpus))] == meant
    assert percolated(indexes["searches"], documents) == meant


@pytest.mark.promise("R2")
@pytest.mark.parametrize(
    ("language", "given", "written"),
    [
        ("en", "Programming in Java", "prog*"),
        ("en", "Senior programmer", "programmer*"),
        ("en", "Developer of games", "develope*"),
        ("sv", "Programmering", "prog*"),
        ("sv", "Utvecklare", "utvecklar*"),
        ("fi", "Sairaanhoitajana Tampereella", "sairaanhoita*"),
        ("fi", "Ohjelmistokehittäjä", "OHJELMISTO*"),
        ("fi", "Sairaanhoitajalle ja kokille", "kokki sairaanhoitaja"),
        ("sv", "Sjuksköterskor", '"sjuksköterska"'),
        ("en", "Sales & marketing by e-mail", "sales & marketing e-mail"),
        ("en", ".NET, C# and C++", ".NET c# C++"),
        ("en", "I know .NET and C++", ".net C++"),
    ],
)
def test_finds_words_as_people_write_them(indexes: dict[str, str], language: str, given: str, written: str) -> None:
    documents = [{"text": [stacked(given, language)], "concept": sorted(concepts.named(given, language))}]
    fill(indexes, documents, [read(written)])
    assert found(indexes["cvs"], query(read(written))) == {0}
    assert percolated(indexes["searches"], documents) == [{0}]


def test_the_engine_takes_the_deepest_and_the_longest_expression(indexes: dict[str, str]) -> None:
    deepest = "b"
    for level in range(DEPTH):
        deepest = f"a {'OR' if level % 2 else 'AND'} -({deepest})"
    longest = " OR ".join(["abc*", *(f'skill:"word{number} w"' for number in range(LEAVES - 1))])
    alternating = "b"
    for level in range(DEPTH):
        alternating = f"a {'OR' if level % 2 else 'AND'} ({alternating})"
    asked = [read(deepest), read(longest), read(alternating)]
    cv = {"language": "en", "fields": {"skill": ["a b word7 w"]}, "spoken": [], "place": []}
    fill(indexes, [document(cv)], asked)
    meant = {number for number, one in enumerate(asked) if meets(cv, one)}
    assert {number for number, one in enumerate(asked) if found(indexes["cvs"], query(one))} == meant
    assert percolated(indexes["searches"], [document(cv)]) == [meant]
