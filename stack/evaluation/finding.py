"""What is found at all: inflected forms by their base form, compounds by their heads, places by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from stack.evaluation import sets
from stack.evaluation.measures import Figure, Tally
from stack.evaluation.sides import Asked, Side, Text, found, index
from store import places

Faults = dict[str, Tally]
# By each search what it should find, and what it should not.
Wanted = dict[str, tuple[set[str], set[str]]]


# How the searches of words are made: as the words that they are, and as people search, by what the words name as well.
# The second finds other names of the same occupation, which are no forms of the word: it has a recall alone.
WAYS = {"": False, "-expanded": True}


def inflection(side: Side, language: str, faults: Faults) -> Iterator[Figure]:
    """Each form is an ad with that title; each base is searched among all of them. A form that another base finds is
    wrongly found, unless the set lists it as that base's form too, or its own base is a compound that ends in it.
    """
    lines = sets.forms(language)
    bases: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        bases[line.form].add(line.base)
    wanted: dict[str, Wanted] = {split: {} for split in sets.SPLITS}
    for line in lines:
        wanted[line.split].setdefault(line.base, (set(), set()))[0].add(line.form)
    for its in wanted.values():
        for base, (_, wrong) in its.items():
            wrong |= {form for form, owners in bases.items() if not any(one.endswith(base) for one in owners)}
    yield from _words(side, "inflection", language, list(bases), wanted, faults)


def compounds(side: Side, language: str, faults: Faults) -> Iterator[Figure]:
    """Each compound is an ad with that title; a head must find it, and what only stands in it must not."""
    lines = sets.compounds(language)
    wanted: dict[str, Wanted] = {split: {} for split in sets.SPLITS}
    for line in lines:
        right, wrong = wanted[line.split].setdefault(line.search, (set(), set()))
        (right if line.finds else wrong).add(line.word)
    yield from _words(side, "compound", language, list(dict.fromkeys(line.word for line in lines)), wanted, faults)


def _words(
    side: Side, kind: str, language: str, words: list[str], wanted: Mapping[str, Wanted], faults: Faults
) -> Iterator[Figure]:
    """The figures of searches among ads of one word each; `wanted` says by split what each should find, and not."""
    searches = list(dict.fromkeys(search for its in wanted.values() for search in its))
    with index(side, [Text(word, language, word) for word in words]) as name:
        for way, expand in WAYS.items():
            asked = [Asked(one, language, (language,), expand) for one in searches]
            got = dict(zip(searches, found(side, name, asked), strict=True))
            for split, its in wanted.items():
                if not its:
                    continue
                tally = Tally()
                for search, (right, wrong) in its.items():
                    tally.add(search, right, () if expand else wrong, got[search])
                yield _figure(side, tally, kind, language, f"{kind}{way}", split, len(its), faults, expand)


def place_names(side: Side, language: str, faults: Faults) -> Iterator[Figure]:
    """Each sentence is the text of an ad; a place is searched by its name in the sentence's language, and in a second
    kind by its names in the other languages. To find a sentence of another place is wrong, unless that lies in the one
    searched; so is one in which the word is no place's name.
    """
    lines = [line for line in sets.place_texts() if line.language == language]
    texts = [Text(str(number), language, "", line.text) for number, line in enumerate(lines)]
    named = {str(number): line.code for number, line in enumerate(lines)}
    codes = sorted({line.code for line in lines if line.code != "-"})
    kinds = {"place": _names(codes, (language,)), "place-across": _names(codes, sets.LANGUAGES, but=language)}
    for kind, searched in kinds.items():
        searches = sorted(searched)
        with index(side, texts) as name:
            answers = found(side, name, [Asked(one, language, (language,)) for one in searches])
        got = dict(zip(searches, answers, strict=True))
        for split in sets.SPLITS:
            tally, count = Tally(), 0
            of_split = {number for number, code in named.items() if lines[int(number)].split == split}
            for search in searches:
                meant = searched[search]
                wanted = {number for number in of_split if named[number] in meant}
                wrong = {number for number in of_split if not meant.intersection(_around(named[number]))}
                tally.add(search, wanted, wrong, got[search])
                count += bool(wanted)
            yield _figure(side, tally, "place", language, kind, split, count, faults)


def _names(codes: list[str], languages: tuple[str, ...], but: str | None = None) -> dict[str, set[str]]:
    """The codes that each name stands for in these languages; without names that are the same in the language `but`."""
    searched: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        place = places.get(code)
        if place is None:
            raise sets.NotJudged(f"evaluation/places.tsv: {code} is no place")
        own = place.names()
        for language in languages:
            if language != but and (but is None or own[language] != own[but]):
                searched[own[language]].add(code)
    return searched


def _around(code: str) -> tuple[str, ...]:
    return places.ancestors(code) if code != "-" else ()


def _figure(
    side: Side,
    tally: Tally,
    which: str,
    language: str,
    kind: str,
    split: str,
    searches: int,
    faults: Faults,
    recall_alone: bool = False,
) -> Figure:
    precision = None if recall_alone else round(tally.precision, 4)
    recall = round(tally.recall, 4)
    figure = Figure(which, language, kind, split, side.name, searches, tally.wanted, recall, precision)
    faults[f"{figure.name}/{side.name}"] = tally
    return figure
