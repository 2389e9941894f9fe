"""Swedish words: their base forms, careful guesses for unknown ones, and the heads of compounds."""

from __future__ import annotations

from mappings.analysis import swedish_compounds, swedish_inflection


def bases(word: str) -> tuple[str, ...]:
    """The plausible base forms of a word in lower case, the likeliest first; empty when it is unknown."""
    known = swedish_inflection.known(word) or swedish_inflection.agent(word) or swedish_inflection.by_suffix(word)
    if any(map(swedish_inflection.is_noun, known)) or word in known:
        return known
    if known:
        return tuple(dict.fromkeys((*swedish_compounds.nouns(word), *known)))
    found = swedish_compounds.readings(word) or swedish_inflection.by_rule(word)
    return tuple(dict.fromkeys((*found, *swedish_inflection.perhaps_agent(word))))


def guesses(word: str) -> tuple[str, ...]:
    """Careful guesses at the base form of a word that no language knows, such as the name of a company."""
    return ()


def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form: utvecklare for systemutvecklare. Never what stands before the head."""
    return swedish_compounds.heads(base)
