"""Which one concept a label names, if any: the labels of occupations, groups and skills in each language, resolved."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from mappings.analysis import analyse, concept_files
from mappings.analysis.tokens import cut
from mappings.analysis.words import picked
from store import occupations, skills
from store.taxonomy import FOLDER

LANGUAGES = occupations.LANGUAGES
# What a label stands for that several concepts share and that no one of them stands for.
NONE = ""
# What a word stands for that is a label in other languages and another word in this one: "driver" in Swedish.
ANOTHER_WORD = "-"
# Longer labels are not found in running text: nobody writes them twice in the same words.
MOST_WORDS = 6


class Rank(IntEnum):
    """How surely a label names its concept: where two concepts have one label, the surer one has it."""

    DECIDED = 0
    PREFERRED = 1
    GROUP = 2
    ALTERNATIVE = 3
    SKILL = 4
    SHORT_SKILL = 5


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a concept in one language."""

    text: str
    language: str
    code: str
    rank: Rank


def all_labels() -> Iterator[Label]:
    """Every label of every occupation, ISCO group and skill that is not sensitive.

    Labels with a slash between two ("actor/actress") come as two, those with a remark in brackets ("Java (computer
    programming)") also without it."""
    yield from decided()
    for occupation in occupations.all():
        esco = not occupation.code.startswith("isco-")
        for language, preferred, others in zip(LANGUAGES, occupation.labels, occupation.alternatives, strict=True):
            for text in _parts(preferred):
                yield Label(text, language, occupation.code, Rank.PREFERRED if esco else Rank.GROUP)
            for other in others:
                for text in _parts(other):
                    yield Label(text, language, occupation.code, Rank.ALTERNATIVE)
            for text in (preferred, *others) if esco else ():
                if without_remark(text) != text:
                    yield Label(without_remark(text), language, occupation.code, Rank.ALTERNATIVE)
    sensitive = sensitive_skills()
    for skill in (skill for skill in skills.all() if skill.code not in sensitive):
        for language, text in zip(LANGUAGES, skill.labels, strict=True):
            yield Label(text, language, skill.code, Rank.SKILL)
            if without_remark(text) != text:
                yield Label(without_remark(text), language, skill.code, Rank.SHORT_SKILL)


def decided() -> Iterator[Label]:
    """What people mean by the names that they use, as we decided it: everyday names of occupations, and names of groups
    or of one occupation where ESCO gives the name to several, or to one that is not what most people mean.

    The code is ANOTHER_WORD where the name is none in the language."""
    for path, column in ((FOLDER / "everyday_names.csv", "occupation"), (concept_files.NAMES, "code")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield Label(row["name"], row["language"], row[column], Rank.DECIDED)


def sensitive_skills() -> set[str]:
    """The skills that tell of a person's faith, health, sexual life or politics: no text is tagged with them."""
    lines = concept_files.SENSITIVE.read_text(encoding="utf-8").splitlines()
    named = {line for line in lines if not line.startswith("#")}
    return {skill.code for skill in skills.all() if skill.labels[LANGUAGES.index("en")] in named}


def without_remark(text: str) -> str:
    """The label without what stands in brackets."""
    start, _, rest = text.partition("(")
    _, closed, after = rest.partition(")")
    return " ".join((start + after).split()) if closed else text


def _parts(text: str) -> tuple[str, ...]:
    """The labels that a slash parts, where they are whole: as many words on each side, and no hyphen left open."""
    parts = [part.strip() for part in text.split("/")]
    whole = all(part and not part.endswith("-") for part in parts) and "," not in text
    return tuple(parts) if whole and len({len(part.split()) for part in parts}) == 1 else (text,)


def path(text: str, language: str) -> str:
    """The keys of the words of a text in a language, in order with one blank between: each is one that documents in the
    language have where they have the word. Empty for a text without words."""
    at = LANGUAGES.index(language)
    return " ".join(picked(word)[at] for _, _, word in cut(text))


def left_out() -> frozenset[str]:
    """The keys of labels that are too general, or mean too many other things, to ask for a concept."""
    lines = concept_files.LEFT_OUT.read_text(encoding="utf-8").splitlines()
    texts = [word.replace("_", " ") for line in lines if not line.startswith("#") for word in line.split()]
    return frozenset({*texts, *(path(text, language) for text in texts for language in LANGUAGES)})


def resolved(several: Iterable[Label], unwanted: frozenset[str]) -> dict[str, dict[str, str]]:
    """The code that each of these labels stands for, by its keys and by language; NONE where several share it. What is
    unwanted, as `left_out` says, is no label.

    The surest rank has it. Of several concepts of that rank it is the nearest one that is above all of them, if that is
    an ESCO occupation or an ISCO group of four digits, else none. ISCO gives one group a code on several levels where
    there is nothing beside it on them: the label stands for the broadest, which finds all.

    An alternative with which labels of other occupations end ("crane operator") is no other name of the one occupation,
    but what they all are: it stands for what is above all of them, and for none where they are far apart ("teacher").
    """
    sharing: dict[tuple[str, str], dict[str, Rank]] = {}
    ending: dict[tuple[str, str], set[str]] = {}
    for label in several:
        if too_short(label):
            continue
        said = path(label.text, label.language)
        if said and said.count(" ") < MOST_WORDS and said not in unwanted:
            ranks = sharing.setdefault((said, label.language), {})
            ranks[label.code] = min(label.rank, ranks.get(label.code, label.rank))
        if label.rank in (Rank.PREFERRED, Rank.ALTERNATIVE):
            for end in ends(label):
                ending.setdefault((end, label.language), set()).add(label.code)
    jobs = {said for (said, _), ranks in sharing.items() if min(ranks.values()) <= Rank.ALTERNATIVE}
    found: dict[str, dict[str, str]] = {}
    for (said, language), ranks in sharing.items():
        if said in jobs and min(ranks.values()) == Rank.SHORT_SKILL:
            # Chef is a tool as well, and in no language what the word is for
            continue
        surest = min(ranks.values())
        codes = {code for code, rank in ranks.items() if rank == surest}
        code = shared(codes)
        if surest == Rank.ALTERNATIVE and code:
            code = as_end(code, ending.get((said, language), set()))
        found.setdefault(said, {})[language] = code
    return found


def too_short(label: Label) -> bool:
    """Whether a label is an abbreviation that means other things as well: alternatives of up to three letters."""
    return len(label.text) <= 3 and label.rank == Rank.ALTERNATIVE


def ends(label: Label) -> set[str]:
    """What an occupation's label ends with: the keys of its last word, heads of compounds too, and the paths of its
    last words; of what stands before a comma or a preposition."""
    said = re.split(r", | (?:in|of|for|at|inom|på|för|vid|av|med) ", label.text)[0]
    tokens = analyse(said, label.language)
    found = set(tokens[-1].keys) if tokens else set()
    keys = path(said, label.language).split(" ")
    return found | {" ".join(keys[start:]) for start in range(len(keys))}


def as_end(code: str, others: set[str]) -> str:
    """What an alternative stands for with which the labels of these occupations end too."""
    if len(others - {code}) < 2:
        return code
    if common := shared({code, *others}):
        return common
    group = next(above for above in occupations.ancestors(code) if above.startswith("isco-") and len(above) <= 8)
    near = [other for other in others if group in occupations.ancestors(other)]
    return code if 2 * len(near) >= len(others) else NONE


def shared(codes: set[str]) -> str:
    """The one code that stands for all of these, or NONE."""
    if len(codes) == 1:
        return min(codes)
    if all(code.startswith("isco-") for code in codes):
        broadest = min(codes, key=lambda code: (len(code), code))
        return broadest if all(code.startswith(broadest) for code in codes) else NONE
    if not all(map(occupations.known, codes)):
        return NONE
    above = [occupations.ancestors(code) for code in sorted(codes)]
    for code in above[0]:
        if all(code in others for others in above) and (not code.startswith("isco-") or len(code) == len("isco-2512")):
            return code
    return NONE
