"""What a written expression asks of CVs: one query for searching and for storing, so that both mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from mappings.asked import Piece, pieces, term
from mappings.query import Query, holds, means, one_of
from store.expression_fields import place_codes
from store.expressions import And, Expression, Leaf, Not, Or, Phrase, Word, negated, positives
from store.languages import code_of

# The fields of the index by the fields that can be asked; what is sought in none is sought in all of the text.
FIELDS = {None: "text", "title": "title", "skill": "skill_text", "employer": "employer", "education": "education"}


def query(expression: Expression | None, expand: bool = True) -> Query:
    """The query, for filter context, that finds the CVs which the expression describes; all of them for None.

    With `expand`, words that are sought in all of the text also find what they name under its other names. The same
    expression gives the same query, searched with or stored.
    """
    return {"match_all": {}} if expression is None else {"bool": {"filter": [_query(expression, expand)]}}


def asked(expression: Expression, expand: bool = True) -> tuple[Piece, ...]:
    """What may be why a CV was found, to be marked in it: words that had to be there are looked up together, others one
    by one. What was sought in one field counts wherever it stands; prefixes are sought as words."""
    leaves = [leaf for leaf in positives(expression) if leaf.field not in ("language", "place")]
    together = _together(expression)
    named = tuple(sorted({leaf.text for leaf in leaves if leaf in together}))
    alone = {leaf.text for leaf in leaves if leaf not in together}
    found = [*pieces(named, expand), *(piece for text in sorted(alone) for piece in pieces((text,), expand))]
    return tuple(dict.fromkeys(found))


def _together(expression: Expression) -> list[Leaf]:
    members = expression.members if isinstance(expression, And) else (expression,)
    return [member for member in members if _expands(member)]


def _expands(one: Expression) -> TypeGuard[Word]:
    return isinstance(one, Word) and one.field is None and not one.prefix


def _query(expression: Expression, expand: bool) -> Query:
    match expression:
        case And(members):
            return _all_of(members, expand)
        case Or(members):
            return _one_of([_query(member, expand) for member in members])
        case Not(Or(members)):
            # None of several is one condition after the other: no level of its own.
            return _all_of(tuple(negated(member) for member in members), expand)
        case Not():
            return _all_of((expression,), expand)
        case Word() | Phrase():
            return _all_of((expression,), expand) if _expands(expression) else _leaf(expression)


def _all_of(members: Sequence[Expression], expand: bool) -> Query:
    # Words that must all be there are looked up together: "software developer" is one thing.
    words = tuple(sorted({one.text for one in members if _expands(one)}))
    required = [means(piece) for piece in pieces(words, expand)]
    others = [one for one in members if not (isinstance(one, Not) or _expands(one))]
    required += [_query(member, expand) for member in others]
    # Who excludes a word means the word.
    excluded = [_query(member.member, False) for member in members if isinstance(member, Not)]
    if len(required) == 1 and not excluded:
        return required[0]
    found: Query = {"filter": required or [{"match_all": {}}]}
    if excluded:
        found["must_not"] = excluded
    return {"bool": found}


def _one_of(alternatives: list[Query]) -> Query:
    return {"bool": {"should": alternatives, "minimum_should_match": 1}}


def _leaf(leaf: Leaf) -> Query:
    if leaf.field == "language":
        return {"term": {"spoken": code_of(leaf.text)}}
    if leaf.field == "place":
        return {"terms": {"place": list(place_codes(leaf.text))}}
    field = FIELDS[leaf.field]
    found = holds(term(leaf.text), field)
    if isinstance(leaf, Word) and leaf.prefix:
        # The index holds base forms. The beginning is sought among them; and as a word of its own, since it may
        # be longer than the form that it belongs to.
        return one_of([{"prefix": {field: {"value": leaf.text}}}, found])
    return found
