"""Swedish compounds: the base forms of unknown ones by their last part, and the heads of all."""

from __future__ import annotations

from functools import lru_cache

from mappings.analysis import lexicon, swedish_inflection, swedish_suffixes
from mappings.analysis.swedish_kinds import is_noun
from mappings.analysis.word_lists import listed

LEAST_HEAD = 4
# Words with these suffixes have an s behind them in compounds, always: utvecklings|enhet.
_LINKED = ("ing", "ion", "het", "itet", "skap", "dom")
_WITH_LINK = ("ings", "ions", "hets", "itets")


def readings(word: str) -> tuple[str, ...]:
    """The base forms of a compound that the dictionary does not have, by the longest last part that it has."""
    for cut in range(2, len(word) - 2):
        found = _lasts(word[cut:])
        if found and _is_before_an_end(word[:cut], len(word) - cut):
            return tuple(word[:cut] + base for base in found)
    if not any(end.rstrip("ae") in word for end in _listed("people")):
        return ()
    # Anything may stand before who does something: kubernetesingenjör.
    for cut in range(3, len(word) - LEAST_HEAD + 1):
        found = tuple(word[:cut] + base for base in _lasts(word[cut:]) if _names_people(base))
        if found:
            return found
    return ()


def _lasts(tail: str) -> tuple[str, ...]:
    """The base forms that the last part of a compound can be of: of nouns and adjectives, but not of verbs."""
    if tail in _listed("no tails"):
        return ()
    return tuple(base for base in swedish_inflection.known(tail) if is_noun(base) or not base.endswith("a"))


def _is_before_an_end(before: str, length: int) -> bool:
    # Short ends stand in many words by chance: there more must be known of the rest.
    if length > LEAST_HEAD:
        return is_modifier(before)
    return is_modifier(before, strictly=True) if length == LEAST_HEAD else len(before) > 3 and _is_single(before, True)


def nouns(word: str) -> tuple[str, ...]:
    """The nouns that a word is a form of as a compound, where the dictionary takes it for another kind of word."""
    for cut in range(2, len(word) - LEAST_HEAD + 1):
        before = word[:cut]
        if before not in _listed("particles") and is_modifier(before, strictly=True):
            known = swedish_inflection.known(word[cut:])
            found = tuple(before + base for base in known if _can_be_head(base))
            if found:
                return found
    return ()


@lru_cache(maxsize=32_000)
def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form, the longest first: sjuksköterska and sköterska of barnsjuksköterska."""
    known = lexicon.is_base(base, "sv")
    if base in _listed("no compounds") or (known and not is_noun(base) and not base.endswith(tuple(_listed("heads")))):
        return ()
    cuts = range(2, len(base) - LEAST_HEAD + 1)
    found = [cut for cut in cuts if _can_be_head(base[cut:]) and _stands_before(base[:cut], base[cut:])]
    if not found:
        # Nearly anything may stand before who does something, though not in words of the dictionary: sekret|erare.
        people = [cut for cut in cuts if _names_people(base[cut:]) and not _opens_a_verb(base[:cut])]
        found = [cut for cut in people if not known or is_modifier(base[:cut])]
    if not found:
        return ()
    longest = next((cut for cut in found if is_noun(base[cut:])), found[0])
    chosen = _with_its_own(base, longest, found)
    of_work = next((cut for cut in found if lexicon.of_work(base[cut:], "sv")), longest)
    if base[longest:of_work] in _listed("particles") and base[of_work:] not in chosen:
        # People talk of a "förare" at work and not of an "införare": there is no "mask" in "maskinförare".
        return _with_its_own(base, of_work, found)
    return chosen


def _with_its_own(base: str, cut: int, cuts: list[int]) -> tuple[str, ...]:
    """The head of a base form that begins there, and the heads of that."""
    head = base[cut:]
    # Either may be meant where an s can belong to both: chefs|kock and trafik|skola.
    other = (head[1:],) if head[0] == "s" and cut + 1 in cuts and is_noun(head[1:]) else ()
    return tuple(dict.fromkeys((head, *other, *heads(head))))


@lru_cache(maxsize=32_000)
def is_modifier(before: str, strictly: bool = False) -> bool:
    """Whether a string can stand before the last part of a compound: one or two words or stems, with or without a link.

    Strictly: not an inflected form, nor a word of three letters that seldom does. Enough is known of an unknown word
    without that, but of a word of the dictionary it would make heads that nobody sees in it.
    """
    return _is_single(before, strictly) or any(
        _is_single(before[cut:], True) and (before[:cut] in _listed("particles") or _is_single(before[:cut], True))
        for cut in range(2, len(before) - 2)
    )


def _stands_before(before: str, head: str) -> bool:
    if before in _listed("particles"):
        return before == "bi" and len(head) > 5
    if before in ("under", "över") and head.endswith(("are", "ing", "nde")):
        # An "undersökare" is no "sökare", but an "underläkare" is a "läkare".
        return head in _listed("under and over")
    # "utveckling" has an s behind it in compounds, always: utvecklings|enhet and not utveckling|senhet. And an s goes
    # with what is before it rather than with a short word: arbets|ort and not arbet|sort.
    if head[0] == "s" and is_noun(head[1:]) and (before.endswith(_LINKED) or len(head) == LEAST_HEAD):
        return False
    return is_modifier(before, strictly=True)


def _opens_a_verb(before: str) -> bool:
    return len(before) < 3 or (
        len(before) < 5 and (before[:2] in _listed("particles") or before in _listed("particles"))
    )


@lru_cache(maxsize=32_000)
def _is_single(before: str, strictly: bool) -> bool:
    if len(before) < 4 and (strictly or len(before) < 3):
        return before in _listed("two letters") or before in _listed("three letters")
    if before in _listed("stems") or before in _listed("three letters") or before.endswith(_WITH_LINK):
        return True
    if not strictly and lexicon.bases(before, "sv"):
        return True
    if strictly and before.endswith("a") and not is_noun(before):
        return False
    stem, link = before[:-1], before[-1]
    stems = [before, before + "a", before + "e"]
    stems += [stem, stem + "a", stem + "e"] if link in "soeu" else []
    stems += [stem + "um"] if link in "ei" else []
    return any(lexicon.is_base(one, "sv") for one in stems)


def _can_be_head(base: str) -> bool:
    if len(base) < LEAST_HEAD or base in _listed("no heads"):
        return False
    return is_noun(base) or base in _listed("heads") or (len(base) > 5 and bool(swedish_suffixes.agent_of_verb(base)))


def _names_people(base: str) -> bool:
    named = base.endswith(tuple(_listed("people"))) if len(base) > LEAST_HEAD else base in _listed("people")
    return named and is_noun(base) and _can_be_head(base)


def _listed(kind: str) -> frozenset[str]:
    return listed("swedish_compounds", kind)
