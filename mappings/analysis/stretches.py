"""The stretches of a text where something that is sought may stand, found without reading the rest word by word."""

from __future__ import annotations

from collections.abc import Mapping

from mappings.analysis import concepts
from mappings.analysis.tokens import Token, cut_out, keys_of_piece


def around(text: str, language: str, keys: Mapping[str, int], codes: frozenset[str] = frozenset()) -> list[list[Token]]:
    """The stretches of a text where one of these keys stands or one of these codes, or one below it, is named.

    Each has the words as `analyse` has them, with one before and one after: as many after a key as `keys` says.
    """
    pieces = text.split()
    wanted = keys.keys()
    found = [
        (number, number + max(keys[key] for key in has if key in keys))
        for number, piece in enumerate(pieces)
        if not wanted.isdisjoint(has := keys_of_piece(piece, language))
    ]
    if codes:
        found = sorted(found + [(first, last + 1) for first, last in concepts.spans(pieces, language, codes)])
    if not found:
        return []
    ranges: list[tuple[int, int]] = []
    for first, last in found:
        begin, end = max(0, first - 1), min(len(pieces), last + 1)
        if ranges and begin <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((begin, end))
    return cut_out(text, pieces, language, ranges)
