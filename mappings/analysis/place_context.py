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


def names_place(text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the words from `first` to `last` are the place that they may name.

    It is written with a capital that it does not owe to the start of a sentence, and it does not follow a first name.
    At the start of a sentence or after a name it takes a Finnish local case, a preposition before it, the kind of place
    after it, or the end of the line. So "Salossa", "i Lund", "Vara kommun" and "Espoo, Lahti" are places; "Matti Salo",
    "Vara med oss" and "mark" are not.
    """
    start, end = tokens[first].start, tokens[last].end
    if not text[start].isupper() or text[start : tokens[first].end].isupper():
        return False
    if tokens[last].word.endswith(LOCAL) or (last + 1 < len(tokens) and tokens[last + 1].word in AFTER):
        return True
    if first and tokens[first - 1].word in BEFORE:
        return True
    between = text[tokens[first - 1].end : start] if first else ""
    if not first or _STARTS & set(between):
        return text[end : end + 1] in ("", ",", "\\n", "/", ")")
    follows_name = between == " " and text[tokens[first - 1].start].isupper()
    return not follows_name
