"""Concepts are found in texts and in searches, in any language and inflection, and the two never disagree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mappings.analysis import analyse, asked_phrase, concept_files, concepts, labels
from store import occupations, places, skills

ESCO = "http://data.europa.eu/esco/occupation/"
NURSE = f"{ESCO}8d3e8aaa-791b-4c75-a465-f3f827028f50"
DEVELOPER = f"{ESCO}f2b15a0e-e65a-438a-affb-29b9d50b77d1"
COOK = f"{ESCO}90f75f67-495d-49fa-ab57-2f320e251d7e"
CHEF = f"{ESCO}1009be17-7efd-45f1-a033-566bf179c588"
PYTHON = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "listings.ndjson"


def found(text: str, language: str) -> dict[str, tuple[str, ...]]:
    return {
        text[mention.start : mention.end]: mention.codes
        for mention in concepts.mentions(analyse(text, language), language, text)
    }


def codes(text: str, language: str) -> set[str]:
    return {code for named in found(text, language).values() for code in named}


def asked(*words: str) -> list[tuple[set[str], str, bool]]:
    return [(set(one.words), one.code, one.whole) for one in concepts.asked(words)]


@pytest.mark.promise("L2")
@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("Etsimme sairaanhoitajia yöhön", "fi", NURSE),
        ("Vi söker sjuksköterskor", "sv", NURSE),
        ("Registered nurses wanted", "en", NURSE),
        ("Tiimi etsii ohjelmistokehittäjää", "fi", DEVELOPER),
        ("Systemutvecklare sökes", "sv", DEVELOPER),
        ("We hire software developers", "en", DEVELOPER),
        ("Keittiöön haetaan kokkeja", "fi", COOK),
        ("Osaat Pythonia", "fi", PYTHON),
        ("Työpaikka Uudessakaupungissa", "fi", "fi-895"),
        ("Jobbet är i Göteborgs stad", "sv", "se-1480"),
        ("Based in Gothenburg", "en", "se-1480"),
        ("Software developer i vårt team", "sv", DEVELOPER),
    ],
)
def test_a_concept_is_found_in_each_language_and_inflection(text: str, language: str, code: str) -> None:
    assert code in codes(text, language)


def test_a_mention_says_where_it_is() -> None:
    text = "Senior software developer, Tampere"
    assert found(text, "en")["software developer"] == (DEVELOPER,)
    assert found(text, "en")["Tampere"] == ("fi-837",)


def test_a_label_within_another_is_found_too() -> None:
    assert found("Arbete i Stockholms län", "sv") == {"Stockholms län": ("se-01",), "Stockholms": ("se-0180",)}


def test_a_word_that_languages_disagree_about_means_that_of_the_text_and_asks_for_nothing() -> None:
    assert codes("The chef decides", "en") == {CHEF}
    assert CHEF not in codes("Din chef bestämmer", "sv")
    assert asked("chef") == []
    # The town in Finland, chemistry in Swedish
    assert asked("kemi") == []
    # A municipality of Finland in Swedish and one of Sweden
    assert codes("Övertorneå", "sv") == {"fi-976", "se-2518"}
    assert asked("övertorneå") == []


def test_a_label_of_one_language_that_is_another_word_in_a_second_is_found_in_the_first_and_sought_as_a_word_too() -> (
    None
):
    assert codes("Truck and bus drivers wanted", "en") >= {"isco-83"}
    assert "isco-83" not in codes("Vi driver ett bolag", "sv")
    assert asked("driver") == [({"driver"}, "isco-83", False)]


def test_what_is_too_general_is_no_concept() -> None:
    for word in ("manager", "johtaja", "asiantuntija", "suunnitella", "planera", "viestintä", "operator", "worker"):
        assert asked(word) == [], word


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sairaanhoitajia"], [({"sairaanhoitajia"}, NURSE, True)]),
        (["developer", "software"], [({"software", "developer"}, DEVELOPER, False)]),
        (
            ["senior", "tampere", "developer", "software"],
            [({"software", "developer"}, DEVELOPER, False), ({"tampere"}, "fi-837", True)],
        ),
        (["siilinjärvellä"], [({"siilinjärvellä"}, "fi-749", True)]),
        (["väsby", "upplands"], [({"upplands", "väsby"}, "se-0114", False)]),
        (["lund"], [({"lund"}, "se-1281", False)]),
        (["hattivatti"], []),
        ([], []),
        (["and/or", "...", ""], []),
    ],
)
def test_words_of_a_search_name_concepts(words: list[str], expected: list[tuple[set[str], str, bool]]) -> None:
    assert asked(*words) == expected
    assert asked(*reversed(words)) == expected


def test_above_a_code_is_everything_that_finds_it() -> None:
    assert concepts.above([NURSE, "fi-837", PYTHON]) == {
        *occupations.ancestors(NURSE),
        *places.ancestors("fi-837"),
        PYTHON,
    }
    assert concepts.above([]) == set()
    with pytest.raises(KeyError):
        concepts.above(["isco-9999"])


def test_a_code_of_any_taxonomy_has_a_label() -> None:
    assert concepts.label(NURSE, "fi") == "sairaanhoitaja"
    assert concepts.label("isco-2221", "sv") == occupations.label("isco-2221", "sv")
    assert concepts.label("se-1480", "en") == "Gothenburg"
    assert concepts.label(PYTHON, "en") == "Python (computer programming)"
    with pytest.raises(KeyError):
        concepts.label("isco-9999", "fi")
    with pytest.raises(KeyError):
        concepts.label(NURSE, "de")


def test_every_skill_has_its_labels() -> None:
    assert len(skills.all()) == 13_896
    for skill in skills.all():
        assert all(label == " ".join(label.split()) != "" for label in skill.labels)
    assert not skills.known(NURSE)


def test_the_table_holds_the_labels_as_the_analysis_reads_them_today() -> None:
    """`scripts/make_concepts.py` has to be run after a change of the analysis or of the labels."""
    unwanted = labels.left_out()
    for label in list(labels.all_labels())[::29]:
        said = labels.path(label.text, label.language)
        if label.rank < labels.Rank.SHORT_SKILL and said not in unwanted and said.count(" ") < labels.MOST_WORDS:
            assert labels.too_short(label) or concept_files.entry(said), label


WORDS = sorted({word for label in labels.all_labels() for word in label.text.lower().split()})
LISTINGS = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
SAID = sorted({token.word for row in LISTINGS for token in analyse(row["description"], row["language"])})


@pytest.mark.promise("L3")
@settings(max_examples=400, deadline=None)
@given(
    word=st.one_of(st.sampled_from(SAID), st.sampled_from(WORDS)),
    text=st.sampled_from(LISTINGS),
    language=st.sampled_from(labels.LANGUAGES),
)
@example(
    word="sairaanhoitaja",
    text={"description": "Sairaanhoitajille ja Sairaanhoitajien", "language": "fi"},
    language="fi",
)
def test_what_a_word_finds_its_concept_finds_where_it_stands_for_the_whole(
    word: str, text: dict[str, str], language: str
) -> None:
    alone = [one for one in concepts.asked([word]) if one.whole]
    description = f"{text['description']} {word}"
    for token in analyse(description, language):
        if any(len(keys) == 1 and keys[0] in token.keys for keys in asked_phrase(word)):
            for one in alone:
                assert one.code in {
                    code for mention in concepts.mentions([token], language, description) for code in mention.codes
                }


@settings(max_examples=100, deadline=None)
@given(words=st.lists(st.one_of(st.sampled_from(SAID), st.sampled_from(WORDS)), max_size=6))
def test_the_same_words_always_name_the_same_concepts(words: list[str]) -> None:
    once = concepts.asked(words)
    assert once == concepts.asked([*reversed(words), *words])
    used = [word for one in once for word in one.words]
    assert len(used) == len(set(used))
    assert set(used) <= set(words)
    assert [len(one.words) for one in once] == sorted((len(one.words) for one in once), reverse=True)


@settings(max_examples=300, deadline=None)
@given(
    words=st.lists(st.sampled_from(SAID + WORDS + ["Vara", "Salo", "i", "kommun", "Matti", ",", "/"]), max_size=12),
    written=st.sampled_from([str.lower, str.capitalize, str.upper]),
    between=st.sampled_from([" ", "\n", "-", ", "]),
    language=st.sampled_from(labels.LANGUAGES),
)
def test_a_text_names_what_its_words_mention(words: list[str], written: Any, between: str, language: str) -> None:
    text = between.join(written(word) for word in words)
    said = concepts.mentions(analyse(text, language), language, text)
    assert concepts.named(text, language) == {code for mention in said for code in mention.codes}


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_a_whole_listing_names_what_its_words_mention(language: str) -> None:
    for row in LISTINGS:
        text = row["description"]
        said = concepts.mentions(analyse(text, language), language, text)
        assert concepts.named(text, language) == {code for mention in said for code in mention.codes}
