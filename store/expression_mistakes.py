"""What can be wrong with a written expression: each mistake has its position, its own sentence and what is right."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from store.errors import Invalid, Problem

OPERATORS = {"_AND": "AND", "_OR": "OR", "_NOT": "NOT", "_MINUS": "-"}
END = "$END"
# How much of the text is quoted around a mistake.
QUOTED = 20


class SyntaxMistake(Invalid):
    """An expression that cannot be read. `position` is the 0-based offset into the text as it was given.

    The problem's `reason` never repeats the text, which may name a person; its `right`, for the writer's eyes, does.
    """

    def __init__(self, problem: Problem, position: int) -> None:
        super().__init__([problem])
        self.position = position


@dataclass(frozen=True)
class Written:
    """A text as somebody wrote it, and the path of the value that held it."""

    text: str
    field: str

    def mistake(self, position: int, reason: str, right: str) -> SyntaxMistake:
        """What to raise for something that is wrong at a 0-based offset."""
        return SyntaxMistake(Problem(self.field, f"at character {position + 1}: {reason}", right), position)

    def quoted(self, start: int) -> str:
        """The beginning of what stands at an offset."""
        piece = " ".join(self.text[start:].split())
        return f"“{piece[:QUOTED]}…”" if len(piece) > QUOTED else f"“{piece}”"

    def before(self, position: int) -> str:
        """The end of what stands before an offset."""
        piece = " ".join(self.text[:position].split())
        return f"“…{piece[-QUOTED:]}”" if len(piece) > QUOTED else f"“{piece}”"


def out_of_place(written: Written, token: Token, before: Token | None, opened: list[int]) -> SyntaxMistake:
    """Why the grammar has no place for a token after the one before it (None at the beginning).

    `opened` are the offsets of the parentheses that are open. The end of the text is a token too.
    """
    at, kind = token.start_pos or 0, token.type
    last = before.type if before is not None else None
    last_at = (before.start_pos or 0) if before is not None else 0
    if last == "FIELD":
        if kind == "FIELD":
            return _field_in_field(written, at)
        right = f'what is sought right after {written.quoted(last_at)}: field:word, field:"a phrase" or field:(a OR b)'
        return written.mistake(last_at, "the field has no value", right)
    if kind == "_CLOSE" and not opened:
        right = f'a "(" where the group begins, or no ")" after {written.before(at)}'
        return written.mistake(at, "the closing parenthesis closes nothing", right)
    if kind == "_CLOSE" and last == "_OPEN":
        right = f"a word between the parentheses {written.quoted(last_at)}, or no parentheses"
        return written.mistake(last_at, "the parentheses are empty", right)
    if kind in (END, "_CLOSE") and last in OPERATORS:
        right = f"a word after it, or no {OPERATORS[last]} after {written.before(last_at)}"
        return written.mistake(last_at, f"{OPERATORS[last]} has nothing after it", right)
    if kind == END:
        missing = 'a word and a ")"' if last == "_OPEN" else 'a ")"'
        right = f"{missing} after {written.quoted(opened[-1])}"
        return written.mistake(opened[-1], "the parenthesis is never closed", right)
    if kind == "FIELD":
        return _field_in_field(written, at)
    sought = f'; the word "{OPERATORS[kind].lower()}" itself is sought in lower case' if kind != "_MINUS" else ""
    if last in OPERATORS:
        return written.mistake(
            at, f"{OPERATORS[kind]} follows right after {OPERATORS[last]}", f"one of the two{sought}"
        )
    right = f"a word before it, or no {OPERATORS[kind]}{sought}"
    return written.mistake(at, f"{OPERATORS[kind]} has nothing before it", right)


def _field_in_field(written: Written, at: int) -> SyntaxMistake:
    right = f"{written.quoted(at)} beside the other field, not inside it: skill:java title:developer"
    return written.mistake(at, "a field stands inside another field", right)
