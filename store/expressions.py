"""What recruiters write to find CVs: words, phrases, fields, AND, OR, NOT and parentheses, read by the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedToken

from store.expression_fields import FIELDS, NAMES, nearest_field
from store.expression_leaves import Leaf as Leaf
from store.expression_leaves import Phrase as Phrase
from store.expression_leaves import Word as Word
from store.expression_leaves import read
from store.expression_mistakes import Written, out_of_place
from store.terms import plain

GRAMMAR = Path(__file__).with_suffix(".lark")
LENGTH = 2000  # characters
LEAVES = 50  # words and phrases
DEPTH = 20  # parentheses within each other
# PostgreSQL takes no NUL, and no encoding takes half a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Not:
    """What must not be there; never a Not itself."""

    member: Word | Phrase | And | Or


@dataclass(frozen=True)
class And:
    """All of at least two different members, none of them an And."""

    members: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """At least one of at least two different members, none of them an Or."""

    members: tuple[Expression, ...]


Expression = Word | Phrase | Not | And | Or


@cache
def _grammar() -> Lark:
    return Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer="basic")


def parse(given: str, field: str = "text", *, negative_ok: bool = False) -> Expression | None:
    """Read a text; None where it is blank. Members stay in the order in which they were written, each once.

    With `negative_ok`, an expression that only excludes is let through. Raises `expression_mistakes.SyntaxMistake`,
    which is Invalid, for the first thing that is wrong: its problem is that of `field`.
    """
    written = Written(given, field)
    if len(given) > LENGTH:
        raise written.mistake(LENGTH, "the text is too long", f"at most {LENGTH} characters, not {len(given)}")
    if bad := UNSTORABLE.search(given):
        raise written.mistake(bad.start(), "the character cannot be searched for", "letters, digits and signs")
    if not given.strip():
        return None
    expression = _built(_tree(written), written, None)
    # What is accepted is kept as `text` writes it, and has to be accepted when it is read again.
    if len(text(expression)) > LENGTH:
        right = f"at most {LENGTH} characters with the field before each word of its own"
        raise written.mistake(0, "the text is too long", right)
    if not negative_ok and not selective(expression):
        right = f"a word that must be there as well: developer {_shortened(given, expression)}"
        raise written.mistake(0, "this only excludes and would find nearly everybody", right)
    return expression


def _shortened(given: str, expression: Expression) -> str:
    short = " ".join(given.split())
    short = short if len(short) <= 40 else f"{short[:40]}…"
    return f"({short})" if isinstance(expression, Or) else short


def _tree(written: Written) -> Tree[Token] | Token:
    """What the grammar makes of the text, within the limits: so nothing that walks it can go too deep."""
    reading = _grammar().parse_interactive(written.text)
    before: Token | None = None
    opened: list[int] = []
    leaves = 0
    try:
        for token in reading.lexer_thread.lex(reading.parser_state):  # type: ignore[no-untyped-call]
            at = token.start_pos or 0
            leaves += token.type in ("WORD", "PHRASE")
            if leaves > LEAVES:
                raise written.mistake(at, "too many words", f"at most {LEAVES} words and phrases")
            if token.type == "_OPEN" and len(opened) == DEPTH:
                raise written.mistake(at, "too many parentheses within each other", f"at most {DEPTH}")
            if token.type == "FIELD":
                _check_field(token, written)
            reading.feed_token(token)
            if token.type == "_OPEN":
                opened.append(at)
            elif token.type == "_CLOSE":
                opened.pop()
            before = token
        if before is None:
            raise written.mistake(0, "there is no word", "at least one letter or digit")
        return reading.feed_eof(before)  # type: ignore[no-untyped-call,no-any-return]
    except UnexpectedCharacters as quote:
        at = quote.pos_in_stream or 0
        right = f"a second quotation mark at the end of the phrase that begins with {written.quoted(at)}"
        raise written.mistake(at, "the quotation mark is never closed", right) from None
    except UnexpectedToken as unexpected:
        raise out_of_place(written, unexpected.token, before, opened) from None


def _check_field(token: Token, written: Written) -> None:
    if (name := plain(token[:-1])) in FIELDS:
        return
    meant = nearest_field(name)
    guess = f"{meant}: instead of {written.quoted(token.start_pos or 0)}; " if meant else ""
    right = f"{guess}one of {', '.join(NAMES)}; a word with a colon in quotation marks"
    raise written.mistake(token.start_pos or 0, "there is no such field", right)


def _built(node: Tree[Token] | Token, written: Written, field: str | None) -> Expression:
    if isinstance(node, Token):
        return read(node, written, field)
    if node.data == "fielded":
        name, value = node.children
        return _built(value, written, FIELDS[plain(str(name)[:-1])])
    members = [_built(child, written, field) for child in node.children]
    match node.data:
        case "excluded":
            return negated(members[0])
        case "either":
            return _joined(Or, members)
        case _:
            return _joined(And, members)


def negated(expression: Expression) -> Expression:
    """What the expression does not find."""
    return expression.member if isinstance(expression, Not) else Not(expression)


def _joined(kind: type[And] | type[Or], members: list[Expression]) -> Expression:
    flat = (one for member in members for one in (member.members if isinstance(member, kind) else (member,)))
    once = tuple(dict.fromkeys(flat))
    return kind(once) if len(once) > 1 else once[0]


def text(expression: Expression) -> str:
    """The expression as a person would write it; `parse` reads what it gave as the same again."""
    match expression:
        case Or(members):
            return " OR ".join(map(text, members))
        case And(members):
            return " ".join(f"({text(one)})" if isinstance(one, Or) else text(one) for one in members)
        case Not(excluded):
            return f"-({text(excluded)})" if isinstance(excluded, And | Or) else f"-{text(excluded)}"
        case Word() | Phrase():
            value = f'"{expression.text}"' if isinstance(expression, Phrase) else expression.text
            star = "*" if isinstance(expression, Word) and expression.prefix else ""
            return f"{expression.field}:{value}{star}" if expression.field else f"{value}{star}"


def selective(expression: Expression) -> bool:
    """Whether what it finds is bounded by something that must be there, not by what must not."""
    match expression:
        case Not(excluded):
            return not selective(excluded)
        case And(members):
            return any(map(selective, members))
        case Or(members):
            return all(map(selective, members))
        case _:
            return True


def positives(expression: Expression) -> list[Leaf]:
    """The words and phrases that may be why something was found: those under an even number of NOTs, each once."""
    return list(dict.fromkeys(_leaves(expression, wanted=True)))


def _leaves(expression: Expression, *, wanted: bool) -> Iterator[Leaf]:
    match expression:
        case Not(excluded):
            yield from _leaves(excluded, wanted=not wanted)
        case And(members) | Or(members):
            for member in members:
                yield from _leaves(member, wanted=wanted)
        case Word() | Phrase() if wanted:
            yield expression
