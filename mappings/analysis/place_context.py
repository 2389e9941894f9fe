"""Whether a word that is a name of a place and also a common word, or a person's name, is meant as the place."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.analysis import Token

# What stands before a place: in, to, from, at.
_BEFORE = """
i till från på vid nära omkring kring runt utanför in to from at near around outside within
"""
# What stands after its name: its kind.
_AFTER = """
kommun kommuns kommunen stad stads staden län läns region regionen kunta kunnan kunnassa kunnalle kuntaan kaupunki
kaupungin kaupungissa kaupungille kaupunkiin seutu seudun seudulla alue alueen alueella
"""
# Finnish endings of being somewhere, coming from there and going there.
LOCAL = ("ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "een", "aan", "ään", "oon", "öön", "iin", "uun")
BEFORE, AFTER = frozenset(_BEFORE.split()), frozenset(_AFTER.split())
_STARTS = frozenset(".!?\\n•*·–-")


# Finnish words that are Swedish names as well: at the start of a sentence their capital says nothing.
_FINNISH_WORDS = ("vara", "sala", "ale", "mora")


def names_place(text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the words from `first` to `last` are the place that they may name.

    It is written with a capital that it does not owe to the start of a sentence, and it has no other name beside it.
    At the start of a sentence and beside a name it takes a Finnish local case, a preposition before it, the kind of
    place after it, or the end of the line. So "Salossa", "i Lund", "Vara kommun" and "Espoo, Lahti" are places; "Matti
    Salo", "Nora Berg", "Vara med oss" and "mark" are not.
    """
    start, end = tokens[first].start, tokens[last].end
    if not text[start].isupper() or text[start : tokens[first].end].isupper():
        return False
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    before = tokens[first - 1] if first else None
    begins = before is None or bool(_STARTS & set(text[before.end : start]))
    if (after and after.word in AFTER) or (before and before.word in BEFORE):
        return True
    if tokens[last].word.endswith(LOCAL):
        return not (begins and tokens[first].word.startswith(_FINNISH_WORDS))
    if begins:
        return text[end : end + 1] in ("", ",", "\n", "/", ")")
    return not (
        _beside(text, before, start) or (after and text[end : after.start] == " " and text[after.start].isupper())
    )


def _beside(text: str, before: Token | None, start: int) -> bool:
    return before is not None and text[before.end : start] == " " and text[before.start].isupper()
