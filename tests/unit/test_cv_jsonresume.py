"""JSON Resume both ways: what it holds comes along, and everything else is told by its path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from api.cv_carried import DEEPEST, MOST_TOLD, NO_PLACE, Lost
from api.cv_jsonresume import CONSENT, NO_MEMBER, read_jsonresume, write_jsonresume
from store.errors import Invalid
from tests.unit.cv_strategies import held_by_both

SAMPLES = sorted((Path(__file__).parents[3] / "shared" / "data" / "cvs" / "jsonresume").glob("*.json"))

RESUME: dict[str, Any] = {
    "$schema": "https://example.org/schema.json",
    "basics": {
        "name": "Kaisa Esimerkki",
        "label": "Sairaanhoitaja",
        "image": "https://kaisa.example/kuva.jpg",
        "email": "kaisa@mail.example",
        "phone": "+358 40 123 4567",
        "url": "https://kaisa.example",
        "summary": "<p>Kymmenen vuotta päivystyksessä.</p>",
        "location": {"address": "Saarikatu 1", "postalCode": "00100", "city": "Helsinki", "countryCode": "FI"},
        "profiles": [{"network": "Kuvat", "url": "https://kuvat.example/kaisa"}],
    },
    "work": [
        {
            "name": "Saaren sairaala",
            "position": "Sairaanhoitaja",
            "startDate": "2019-08-01T00:00:00Z",
            "endDate": None,
            "summary": "Päivystys.",
            "highlights": ["Perehdytin uudet työntekijät", "Uudistin hälytysohjeet"],
            "location": "Helsinki",
        }
    ],
    "volunteer": [{"organization": "Punainen Risti", "position": "Ensiapukouluttaja", "startDate": "2015"}],
    "education": [
        {
            "institution": "Saaren ammattikorkeakoulu",
            "area": "Hoitotyö",
            "studyType": "Sairaanhoitaja (AMK)",
            "startDate": "2015-08",
            "endDate": "2019-13",
            "score": "4,5",
            "courses": ["Akuuttihoito", "Farmakologia"],
        }
    ],
    "certificates": [{"name": "Hygieniapassi", "issuer": "Ruokavirasto", "date": "2018-03-01"}],
    "skills": [{"name": "Hoitotyö", "level": "Master", "keywords": ["Triage", "Haavanhoito"]}, {"name": "x" * 101}],
    "languages": [
        {"language": "Finnish", "fluency": "Native speaker"},
        {"language": "Ruotsi", "fluency": "Professional (B2)"},
        {"language": "English", "fluency": "Good"},
        {"language": "Klingon"},
        {"language": "suomi"},
    ],
    "references": [{"name": "Olli Malli", "reference": "Kaisa on loistava."}],
    "interests": [{"name": "Purjehdus"}],
    "meta": {"version": "v1.0.0"},
}


@pytest.mark.promise("A5")
def test_a_resume_comes_along_and_what_does_not_is_told() -> None:
    carried = read_jsonresume(RESUME)
    assert carried.cv == {
        "headline": "Sairaanhoitaja",
        "summary": "Kymmenen vuotta päivystyksessä.",
        "experience": [
            {
                "title": "Sairaanhoitaja",
                "employer": "Saaren sairaala",
                "start": "2019-08-01",
                "description": "Päivystys.\n• Perehdytin uudet työntekijät\n• Uudistin hälytysohjeet",
            },
            {"title": "Ensiapukouluttaja", "employer": "Punainen Risti", "start": "2015"},
        ],
        "education": [
            {
                "title": "Sairaanhoitaja (AMK)",
                "school": "Saaren ammattikorkeakoulu",
                "field": "Hoitotyö",
                "start": "2015-08",
                "description": "Akuuttihoito\nFarmakologia",
            },
            {"title": "Hygieniapassi", "school": "Ruokavirasto", "end": "2018-03-01"},
        ],
        "skills": ["Hoitotyö", "Triage", "Haavanhoito"],
        "languages": [
            {"language": "fi", "level": "native"},
            {"language": "sv", "level": "B2"},
            {"language": "en", "level": None},
        ],
        "contact": {
            "name": "Kaisa Esimerkki",
            "email": "kaisa@mail.example",
            "phone": "+358 40 123 4567",
            "url": "https://kaisa.example",
            "address": "Saarikatu 1\n00100 Helsinki\nFI",
        },
    }
    assert {one.field: one.reason for one in carried.lost} == {
        "basics.image": NO_PLACE,
        "basics.profiles[0]": NO_PLACE,
        "work[0].location": NO_PLACE,
        "education[0].endDate": "has a month that is not between 01 and 12; "
        "without it, the entry reads as if it still went on",
        "education[0].score": NO_PLACE,
        "skills[0].level": NO_PLACE,
        "skills[1].name": "is too long for the name of a skill",
        "languages[2].fluency": "is not known",
        "languages[3].language": "is no language by a code of ISO 639-1, or by its name in Finnish, Swedish or English",
        "languages[4].language": "is there twice",
        "references[0]": CONSENT,
        "interests[0]": NO_PLACE,
    }


@pytest.mark.promise("A7")
def test_reference_persons_neither_come_in_nor_go_out() -> None:
    assert "references" not in read_jsonresume(RESUME).cv
    document, lost = write_jsonresume({"references": [{"name": "Olli Malli", "consent": True}]})
    assert "Olli" not in json.dumps(document)
    assert [one.field for one in lost] == ["references[0]"]


def test_what_the_format_cannot_hold_is_told_when_writing() -> None:
    cv: dict[str, Any] = {
        "language": "fi",
        "places": ["fi-091"],
        "occupations": ["isco-2221"],
        "wishes": {"remote": True},
        "self_stated": {"gender": "nainen"},
    }
    document, lost = write_jsonresume(cv)
    assert set(document) == {"$schema"}
    assert lost == [Lost(name, NO_MEMBER) for name in cv]


@pytest.mark.promise("A5")
@given(held_by_both())
def test_what_both_hold_comes_back_the_same(cv: dict[str, Any]) -> None:
    document, lost = write_jsonresume(cv)
    assert lost == ([Lost("language", NO_MEMBER)] if "language" in cv else [])
    back = read_jsonresume({"work": [], **json.loads(json.dumps(document))})
    assert back.lost == []
    assert back.cv == {name: value for name, value in cv.items() if name != "language"}


@pytest.mark.parametrize("document", [[], "cv", None, {}, {"title": "Kokki"}])
def test_what_is_no_resume_is_refused(document: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_jsonresume(document)
    (problem,) = refused.value.problems
    assert "JSON Resume" in f"{problem}"


def test_odd_types_stay_behind_and_are_told() -> None:
    odd = {"basics": [], "work": {"name": "x"}, "skills": ["Python", 5, None, {"name": ["a"]}], "education": [[]]}
    carried = read_jsonresume(odd)
    assert carried.cv == {}
    assert [one.field for one in carried.lost] == ["skills[0]", "skills[1]", "skills[3].name", "work"]


def test_what_is_too_much_is_cut_and_told() -> None:
    carried = read_jsonresume(
        {
            "basics": {"summary": "sana " * 2_000, "label": "a" * 201},
            "work": [{"name": f"Yritys {number}"} for number in range(101)],
            "skills": [{"name": f"taito {number}"} for number in range(201)],
            "interests": [{"name": str(number)} for number in range(MOST_TOLD)],
        }
    )
    assert len(carried.cv["summary"]) <= 5_000
    assert carried.cv["headline"] == "a" * 200
    assert (len(carried.cv["experience"]), len(carried.cv["skills"])) == (100, 200)
    told = [one.reason for one in carried.lost]
    assert len(told) == MOST_TOLD + 1
    assert told[:2] == ["was cut to 200 characters", "was cut to 5,000 characters"]
    assert told[-1] == "4 more could not be carried over"


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(DEEPEST):
        deep = {"basics": deep}
    with pytest.raises(Invalid, match="nested too deeply"):
        read_jsonresume({"basics": deep})


@pytest.mark.skipif(not SAMPLES, reason="the samples are not here")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_samples_of_others_are_read_and_come_back(sample: Path) -> None:
    carried = read_jsonresume(json.loads(sample.read_text(encoding="utf-8")))
    assert carried.cv
    again = read_jsonresume(write_jsonresume(carried.cv)[0])
    assert again.cv == carried.cv
    assert again.lost == []
