"""Suggestions as persons and recruiters call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from mappings.client import client
from mappings.indexes import alias
from tests.e2e.conftest import EMPLOYER, Answer, Api, Chosen, problems
from tests.e2e.people import People, people_of
from tests.recruiting import noted

Work = Callable[[], int]
Publish = Callable[..., str]


@pytest.fixture
def people(app_client: FlaskClient) -> People:
    return people_of(app_client, EMPLOYER)


def texts(one: dict[str, Any]) -> list[str]:
    return [reason["text"] for reason in one["reasons"]]


def kinds(one: dict[str, Any]) -> list[tuple[str, int]]:
    return [(reason["kind"], reason["weight"]) for reason in one["reasons"]]


def candidates(by: Api, listing: str, **query: Any) -> Answer:
    return by.get(f"/listings/{listing}/candidates", **query)


@pytest.mark.promise("A10")
def test_a_private_cv_is_suggested_jobs_with_the_reasons(app_client: FlaskClient, published: Publish) -> None:
    aino = people_of(
        app_client,
        EMPLOYER,
        visible=False,
        skills=["Python", "Kansanlaulu"],
        languages=[{"language": "sv", "level": "C1"}],
        wishes={"employment": ["full_time"], "remote": True, "salary_min": 3000, "salary_currency": "EUR"},
    ).aino
    best = published(
        "best",
        occupation="isco-2221",
        description="<p>Python, ruotsin kielen taito.</p>",
        remote=True,
        salary={"min": 3200, "currency": "EUR", "period": "month"},
    )
    nearby = published("nearby", places=["fi-536"], employment=["part_time"])
    far = published("far", places=["se-0180"], language="sv", title="Sjuksköterska", employment=["part_time"])
    related = published("related", title="Kätilö", occupation="isco-2222", places=["fi-091"], language="en")
    published("cook", title="Kokki", description="<p>Keitto.</p>")
    answer = aino.get("/me/cv/suggested-jobs").json
    assert answer["total"] == 4
    assert [hit["id"] for hit in answer["hits"]] == [best, nearby, far, related]
    assert kinds(answer["hits"][0]) == [
        ("same_occupation", 40),
        ("place", 15),
        ("skills", 8),
        ("remote", 6),
        ("language", 5),
        ("asked_languages", 3),
        ("employment", 3),
        ("salary", 3),
    ]
    assert [hit["score"] for hit in answer["hits"]] == [83, 53, 45, 13]
    assert kinds(answer["hits"][1]) == [("same_occupation", 40), ("nearby", 8), ("language", 5)]
    assert texts(answer["hits"][1])[1:] == ["lähellä: Nokia", "ilmoituksen kieli: suomi"]
    swedish = aino.get("/me/cv/suggested-jobs", lang="sv", size=1).json
    assert texts(swedish["hits"][0]) == [
        "yrket: Sjuksköterskor med särskild kompetens",
        "orten: Tammerfors",
        "kunskaper: Python (datorprogrammering)",
        "distansarbete",
        "annonsens språk: finska",
        "språk som nämns i annonsen: svenska",
        "anställningsform: heltid",
        "minst 3\xa0000\xa0€/mån",
    ]
    rest = aino.get("/me/cv/suggested-jobs", size=3, page=swedish["next"]).json
    assert [hit["id"] for hit in rest["hits"]] == [nearby, far, related]
    assert aino.get("/me/cv/suggested-jobs", size=2, page=2).json["hits"][0]["id"] == far


@pytest.mark.promise("A10")
def test_what_a_person_hides_from_others_counts_for_the_person(people: People, published: Publish) -> None:
    published("a-1", occupation="isco-2221")
    before = people.aino.get("/me/cv/suggested-jobs").json
    assert before["total"] == 1
    hidden = {"fields": ["occupations", "headline", "experience", "places", "skills"]}
    assert people.aino.put("/me/cv/hidden", hidden).status_code == 200
    assert people.aino.get("/me/cv/suggested-jobs").json == before
    assert candidates(people.rita, before["hits"][0]["id"]).json == {"total": 0, "candidates": []}
    assert noted(people.cv.id) == []


@pytest.mark.promise("R4", "A9")
def test_candidates_are_suggested_with_reasons_and_noted(people: People, published: Publish) -> None:
    text = "<p>Triage ja ensihoito.</p>"
    listing = published("a-1", occupation="isco-2221", title="Sairaanhoitaja iltavuoroon", description=text)
    answer = candidates(people.rita, listing, lang="fi").json
    assert answer["total"] == 1
    [found] = answer["candidates"]
    assert found["id"] == str(people.cv.id)
    assert found["score"] == 67
    assert kinds(found) == [("same_occupation", 40), ("place", 15), ("other_skills", 7), ("language", 5)]
    assert texts(found)[1:3] == ["paikkakunta: Tampere", "muu osaaminen: Ensihoito, Triage"]
    assert "contact" not in found
    assert noted(people.cv.id) == [(EMPLOYER, "found")]
    [entry] = people.aino.get("/me/access-log").json["entries"]
    assert (entry["action"], entry["employer"]) == ("found", EMPLOYER)
    assert entry["listing"] == {"id": listing, "title": "Sairaanhoitaja iltavuoroon"}
    assert "search" not in entry
    assert "Sairaanhoitaja iltavuoroon" in people.aino.get("/me/export").get_data(as_text=True)


@pytest.mark.promise("R4")
def test_who_declines_is_found_and_not_suggested(people: People, published: Publish, work: Work) -> None:
    listing = published("a-1", occupation="isco-2221")
    assert people.aino.get("/me/cv").json["suggestible"] is True
    answer = people.aino.put("/me/cv/suggestible", {"suggestible": False})
    assert (answer.status_code, answer.json) == (200, {"suggestible": False})
    assert people.aino.get("/me/cv").json["suggestible"] is False
    for _ in range(2):  # from the answer on, and when the index knows it
        assert candidates(people.rita, listing).json["total"] == 0
        work()
    assert people.rita.post("/cvs/search", {"text": "sairaanhoitaja"}).json["total"] == 1
    whole = people.aino.get("/me/cv").json
    assert people.aino.put("/me/cv", {**whole, "suggestible": True}).json["suggestible"] is False
    people.aino.put("/me/cv/suggestible", {"suggestible": True})
    work()
    assert candidates(people.rita, listing).json["total"] == 1
    assert problems(people.aino.put("/me/cv/suggestible", {"suggestible": "no"})) == {
        "suggestible": ("is neither true nor false", "true or false")
    }


@pytest.mark.promise("R4")
def test_candidates_are_for_the_employer_of_an_open_listing(people: People, published: Publish, employer: Api) -> None:
    listing = published("a-1", occupation="isco-2221")
    unknown = problems_of(candidates(people.rita, str(uuid4())))
    assert problems_of(candidates(people.other, listing)) == unknown
    assert candidates(people.aino, listing).status_code == 403
    assert candidates(employer, listing).status_code == 403
    employer.delete("/listings/a-1")
    assert problems_of(candidates(people.rita, listing)) == unknown
    assert noted(people.cv.id) == []


def problems_of(answer: Answer) -> str:
    assert answer.status_code == 404
    return str(answer.json["detail"])


@pytest.mark.promise("R1")
def test_suggestions_count_as_searches(chosen: Chosen, published: Publish) -> None:
    people = people_of(chosen(searches_hourly="2"), EMPLOYER)
    listing = published("a-1", occupation="isco-2221")
    assert [candidates(people.rita, listing).status_code for _ in range(3)] == [200, 200, 429]


def test_without_a_cv_or_anything_to_go_by(people: People, published: Publish, app_client: FlaskClient) -> None:
    published("a-1", occupation="isco-2221")
    people.aino.put("/me/cv", {"places": ["fi-837"], "language": "fi"})
    assert people.aino.get("/me/cv/suggested-jobs").json == {"total": 0, "hits": [], "next": None}
    people.aino.delete("/me/cv")
    assert people.aino.get("/me/cv/suggested-jobs").status_code == 404
    assert people.rita.get("/me/cv/suggested-jobs").status_code == 403


def test_bad_parameters_are_told(people: People) -> None:
    bad = people.aino.get("/me/cv/suggested-jobs", size="0", page="x", lang="de")
    assert set(problems(bad)) == {"size", "lang"}
    for page, reason in (("0", "is 0"), ("x", "is neither a number nor the `next` of an answer")):
        assert problems(people.aino.get("/me/cv/suggested-jobs", page=page))["page"][0] == reason
    newest = "WyJuZXdlc3QiLCIyMDI2LTExLTI0IiwxLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDciXQ"
    assert "another order" in problems(people.aino.get("/me/cv/suggested-jobs", page=newest))["page"][0]
    assert set(problems(candidates(people.rita, str(UUID(int=1)), size="x"))) == {"size"}


def test_without_its_index_nothing_is_guessed(people: People, published: Publish) -> None:
    listing = published("a-1", occupation="isco-2221")
    for kind in ("listings", "cvs"):
        client().indices.delete(index=f"{alias(kind)}-*", params={"expand_wildcards": "all"})
    assert people.aino.get("/me/cv/suggested-jobs").status_code == 503
    assert candidates(people.rita, listing).status_code == 503
    assert noted(people.cv.id) == []
