"""Swedish words: their base forms, careful guesses for unknown ones, and the heads of compounds."""

from __future__ import annotations

from mappings.analysis import lexicon, swedish_compounds, swedish_inflection, swedish_suffixes
from mappings.analysis.swedish_kinds import is_noun


def bases(word: str) -> tuple[str, ...]:
    """The plausible base forms of a word in lower case, the likeliest first; empty when it is unknown."""
    found = swedish_inflection.known(word)
    if found:
        other = word not in found and not any(map(is_noun, found))
        return tuple(dict.fromkeys((*swedish_compounds.nouns(word), *found))) if other else found
    found = swedish_suffixes.agent(word)
    if found or any(lexicon.bases(word, language) for language in ("en", "fi")):
        return found
    found = swedish_suffixes.borrowed(word) or swedish_suffixes.by_suffix(word)
    if found:
        return found
    found = swedish_compounds.readings(word) or swedish_suffixes.by_rule(word)
    return tuple(dict.fromkeys((*found, *swedish_suffixes.perhaps_agent(word))))


def guesses(word: str) -> tuple[str, ...]:
    """Careful guesses at the base form of a word that no language knows, such as the name of a company."""
    return swedish_suffixes.named(word)


def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form: utvecklare for systemutvecklare. Never what stands before the head."""
    return swedish_compounds.heads(base)
