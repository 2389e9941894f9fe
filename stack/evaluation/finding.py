"""What is found at all: inflected forms by their base form, compounds by their heads, places by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from stack.evaluation import sets
from stack.evaluation.measures import Figure, Tally
from stack.evaluation.sides import Asked, Side, Text, found, index
from store import places

Faults = dict[str, Tally]


def inflection(side: Side, language: str, faults: Faults) -> Iterator[Figure]:
    """Each form is an ad with that title; each base is searched among all of them. A form that another base finds is
    wrongly found, unless the set lists it as that base's form too, or its own base is a compound that ends in it.
    """
    lines = sets.forms(language)
    bases: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        bases[line.form].add(line.base)
    texts = [Text(form, language, form) for form in bases]
    searches = sorted({line.base for line in lines})
    with index(side, texts) as name:
        got = dict(
            zip(searches, found(side, name, [Asked(one, language, (language,)) for one in searches]), strict=True)
        )
    for split in sets.SPLITS:
        wanted: dict[str, set[str]] = defaultdict(set)
        for line in lines:
            if line.split == split:
                wanted[line.base].add(line.form)
        tally = Tally()
        for base, its_forms in wanted.items():
            wrong = {form for form in got[base] if not any(one.endswith(base) for one in bases[form])}
            tally.add(base, its_forms, wrong, got[base])
        yield _figure(side, tally, "inflection", language, "inflection", split, len(wanted), faults)


def compounds(side: Side, language: str, faults: Faults) -> Iterator[Figure]:
    """Each compound is an ad with that title; a head must find it, and what only stands in it must not."""
    lines = sets.compounds(language)
    if not lines:
        return
    texts = [Text(word, language, word) for word in dict.fromkeys(line.word for line in lines)]
    searches = list(dict.fromkeys(line.search for line in lines))
    with index(side, texts) as name:
        got = dict(
            zip(searches, found(side, name, [Asked(one, language, (language,)) for one in searches]), strict=True)
        )
    for split in sets.SPLITS:
        tally = Tally()
        of_split = [line for line in lines if line.split == split]
        asked = list(dict.fromkeys(line.search for line in of_split))
        for one in asked:
            wanted = {line.word for line in of_split if line.search == one and line.finds}
            wrong = {line.word for line in of_split if line.search == one and not line.finds}
            tally.add(one, wanted, wrong, got[one])
        yield _figure(side, tally, "compounds", language, "compound", split, len(asked), faults)


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
            yield _figure(side, tally, "places", language, kind, split, count, faults)


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
    side: Side, tally: Tally, which: str, language: str, kind: str, split: str, searches: int, faults: Faults
) -> Figure:
    figure = Figure(
        which,
        language,
        kind,
        split,
        side.name,
        searches,
        tally.wanted,
        round(tally.recall, 4),
        round(tally.precision, 4),
    )
    faults[f"{figure.name}/{side.name}"] = tally
    return figure
