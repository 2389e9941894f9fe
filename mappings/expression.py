"""What a written expression asks of CVs: one query for searching and for storing, so that both mean the same."""

from __future__ import annotations

from dataclasses import replace

from mappings.query import Query
from store.criteria import LANGUAGES
from store.expression_fields import place_codes
from store.expressions import And, Expression, Leaf, Not, Or, Phrase, Word, negated, positives
from store.languages import code_of

# What people say of themselves in words, by language; what is sought in no field is sought in all of the text.
ANYWHERE = "text"


def query(expression: Expression | None) -> Query:
    """The query, for filter context, that finds the CVs which the expression describes; all of them for None.

    A CV has words in the fields of its own language only, so words are sought in the fields of each language with that
    language's analysis. The same expression gives the same query, searched with or stored.
    """
    return {"match_all": {}} if expression is None else {"bool": {"filter": [_query(expression)]}}


def highlighted(expression: Expression) -> Query | None:
    """The query that marks in a CV's text what may be why it was found; None where the expression asks for no words.

    What was sought in one field is marked wherever it stands.
    """
    sought = [replace(leaf, field=None) for leaf in positives(expression) if leaf.field not in ("language", "place")]
    return _one_of([_in_words(leaf) for leaf in dict.fromkeys(sought)]) if sought else None


def _query(expression: Expression) -> Query:
    match expression:
        case And(members):
            return _all_of(members)
        case Or(members):
            return _one_of([_query(member) for member in members])
        case Not(Or(members)):
            # None of several is one condition after the other: no level of its own.
            return _all_of(tuple(negated(member) for member in members))
        case Not():
            return _all_of((expression,))
        case Word() | Phrase():
            return _leaf(expression)


def _all_of(members: tuple[Expression, ...]) -> Query:
    required = [_query(member) for member in members if not isinstance(member, Not)]
    excluded = [_query(member.member) for member in members if isinstance(member, Not)]
    asked: Query = {"filter": required or [{"match_all": {}}]}
    if excluded:
        asked["must_not"] = excluded
    return {"bool": asked}


def _one_of(alternatives: list[Query]) -> Query:
    return {"bool": {"should": alternatives, "minimum_should_match": 1}}


def _leaf(leaf: Leaf) -> Query:
    if leaf.field == "language":
        return {"term": {"spoken": code_of(leaf.text)}}
    if leaf.field == "place":
        return {"terms": {"place": list(place_codes(leaf.text))}}
    return _in_words(leaf)


def _in_words(leaf: Leaf) -> Query:
    fields = [f"{leaf.field or ANYWHERE}_{language}" for language in LANGUAGES]
    if isinstance(leaf, Word) and leaf.prefix:
        # The index holds stems. The beginning is sought among them as it is; and as a word of its own, since it may be
        # longer than the stem that it belongs to: "utvecklar*" has to find "utvecklare", which is held as "utveckl".
        beginning: list[Query] = [{"prefix": {field: {"value": leaf.text}}} for field in fields]
        return _one_of(beginning + [{"match": {field: {"query": leaf.text, "operator": "and"}}} for field in fields])
    if isinstance(leaf, Word) and leaf.text.isalnum():
        return _one_of([{"match": {field: {"query": leaf.text, "operator": "and"}}} for field in fields])
    # A phrase, and a word that the analysis splits (e-mail, t&k), must be there with all its parts side by side.
    return _one_of([{"match_phrase": {field: {"query": leaf.text}}} for field in fields])
