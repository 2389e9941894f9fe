"""Listings over HTTP: published, corrected, closed and re-opened by their employer's own reference, and read by all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from store import clock, listings
from store.database import transaction
from tests.e2e.conftest import EMPLOYER, Api, client_of, listing, problems, token

Publish = Callable[..., str]


@pytest.mark.promise("L1")
def test_publish_correct_close_and_open_again(employer: Api, api: Api) -> None:
    created = employer.put("/listings/a-1", listing())
    assert created.status_code == 201
    assert set(created.json) == {"id", "state", "version"}
    assert created.json["state"] == "published"
    again = employer.put("/listings/a-1", listing())
    assert again.status_code == 200
    assert again.json == created.json
    corrected = employer.put("/listings/a-1", listing(title="Kätilö"))
    assert corrected.status_code == 200
    assert corrected.json["id"] == created.json["id"]
    assert corrected.json["version"] > created.json["version"]
    shown = api.get(f"/listings/{created.json['id']}").json
    assert shown["title"] == "Kätilö"
    assert shown["labels"] == {"places": ["Tampere"], "occupation": None, "employment": ["full-time"]}
    assert shown["url"] == f"http://127.0.0.1:8080/en/jobs/{created.json['id']}"
    assert shown["apply"] == {"url": "https://pohjolanhoiva.example/apply", "email": None}
    closed = employer.delete("/listings/a-1")
    assert closed.status_code == 200
    assert closed.json["state"] == "closed"
    assert employer.delete("/listings/a-1").json == closed.json
    problems(api.get(f"/listings/{created.json['id']}"), 404)
    opened = employer.put("/listings/a-1", listing())
    assert opened.status_code == 200
    assert opened.json["state"] == "published"
    assert opened.json["id"] == created.json["id"]


@pytest.mark.promise("L1")
def test_drafts_and_deadlines(employer: Api, api: Api, work: Callable[[], int]) -> None:
    now = clock.now()
    later, last = now + timedelta(hours=1), now + timedelta(hours=3)
    draft = employer.put("/listings/a-1", listing(published_at=later.isoformat(), deadline=last.isoformat())).json
    assert draft["state"] == "draft"
    problems(api.get(f"/listings/{draft['id']}"), 404)
    clock.set_ahead(timedelta(hours=2))
    work()
    assert api.get(f"/listings/{draft['id']}").status_code == 200
    clock.set_ahead(timedelta(hours=4))
    problems(api.get(f"/listings/{draft['id']}"), 404)
    work()
    with transaction() as session:
        assert listings.by_ids(session, [draft["id"]]).popitem()[1].state == "expired"


def test_a_reference_of_any_letters(employer: Api) -> None:
    for reference in ("2026%2F11%2Fä", "2026/11/ä", "%F0%9F%92%89"):
        created = employer.put(f"/listings/{reference}", listing())
        assert created.json["state"] == "published"
        assert employer.delete(f"/listings/{reference}").json["id"] == created.json["id"]
    created = employer.put("/listings/A%CC%88iti", listing())
    assert employer.delete("/listings/%C3%84iti").json["id"] == employer.delete("/listings/A%CC%88iti").json["id"]
    for reference in ("%00", "a%00b", "%0A", "x" * 201):
        assert problems(employer.put(f"/listings/{reference}", listing()))["reference"]
        problems(employer.delete(f"/listings/{reference}"), 404)


def test_a_reference_belongs_to_its_employer(employer: Api, app_client: FlaskClient) -> None:
    other = Api(app_client, token("employer", "Muu Oy"))
    mine = employer.put("/listings/a-1", listing()).json
    assert other.put("/listings/a-1", listing()).json["id"] != mine["id"]
    assert other.delete("/listings/a-1").json["id"] != mine["id"]
    assert employer.put("/listings/a-1", listing()).json == mine


@pytest.mark.parametrize("reference", ["suggest", "stream", "snapshot", "feed"])
def test_reserved_references(employer: Api, reference: str) -> None:
    found = problems(employer.put(f"/listings/{reference}", listing()))
    assert found == {
        "reference": ("is a word that the API needs itself", "not: suggest, stream, snapshot, feed"),
    }


@pytest.mark.parametrize(
    ("given", "field", "reason", "right"),
    [
        ({"title": None}, "title", "is missing", "1 to 200"),
        ({"title": "x" * 201}, "title", "201 characters", "1 to 200"),
        ({"title": 7}, "title", "is not text", "1 to 200"),
        ({"description": "x" * 50_001}, "description", "50,001 characters", "50,000"),
        ({"language": "no"}, "language", "not known", "fi, sv or en"),
        ({"places": ["fi-837", "Tampere"]}, "places[1]", "not known", "fi-837"),
        ({"places": []}, "places", "names no place", "a list of 1 to 50"),
        ({"occupation": "isco-0000"}, "occupation", "not known", "isco-2512"),
        ({"employment": ["full time"]}, "employment[0]", "not known", "full_time"),
        ({"salary": {"min": 3000}}, "salary.currency", "is missing", "EUR"),
        ({"deadline": "2020-01-01"}, "deadline", "in the past", "still to come"),
        (
            {"published_at": "2030-01-02T00:00:00Z", "deadline": "2030-01-01T00:00:00Z"},
            "deadline",
            "before published_at",
            "after published_at",
        ),
        ({"deadline": "31.12.2030"}, "deadline", "neither a date nor a time", "ISO 8601"),
        ({"apply": {}}, "apply", "neither where nor to whom", "url, email or both"),
        ({"apply": {"url": "javascript:alert(1)"}}, "apply.url", "not a web address", "https://"),
        ({"site": "nowhere"}, "site", "no site has this key", "vahti"),
        ({"reference": "other"}, "reference", "differs from the one in the address", "the same one"),
        ({"sallary": 3}, "sallary", "not a known field", "salary"),
    ],
)
def test_what_is_wrong_is_named(employer: Api, given: dict[str, Any], field: str, reason: str, right: str) -> None:
    found = problems(employer.put("/listings/a-1", listing(**given)))
    assert field in found
    assert reason in found[field][0]
    assert right in found[field][1]
    problems(employer.delete("/listings/a-1"), 404)


def test_a_listing_that_is_no_object(employer: Api) -> None:
    assert "" in problems(employer.put("/listings/a-1", [listing()]))


def test_ids_that_are_none(api: Api) -> None:
    for one in (str(uuid4()), "a-1", "1", "feed"):
        problems(api.get(f"/listings/{one}"), 404)


def test_labels_in_the_language_asked_for(employer: Api, api: Api) -> None:
    created = employer.put("/listings/a-1", listing(occupation="isco-2221")).json
    for language, place in (("fi", "Tampere"), ("sv", "Tammerfors"), ("en", "Tampere")):
        assert api.get(f"/listings/{created['id']}", lang=language).json["labels"]["places"] == [place]
    assert problems(api.get(f"/listings/{created['id']}", lang="no"))["lang"][1].endswith("fi, sv, en")


@pytest.mark.promise("L1")
def test_the_same_new_listing_twice_at_once(app_client: FlaskClient) -> None:
    """Every one of many simultaneous calls is answered, and they make one listing."""
    given = token("employer", EMPLOYER)
    app = app_client.application

    def put(number: int) -> tuple[int, str]:
        answer = Api(client_of(app), given).put("/listings/a-1", listing(title=f"Kokki {number}"))
        return answer.status_code, answer.json["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(put, range(24)))
    assert {status for status, _ in answers} <= {200, 201}
    assert len({one for _, one in answers}) == 1
    assert [status for status, _ in answers].count(201) == 1


@pytest.mark.invariant(1)
def test_suggestions(api: Api, published: Publish) -> None:
    published("a-1", title="Sairaanhoitaja päivystykseen")
    published("a-2", title="Sairaanhoitaja päivystykseen")
    found = api.get("/listings/suggest", text="sairaanho", lang="fi").json["suggestions"]
    assert {"kind": "title", "text": "Sairaanhoitaja päivystykseen", "code": None} in found
    assert any(one["kind"] == "occupation" and one["code"] for one in found)
    (place, *_) = api.get("/listings/suggest", text="tamp", lang="sv").json["suggestions"]
    assert place == {"kind": "place", "text": "Tammerfors", "code": "fi-837"}
    (nurse, *_) = api.get("/listings/suggest", text="nurse", lang="fi").json["suggestions"]
    assert (nurse["kind"], nurse["text"]) == ("occupation", "sairaanhoitaja")
    assert api.get("/listings/suggest", text="javas", lang="fi").json["suggestions"][0]["kind"] == "skill"
    assert len(found) <= 10
    assert len({(one["kind"], one["text"]) for one in found}) == len(found)
    assert api.get("/listings/suggest", text="-!").json == {"suggestions": []}
    assert "text" in problems(api.get("/listings/suggest"))
    assert problems(api.get("/listings/suggest", text="x" * 301))["text"][0] == "is longer than 300 characters"
