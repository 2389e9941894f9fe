"""Swedish words: their base forms, careful guesses for unknown ones, and the heads of compounds."""

from __future__ import annotations

from mappings.analysis import lexicon, swedish_compounds, swedish_inflection

# Shorter words are not guessed at: most are names as they stand.
LEAST_GUESSED = 4


def bases(word: str) -> tuple[str, ...]:
    """The plausible base forms of a word in lower case, the likeliest first; empty when it is unknown."""
    found = swedish_inflection.known(word)
    if found:
        other = word not in found and not any(map(swedish_inflection.is_noun, found))
        return tuple(dict.fromkeys((*swedish_compounds.nouns(word), *found))) if other else found
    found = swedish_inflection.agent(word)
    if found or any(lexicon.bases(word, language) for language in ("en", "fi")):
        return found
    found = swedish_inflection.by_suffix(word)
    if found:
        return found
    found = swedish_compounds.readings(word) or swedish_inflection.by_rule(word)
    return tuple(dict.fromkeys((*found, *swedish_inflection.perhaps_agent(word))))


def guesses(word: str) -> tuple[str, ...]:
    """Careful guesses at the base form of a word that no language knows, such as the name of a company."""
    forms = (word, word[:-1]) if word.endswith("s") else (word,)
    found = dict.fromkeys(base for form in forms for base in swedish_inflection.stripped(form))
    return tuple(base for base in found if len(base) >= LEAST_GUESSED)


def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form: utvecklare for systemutvecklare. Never what stands before the head."""
    return swedish_compounds.heads(base)
