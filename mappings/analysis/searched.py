"""What a search asks for where a person wrote a word or a phrase: as few keys as find it in every language."""

from __future__ import annotations

from functools import lru_cache

from mappings.analysis import tokens, words


@lru_cache(maxsize=20_000)
def asked(word: str) -> tuple[str, ...]:
    """The keys that a searched word stands for, mostly one: a text that has one of them among a word's keys has it.

    A text that holds the word as it is asked is found always, whatever its language. Nothing is asked for where there
    is no letter or digit. Raises ValueError for what is several words (and/or): that is a phrase.
    """
    found = asked_phrase(word)
    if any(len(keys) > 1 for keys in found):
        raise ValueError("several words are a phrase")
    return tuple(keys[0] for keys in found)


@lru_cache(maxsize=20_000)
def asked_phrase(text: str) -> tuple[tuple[str, ...], ...]:
    """The alternatives that a phrase stands for, each with one key for each of its words; mostly one alternative.

    There is one for each language, since texts hold the base forms of their own language. Empty for a text without
    words.
    """
    spelled = [words.picked(word) for _, _, word in tokens.cut(text)]
    return tuple(dict.fromkeys(zip(*spelled, strict=True)))
