"""The concepts that texts and searches name: occupations, groups of them, skills and places, whatever the language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mappings.analysis import Token, analyse, asked_phrase
from mappings.analysis.candidates import candidates
from mappings.analysis.concept_files import codes as codes_of
from mappings.analysis.concept_files import entry as entry_of
from mappings.analysis.place_context import names_place
from store import occupations, places, skills

__all__ = ["Asked", "Mention", "above", "asked", "candidates", "label", "mentions", "named", "spans"]

LANGUAGES = occupations.LANGUAGES


class Mention(NamedTuple):
    """Where a text names a concept: offsets into the text, and the codes, without those above them."""

    start: int
    end: int
    codes: tuple[str, ...]


class Asked(NamedTuple):
    """A concept that some of the words of a search name. `whole` tells that the code alone finds every document that
    the words find; otherwise a search asks for the words or the code."""

    words: frozenset[str]
    code: str
    whole: bool


class _Step(NamedTuple):
    """Where words lead in the table: the beginnings of labels that they are, the concepts that they name, the places of
    doubtful names, and whether there is either."""

    paths: tuple[str, ...]
    codes: tuple[str, ...]
    doubtful: tuple[str, ...]
    names: bool


_START = ("",)
_SHORT = 120  # characters of a title or a skill; longer texts hardly come again


def mentions(tokens: Sequence[Token], language: str, text: str = "") -> list[Mention]:
    """Every concept that the words of a text name, in the order of the text, the longer first where two start together.

    Labels of all languages count, in any inflection that the analysis knows; a label within another and the head of a
    compound are concepts of their own. Where one word is the label of different concepts in several languages, it is
    that of this language. Names of places that are common words too ("Salo", "Vara") need the `text` to be told from
    them, as `place_context` says: without it they are no places.
    """
    slot = LANGUAGES.index(language)
    found: list[Mention] = []
    begun: list[tuple[int, tuple[str, ...]]] = []
    for number, token in enumerate(tokens):
        going_on = []
        for first, paths in (*begun, (number, _START)):
            step = _step(paths, token.keys, token.word, slot)
            if step is None:
                continue
            going_on.append((first, step.paths))
            codes = step.codes
            if step.doubtful and text and names_place(text, tokens, first, number):
                codes = tuple(dict.fromkeys(codes + step.doubtful))
            if codes:
                found.append(Mention(tokens[first].start, token.end, codes))
        begun = going_on
    return sorted(found, key=lambda mention: (mention.start, -mention.end))


def named(text: str, language: str) -> frozenset[str]:
    """The codes of every concept that a text in a language names (`mentions`), without those above them."""
    # Titles and skills are asked for by each field that is made of them, and come again in the next document.
    return _remembered(text, language) if len(text) <= _SHORT else _named(text, language)


@lru_cache(maxsize=8_000)
def _remembered(text: str, language: str) -> frozenset[str]:
    return _named(text, language)


def _named(text: str, language: str) -> frozenset[str]:
    found: set[str] = set()
    pieces = text.split()
    for first, _, step in _labels(pieces, language):
        found.update(step.codes)
        if step.doubtful and not pieces[first].islower():
            # What stands around it decides, and for that its place in the text is needed.
            return frozenset(
                code for mention in mentions(analyse(text, language), language, text) for code in mention.codes
            )
    return frozenset(found)


def spans(pieces: Sequence[str], language: str, wanted: frozenset[str]) -> list[tuple[int, int]]:
    """Where, in a text that is cut at its blanks, labels of these codes, or of codes below them, begin and end;
    doubtful names of places among them. It takes a fraction of the time of `mentions`, which tells what is there."""
    return [(first, last) for first, last, step in _labels(pieces, language) if _leads_to(step, wanted)]


def _labels(pieces: Sequence[str], language: str) -> Iterator[tuple[int, int, _Step]]:
    """As `mentions` goes through a text, but piece by piece, passing over those with which no label begins or goes on:
    the pieces between which each beginning of a label stands, and where it leads."""
    slot = LANGUAGES.index(language)
    begun: list[tuple[int, tuple[str, ...]]] = []
    for number, piece in enumerate(pieces):
        words, begins = _beginnings(piece, language, slot)
        if not (begun or begins):
            continue
        for keys, word, begin in words:
            steps = [(first, _step(paths, keys, word, slot)) for first, paths in begun]
            begun = []
            for first, step in (*steps, (number, begin)):
                if step is not None:
                    begun.append((first, step.paths))
                    if step.names:
                        yield first, number, step


def _leads_to(step: _Step, wanted: frozenset[str]) -> bool:
    return any(not wanted.isdisjoint(_ancestors(code)) for code in (*step.codes, *step.doubtful))


@lru_cache(maxsize=32_000)
def _beginnings(
    piece: str, language: str, slot: int
) -> tuple[tuple[tuple[tuple[str, ...], str, _Step | None], ...], bool]:
    """The words between two blanks, each with what begins with it; and whether anything does."""
    words = [
        (token.keys, token.word, _step(_START, token.keys, token.word, slot)) for token in analyse(piece, language)
    ]
    return tuple(words), any(begin is not None for _, _, begin in words)


@lru_cache(maxsize=50_000)
def _step(paths: tuple[str, ...], keys: tuple[str, ...], word: str, slot: int) -> _Step | None:
    """What is reached from these beginnings of labels by one more word; None where no label goes on with it."""
    further: list[str] = []
    codes: dict[str, None] = {}
    doubtful: dict[str, None] = {}
    for one in keys if word in keys else (*keys, word):
        for path in (before + one for before in paths):
            entry = entry_of(path)
            if entry is None:
                continue
            further.append(f"{path} ")
            codes.update(dict.fromkeys(codes_of(entry.label(slot))))
            if not entry.doubtful:
                codes.update(dict.fromkeys(codes_of(entry.place)))
            elif one == word:
                # Not by the head of a compound: Norrköping is not in Köping.
                doubtful.update(dict.fromkeys(codes_of(entry.place)))
    return _Step(tuple(further), tuple(codes), tuple(doubtful), bool(codes or doubtful)) if further else None


def above(codes: Collection[str]) -> set[str]:
    """The codes and everything above them: whoever asks for any of these means the codes too. Skills have nothing
    above them. Raises KeyError for a code of no taxonomy."""
    return {higher for code in codes for higher in _ancestors(code)}


@lru_cache(maxsize=50_000)
def _ancestors(code: str) -> tuple[str, ...]:
    if occupations.known(code):
        return occupations.ancestors(code)
    if places.known(code):
        return places.ancestors(code)
    if skills.known(code):
        return (code,)
    raise KeyError(code)


def label(code: str, language: str) -> str:
    """What the concept is called in `fi`, `sv` or `en`, whichever taxonomy it is of. Raises KeyError for an unknown
    code or language."""
    if occupations.known(code):
        return occupations.label(code, language)
    return places.label(code, language) if places.known(code) else skills.label(code, language)


def asked(words: Collection[str]) -> list[Asked]:
    """The concepts that the single words of one search name, in lower case and whatever their order: those of several
    words first, each word used once, the same for the same words.

    Words name a concept if all languages in which they are a label agree on it. Where `whole` is set, every document
    in which the word is found by itself is one in which `mentions` finds the code: labels are found by the keys of
    words, not by their spelling, and all keys of this word lead to the code.
    """
    wanted = sorted(set(words))
    several: dict[frozenset[str], set[int]] = {}
    for used, path in _paths(wanted, (), ""):
        entry = entry_of(path)
        if entry and len(used) > 1:
            several.setdefault(frozenset(used), set()).update(entry.agreed())
    found: list[Asked] = []
    taken: set[str] = set()
    for used_words in sorted(several, key=lambda one: (-len(one), sorted(one))):
        numbers = several[used_words]
        if len(numbers) == 1 and not taken & used_words:
            codes = codes_of(min(numbers))
            if len(codes) == 1:
                found.append(Asked(used_words, codes[0], whole=False))
                taken |= used_words
    return found + [one for word in wanted if word not in taken for one in _asked_alone(word)]


def _paths(left: list[str], used: tuple[str, ...], path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for word in left:
        for keys in dict.fromkeys((*asked_phrase(word), (word,))):
            further = " ".join((path, *keys)) if path else " ".join(keys)
            if entry_of(further):
                yield (*used, word), further
                yield from _paths([other for other in left if other != word], (*used, word), further)


@lru_cache(maxsize=20_000)
def _asked_alone(word: str) -> tuple[Asked, ...]:
    entries = [entry_of(" ".join(keys)) for keys in asked_phrase(word)]
    numbers = {number for entry in entries if entry for number in entry.agreed()}
    if not numbers:
        # A form of a name that the dictionaries of the words do not know: "siilinjärvellä"
        spelled = entry_of(word)
        numbers = spelled.agreed() if spelled else set()
    if len(numbers) != 1:
        return ()
    codes = codes_of(min(numbers))
    whole = bool(entries) and all(entry and entry.everywhere() for entry in entries)
    return (Asked(frozenset([word]), codes[0], whole),) if len(codes) == 1 else ()
