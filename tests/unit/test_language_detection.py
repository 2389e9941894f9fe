"""Which language a text is in: of ads and CVs, short and long, mixed, and in languages that are none of ours."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from store import language_detection, sanitise

SAMPLES = Path(__file__).parents[2] / "samples"


@cache
def _ads(language: str) -> list[dict[str, Any]]:
    ads = [json.loads(line) for line in (SAMPLES / "listings.ndjson").read_text(encoding="utf-8").splitlines()]
    return [{**ad, "text": sanitise.text(ad["description"])} for ad in ads if ad["language"] == language]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_ad_is_recognised(language: str) -> None:
    assert {language_detection.recognise(f"{ad['title']}\n{ad['text']}") for ad in _ads(language)} == {language}


@pytest.mark.parametrize(("language", "least"), [("fi", 0.9), ("sv", 0.55), ("en", 0.25)])
def test_a_title_is_recognised_or_left_open_never_taken_for_another_language(language: str, least: float) -> None:
    titles = {ad["title"] for ad in _ads(language)}
    found = [language_detection.recognise(title) for title in titles]
    assert set(found) <= {language, None}
    assert found.count(language) >= least * len(titles)


@pytest.mark.parametrize(("language", "other"), [("fi", "en"), ("sv", "en"), ("en", "fi"), ("en", "sv"), ("fi", "sv")])
def test_a_mixed_ad_is_in_the_language_of_most_of_it(language: str, other: str) -> None:
    for ad, foreign in zip(_ads(language), _ads(other), strict=False):
        third = foreign["text"][: len(ad["text"]) // 3]
        assert language_detection.recognise(f"{foreign['title']}\n{ad['text']}") == language
        assert language_detection.recognise(f"{third}\n\n{ad['text']}") == language
        assert language_detection.recognise(f"{ad['text']}\n\n{third}") == language


@pytest.mark.parametrize(
    "text",
    [
        "Vi søker en dyktig medarbeider til vårt kontor i Oslo. Du har erfaring fra lignende stillinger.",
        "Vi søkjer ein erfaren kokk til restauranten vår. Du likar å arbeide i lag.",
        "Vi søger en dygtig medarbejder til vores kontor i København, hvor du får en spændende hverdag.",
        "Við leitum að reyndum kokki á veitingastað okkar í Reykjavík. Góð laun í boði.",
        "Otsime müüjat kauplusesse Tallinnas. Töö on täiskohaga ja algab kohe.",
        "Wir suchen einen erfahrenen Koch für unser Restaurant in Hamburg. Sie arbeiten gern im Team.",
        "Ieškome patyrusio virėjo mūsų restoranui Vilniuje. Siūlome gerą atlyginimą ir draugišką kolektyvą.",
        "Шукаємо досвідченого кухаря до нашого ресторану. Повний робочий день.",
        "نبحث عن طباخ ذي خبرة لمطعمنا. دوام كامل وراتب جيد.",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor",
        "Python, SQL, Docker, Kubernetes, AWS",
        "+358 40 123 4567",
        "",
    ],
)
def test_a_text_in_no_language_of_ours_is_left_open(text: str) -> None:
    assert language_detection.recognise(text) is None


def test_how_letters_are_composed_makes_no_difference() -> None:
    text = "Etsimme osaavaa lähihoitajaa kotihoidon tiimiin Ähtäriin."
    decomposed = unicodedata.normalize("NFD", text)
    assert decomposed != text
    assert language_detection.recognise(text) == language_detection.recognise(decomposed) == "fi"


def test_capitals_make_no_difference() -> None:
    assert language_detection.recognise("HAEMME SAIRAANHOITAJAA TAMPEREELLE") == "fi"


def test_a_cv_is_in_the_language_that_it_names() -> None:
    assert language_detection.of_cv({"language": "en", "summary": "Olen kokenut kokki Turusta."}, "sv") == "en"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_cv_that_names_none_is_in_the_one_it_is_written_in(language: str) -> None:
    bodies = [json.loads(line) for line in (SAMPLES / "cvs.ndjson").read_text(encoding="utf-8").splitlines()]
    written = [{**body, "language": None} for body in bodies if body["language"] == language]
    assert {language_detection.of_cv(body, "other") for body in written} == {language}


def test_a_cv_without_words_is_in_the_language_of_the_person() -> None:
    assert (
        language_detection.of_cv({"skills": ["C++"], "experience": [{"title": "12", "employer": "Suomen Oy"}]}, "sv")
        == "sv"
    )


def test_the_model_is_loaded_by_the_first_text_only() -> None:
    asked = "import sys, api.listing_schema, store.cvs; sys.exit('py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=SAMPLES.parent, check=False).returncode == 0
