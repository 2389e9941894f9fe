"""A label stands for one concept or for none, by rules that are the same every time."""

from __future__ import annotations

import csv

import pytest

from mappings.analysis import analyse, concept_files, concepts, labels
from mappings.analysis.concept_files import ANOTHER_WORD, SEVERAL
from mappings.analysis.labels import NONE, Label, Rank
from store import occupations, places, skills

ESCO = "http://data.europa.eu/esco/occupation/"
NURSE = f"{ESCO}8d3e8aaa-791b-4c75-a465-f3f827028f50"
COOK = f"{ESCO}90f75f67-495d-49fa-ab57-2f320e251d7e"
CHEF = f"{ESCO}1009be17-7efd-45f1-a033-566bf179c588"


def codes(text: str, language: str) -> tuple[str, ...]:
    found = concept_files.entry(labels.path(text, language))
    return concept_files.codes(found.label(labels.LANGUAGES.index(language))) if found else ()


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("nurse responsible for general care", "en", NURSE),
        # Preferred for the cook, an alternative of the chef
        ("kokki", "fi", COOK),
        ("chef", "en", CHEF),
        # ESCO's label of one is preferred to the name of its ISCO group
        ("Sairaanhoitajat", "fi", NURSE),
        # A group, in the plural as ISCO has it and in the singular
        ("Lainsäätäjät", "fi", "isco-1111"),
        ("lainsäätäjä", "fi", "isco-1111"),
        # One group on three levels: the broadest of them
        ("Upseerit", "fi", "isco-01"),
        # As we decided it
        ("lärare", "sv", "isco-23"),
        ("kock", "sv", COOK),
        ("ensihoitaja", "fi", f"{ESCO}0b5dfc02-b825-4445-811d-d39ed442657e"),
    ],
)
def test_a_label_stands_for_one_concept(text: str, language: str, code: str) -> None:
    assert codes(text, language) == (code,)


def test_both_sides_of_a_slash_stand_for_the_same() -> None:
    assert codes("actress", "en") == codes("actor", "en") != ()


def test_a_label_that_occupations_far_apart_share_stands_for_none() -> None:
    for text, language in (("technician", "en"), ("operator", "en"), ("installer", "en"), ("optiker", "sv")):
        assert codes(text, language) == (), text


def test_what_is_above_all_that_share_a_label_stands_for_them() -> None:
    assert labels.shared({NURSE}) == NURSE
    assert labels.shared({"isco-01", "isco-011", "isco-0110"}) == "isco-01"
    assert labels.shared({"isco-2221", "isco-2222"}) == NONE
    nurses = [one for one in occupations.all() if one.code.startswith(ESCO) and one.isco == "2221"]
    assert labels.shared({one.code for one in nurses}) == "isco-2221"
    cooks = [one for one in occupations.all() if one.code.startswith(ESCO) and one.isco == "5120"]
    assert labels.shared({one.code for one in cooks}) == COOK
    narrower = next(one for one in occupations.all() if one.broader and one.broader[0].startswith(ESCO))
    assert labels.shared({narrower.code, narrower.broader[0]}) == narrower.broader[0]
    assert labels.shared({NURSE, COOK}) == NONE
    assert labels.shared({NURSE, skills.all()[0].code}) == NONE


def test_the_surest_has_a_label_and_several_that_are_as_sure_have_what_is_above_them() -> None:
    def stands_for(*given: tuple[str, Rank]) -> dict[str, str]:
        several = [Label("valvuri", "fi", code, rank) for code, rank in given]
        return labels.resolved(several, frozenset()).get("valvuri", {})

    java, other = (skill.code for skill in skills.all()[:2])
    nurses = [one.code for one in occupations.all() if one.code.startswith(ESCO) and one.isco == "2221"][:2]
    assert stands_for((NURSE, Rank.PREFERRED), (COOK, Rank.ALTERNATIVE), (java, Rank.SKILL)) == {"fi": NURSE}
    assert stands_for((NURSE, Rank.PREFERRED), ("isco-23", Rank.DECIDED)) == {"fi": "isco-23"}
    assert stands_for((COOK, Rank.ALTERNATIVE), ("isco-2221", Rank.GROUP)) == {"fi": "isco-2221"}
    assert stands_for((NURSE, Rank.ALTERNATIVE), (COOK, Rank.ALTERNATIVE)) == {"fi": NONE}
    assert stands_for(*((code, Rank.ALTERNATIVE) for code in nurses)) == {"fi": "isco-2221"}
    assert stands_for((java, Rank.SKILL), (other, Rank.SKILL)) == {"fi": NONE}
    assert labels.resolved([Label("valvuri", "fi", NURSE, Rank.PREFERRED)], frozenset({"valvuri"})) == {}


def test_a_tool_with_the_name_of_an_occupation_is_no_label() -> None:
    several = [
        Label("valvuri", "en", NURSE, Rank.PREFERRED),
        Label("valvuri", "fi", skills.all()[0].code, Rank.SHORT_SKILL),
    ]
    assert labels.resolved(several, frozenset()) == {"valvuri": {"en": NURSE}}


def test_an_end_of_many_labels_is_no_name_of_one() -> None:
    anyone = {one.code for one in occupations.all() if one.code.startswith(ESCO)}
    assert labels.as_end(NURSE, {NURSE, COOK}) == NURSE
    assert labels.as_end(NURSE, anyone) == NONE
    nurses = {one.code for one in occupations.all() if one.code.startswith(ESCO) and one.isco == "2221"}
    assert labels.as_end(NURSE, nurses) == "isco-2221"


def test_labels_in_one_come_as_several() -> None:
    texts = {(label.text, label.language, label.rank) for label in labels.all_labels()}
    assert ("actor", "en", Rank.PREFERRED) in texts
    assert ("actress", "en", Rank.PREFERRED) in texts
    assert ("Java (computer programming)", "en", Rank.SKILL) in texts
    assert ("Java", "en", Rank.SHORT_SKILL) in texts
    # Half a word is no label
    assert not any(text == "hydrauliikka-" for text, _, _ in texts)


def test_what_a_label_ends_with_is_before_a_comma_or_a_preposition() -> None:
    for text in ("machine operator, metal", "machine operator in metal"):
        ends = labels.ends(Label(text, "en", NURSE, Rank.PREFERRED))
        assert {"operator", "machine operator"} <= ends
        assert "metal" not in ends


def test_abbreviations_of_a_few_letters_are_left_out() -> None:
    assert labels.too_short(Label("TA", "en", NURSE, Rank.ALTERNATIVE))
    assert not labels.too_short(Label("vd", "sv", NURSE, Rank.DECIDED))


def test_what_was_decided_names_known_concepts_and_is_decided_once() -> None:
    decided = list(labels.decided())
    assert len({(label.text, label.language) for label in decided}) == len(decided)
    for label in decided:
        if label.code == labels.ANOTHER_WORD:
            assert codes(label.text, label.language) == (), label
            continue
        assert occupations.known(label.code) or skills.known(label.code), label
        assert codes(label.text, label.language) == (label.code,), label
    with concept_files.NAMES.open(encoding="utf-8", newline="") as file:
        assert [*next(csv.reader(file))] == ["code", "language", "name"]


@pytest.mark.promise("A10")
def test_no_text_is_tagged_with_what_tells_of_faith_health_or_politics() -> None:
    sensitive = labels.sensitive_skills()
    lines = concept_files.SENSITIVE.read_text(encoding="utf-8").splitlines()
    assert len(sensitive) == len([line for line in lines if not line.startswith("#")]) > 40
    for skill in skills.all():
        if skill.code in sensitive:
            for at, language in enumerate(labels.LANGUAGES):
                assert skill.code not in codes(skill.labels[at], language)
                assert skill.code not in {one.code for one in concepts.asked(skill.labels[at].lower().split())}


def test_what_is_left_out_asks_for_no_skill() -> None:
    unwanted = labels.left_out()
    assert {"plan", "viestintä"} <= unwanted
    for word in unwanted:
        found = concept_files.entry(word)
        for number in found.labels if found else ():
            assert not any(map(skills.known, concept_files.codes(number))), word


def test_every_preferred_label_is_found_in_a_text_in_its_language() -> None:
    """But for those that two occupations have, that are too general and that are longer than anyone writes twice."""
    missed = 0
    several = [one for one in occupations.all() if one.code.startswith(ESCO)][::7]
    for occupation in several:
        for at, language in enumerate(occupations.LANGUAGES):
            words = [token.word for token in analyse(occupation.labels[at], language)]
            path = labels.path(occupation.labels[at], language)
            if len(words) <= labels.MOST_WORDS and "/" not in occupation.labels[at]:
                entry = concept_files.entry(path)
                missed += not (entry and entry.labels[at])
    assert missed <= 0.01 * 3 * len(several)


def test_entries_are_read_as_they_were_written() -> None:
    for entry in (
        concept_files.Entry((0, 0, 0), 0, doubtful=False),
        concept_files.Entry((3, 1, 20_000), 17, doubtful=True),
    ):
        assert concept_files.Entry.read(entry.written()) == entry
    assert concept_files.codes(SEVERAL) == concept_files.codes(ANOTHER_WORD) == ()
    # All numbers fit beside the mark
    codes_known = len(occupations.all()) + len(skills.all()) + len(places.all())
    assert codes_known + 100 < 0x8000
