"""The base forms of Swedish words that are no compounds: what the dictionary has, and the readings that it lacks."""

from __future__ import annotations

from functools import lru_cache

from mappings.analysis import lexicon
from mappings.analysis.swedish_kinds import is_noun, is_verb
from mappings.analysis.swedish_suffixes import AGENT, EXPERT, agent, stripped

# Ends of the forms of nouns that are often forms of other words too.
_OF_TWO_WORDS = ("r", "n", "t", "a", "s")
_PARTICIPLES = (
    *((tail + ending, tail) for tail in ("ande", "ende") for ending in ("", "n", "na", "s", "ns", "nas")),
    *((ending, "ad") for ending in ("ade", "ades", "ad", "ads", "at")),
    *((ending, "en") for ending in ("na", "et", "en")),
    *((ending, "d") for ending in ("da", "t", "d")),
)


@lru_cache(maxsize=32_000)
def known(word: str) -> tuple[str, ...]:
    """The base forms of a word that the dictionary has, nouns before verbs; empty for a word that it does not have.

    The dictionary has one base form for each form. The others follow from what it has beside it: that "tolkar" is a
    plural too and not only what an interpreter does is seen by its genitive "tolkars", which no verb has.
    """
    listed = lexicon.bases(word, "sv")
    if not listed and not word.endswith("s"):
        return ()
    more = (*_proved_nouns(word), *_expert(word)) if word.endswith(_OF_TWO_WORDS) else ()
    found = dict.fromkeys((*_participles(word, listed), *more))
    if word.endswith("s") and len(word) > 3 and not lexicon.is_base(word, "sv"):
        nominative = (*_proved_nouns(word[:-1]), *lexicon.bases(word[:-1], "sv"))
        found.update(dict.fromkeys(base for base in nominative if is_noun(base)))
    found.update(dict.fromkeys(base for base in listed if not (found and _is_bare_stem(word, base))))
    if any(word in (base + "en", base + "n", base + "et", base + "t") and is_noun(base) for base in listed):
        # Names are among the base forms: Polisen, the authority, is a form of polis all the same.
        found.pop(word, None)
    if word.endswith("ar") and is_verb(word[:-1]):
        found.pop(word + "e", None)
        found[word[:-1]] = None
    if listed:
        found.update(dict.fromkeys(_agents_beside(word, listed)))
    return tuple(found)


def _proved_nouns(word: str) -> tuple[str, ...]:
    """The nouns of which a word is a form, as the dictionary shows by a longer form or by one beside it."""
    longer = [word + "s"] if not word.endswith("s") else []
    if word.endswith(("ar", "er", "or")):
        longer.append(word + "na")
    found = [
        base
        for form in longer
        for base in lexicon.bases(form, "sv")
        if base != form and (base == word or base in stripped(word)) and is_noun(base)
    ]
    # Both tolkarna and värden are forms of two nouns: that tolk has tolkar and värd has värdarna shows the other one.
    if word.endswith("arna") and word[:-4] in lexicon.bases(word[:-2] + "s", "sv"):
        found.append(word[:-4])
    if word.endswith("en") and any(word[:-2] in lexicon.bases(word[:-2] + many, "sv") for many in ("arna", "erna")):
        found.append(word[:-2])
    if word.endswith("et") and is_noun(word[:-2]) and word[:-2] in lexicon.bases(word[:-2] + "en", "sv"):
        found.append(word[:-2])
    return tuple(found)


def _participles(word: str, listed: tuple[str, ...]) -> tuple[str, ...]:
    """The participle that a form of a verb is a form of: legitimerad for legitimerade, studerande for studerandena."""
    for ending, base in _PARTICIPLES:
        if word.endswith(ending):
            participle = word[: len(word) - len(ending)] + base
            verbs = [verb for verb in listed if is_verb(verb)]
            of_verb = any(verb in lexicon.bases(participle, "sv") for verb in verbs)
            if of_verb or (lexicon.is_base(participle, "sv") and (verbs or base.endswith("nde"))):
                return (participle,)
    return ()


def _expert(word: str) -> tuple[str, ...]:
    """Who is versed in what has the same form in the plural, if that has one: geriatriker, but not butiker."""
    found = EXPERT.fullmatch(word)
    return (found[1],) if found and not is_noun(found[1]) and not lexicon.bases(found[1] + "na", "sv") else ()


def _agents_beside(word: str, listed: tuple[str, ...]) -> tuple[str, ...]:
    """Who does something, where the dictionary takes the word for a form of another noun: tömmarna, ungdomaren."""
    found = AGENT.fullmatch(word)
    if not found or (found[2] == "e" and not any(is_noun(base) for base in listed)):
        return ()
    return agent(word)


def _is_bare_stem(word: str, base: str) -> bool:
    """Whether a word is only what stands of a base form before others in compounds: städar of städare."""
    return base == word + "e"
