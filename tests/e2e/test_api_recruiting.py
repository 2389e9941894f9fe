"""Contact details, copies, shortlists, the access log and unusual use as persons, recruiters and admins call them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from store import clock, cvs, employers, visibility
from store.database import transaction
from tests.e2e.conftest import Answer, Api, Chosen, problems
from tests.e2e.people import People, people_of
from tests.recruiting import CONTACT, noted, person, token

Work = Callable[[], int]


@pytest.fixture
def people(app_client: FlaskClient) -> People:
    return people_of(app_client)


def cells(answer: Answer) -> list[dict[str, str]]:
    """The lines of an exported table."""
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig"))))


# Contact


@pytest.mark.promise("R3")
def test_contact_is_asked_for_handed_over_shown_and_taken_back(people: People) -> None:
    there = f"/cvs/{people.cv.id}/contact"
    assert people.rita.get(there).json == {"state": "none", "expires_at": None}
    asked = people.rita.post(there, {"message": "Hei,\nsoittaisinko?"})
    assert (asked.status_code, asked.json["state"]) == (201, "asked")
    assert people.rita.post(there, {"message": "Hei taas"}).status_code == 200
    [request] = people.aino.get("/me/contact-requests").json["requests"]
    assert (request["employer"], request["message"], request["state"]) == ("Rekry Oy", "Hei,\nsoittaisinko?", "asked")
    assert "rita" not in str(request).lower()
    mine = f"/me/contact-requests/{request['id']}"
    assert people.aino.post(mine, {"grant": True}).json["state"] == "granted"
    shown = people.rita.get(there).json
    assert (shown["state"], shown["contact"]) == ("granted", CONTACT)
    assert people.rita.get(f"/cvs/{people.cv.id}").json["contact"] == CONTACT
    assert "contact" not in people.other.get(there).json
    assert "contact" not in people.other.get(f"/cvs/{people.cv.id}").json
    assert people.aino.delete(mine).status_code == 204
    assert people.rita.get(there).json["state"] == "revoked"
    assert "contact" not in people.rita.get(f"/cvs/{people.cv.id}").json
    assert people.rita.post(there, {"message": "Vielä kerran"}).status_code == 409
    assert noted(people.cv.id).count(("Rekry Oy", "contact")) >= 1
    assert ("Muu Oy", "contact") not in noted(people.cv.id)


@pytest.mark.promise("R3")
def test_open_contact_is_shown_and_noted(people: People) -> None:
    people.change(cvs.choose_contact, cvs.OPEN)
    answer = people.rita.get(f"/cvs/{people.cv.id}/contact")
    assert answer.json == {"state": "open", "expires_at": None, "contact": CONTACT}
    assert noted(people.cv.id) == [("Rekry Oy", "contact")]
    assert people.rita.post(f"/cvs/{people.cv.id}/contact", {"message": "Hei"}).status_code == 409


@pytest.mark.promise("R3")
def test_an_expired_request_is_not_answered(people: People) -> None:
    people.rita.post(f"/cvs/{people.cv.id}/contact", {"message": "Hei"})
    clock.set_ahead(timedelta(days=15))
    [request] = people.aino.get("/me/contact-requests").json["requests"]
    assert request["state"] == "expired"
    problems(people.aino.post(f"/me/contact-requests/{request['id']}", {"grant": True}), 409)
    assert people.rita.get(f"/cvs/{people.cv.id}/contact").json["state"] == "expired"


@pytest.mark.promise("A8", "A3")
def test_who_may_not_see_the_cv_is_told_nothing(people: People) -> None:
    people.rita.post(f"/cvs/{people.cv.id}/contact", {"message": "Hei"})
    ways: list[tuple[Callable[..., None], object]] = [(cvs.show, False), (cvs.block, [visibility.name_key("Rekry")])]
    for by, given in ways:
        people.change(by, given)
        for answer in (
            people.rita.get(f"/cvs/{people.cv.id}/contact"),
            people.rita.post(f"/cvs/{people.cv.id}/contact", {"message": "Hei"}),
        ):
            unknown = people.rita.get(f"/cvs/{uuid4()}/contact")
            assert (answer.status_code, answer.json["detail"]) == (404, unknown.json["detail"])
        people.change(cvs.show, True)


@pytest.mark.promise("R1")
def test_an_employer_without_approval_gets_nowhere(people: People) -> None:
    people.aino.post("/me/cv/copies", {"employer": "Rekry Oy"})
    [copy] = people.rita.get("/copies").json["copies"]
    made = people.rita.post("/shortlists", {"name": "Yövuoro"}).json["id"]
    with transaction() as session:
        employers.withdraw(session, employers.named(session, "Rekry Oy"))
    for path in (
        *(f"/cvs/{people.cv.id}/contact", "/copies", f"/copies/{copy['id']}", "/shortlists"),
        *(f"/shortlists/{made}", f"/shortlists/{made}/export"),
    ):
        problems(people.rita.get(path), 403)
    problems(people.rita.put(f"/shortlists/{made}/cvs/{people.cv.id}", {}), 403)
    assert noted(people.cv.id) == []


def test_what_is_wrong_is_said(people: People) -> None:
    there = f"/cvs/{people.cv.id}/contact"
    assert set(problems(people.rita.post(there, {}))) == {"message"}
    assert set(problems(people.rita.post(there, {"message": "  "}))) == {"message"}
    assert set(problems(people.rita.post(there, {"message": "x" * 1001, "more": 1}))) == {"message", "more"}
    people.rita.post(there, {"message": "Hei"})
    [request] = people.aino.get("/me/contact-requests").json["requests"]
    assert set(problems(people.aino.post(f"/me/contact-requests/{request['id']}", {"grant": "yes"}))) == {"grant"}
    assert set(problems(people.aino.post("/me/cv/copies", {"employer": "Ei mikään Oy"}))) == {"employer"}
    wrong = {"employer": "Rekry Oy", "listing": "1"}
    assert set(problems(people.aino.post("/me/cv/copies", wrong))) == {"listing"}
    assert set(problems(people.rita.get("/copies", page="x", size="0"))) == {"page", "size"}
    assert set(problems(people.aino.get("/me/access-log", page="-1"))) == {"page"}
    assert set(problems(people.rita.get(f"/shortlists/{uuid4()}/export", format="xls"))) == {"format"}


@pytest.mark.promise("S4")
def test_other_peoples_ids_are_no_ids(people: People, app_client: FlaskClient) -> None:
    with transaction() as session:
        other = person(session, "timo@mail.example").account_id
    timo = Api(app_client, token(other))
    people.rita.post(f"/cvs/{people.cv.id}/contact", {"message": "Hei"})
    [request] = people.aino.get("/me/contact-requests").json["requests"]
    assert timo.get("/me/contact-requests").json == {"requests": []}
    problems(timo.post(f"/me/contact-requests/{request['id']}", {"grant": True}), 404)
    problems(timo.delete(f"/me/contact-requests/{request['id']}"), 404)
    problems(people.rita.get("/me/contact-requests"), 403)
    problems(people.aino.get("/copies"), 403)
    copy = people.aino.post("/me/cv/copies", {"employer": "Rekry Oy"}).json["id"]
    problems(people.other.get(f"/copies/{copy}"), 404)
    made = people.rita.post("/shortlists", {"name": "Yövuoro"}).json["id"]
    problems(people.other.get(f"/shortlists/{made}"), 404)
    problems(people.other.delete(f"/shortlists/{made}"), 404)
    problems(people.other.put(f"/shortlists/{made}/cvs/{people.cv.id}", {}), 404)
    problems(people.other.get(f"/shortlists/{made}/export"), 404)


# Copies


@pytest.mark.promise("A4", "A9")
def test_a_private_cv_is_handed_to_one_employer_and_stays_as_it_was(people: People) -> None:
    people.change(cvs.show, False)
    handed = people.aino.post("/me/cv/copies", {"employer": "Rekry Oy"})
    assert handed.status_code == 201
    people.change(cvs.hide_fields, ["contact", "summary"])
    [listed] = people.rita.get("/copies").json["copies"]
    assert listed["headline"] == "Sairaanhoitaja"
    assert "contact" not in listed
    opened = people.rita.get(f"/copies/{listed['id']}").json["cv"]
    assert opened["contact"] == CONTACT
    assert opened["summary"] == "Kokenut sairaanhoitaja päivystyksestä."
    assert not {"references", "self_stated"} & set(opened)
    assert noted(people.cv.id) == [("Rekry Oy", "copy")]
    assert people.other.get("/copies").json == {"copies": [], "next": None}
    [mine] = people.aino.get("/me/cv/copies").json["copies"]
    assert (mine["employer"], mine["cv"]) == ("Rekry Oy", opened)
    problems(people.rita.get(f"/cvs/{people.cv.id}"), 404)


def test_copies_are_listed_in_parts(people: People) -> None:
    made = [people.aino.post("/me/cv/copies", {"employer": "Rekry Oy"}).json["id"] for _ in range(3)]
    first = people.rita.get("/copies", size=2).json
    rest = people.rita.get("/copies", size=2, page=first["next"]).json
    assert [one["id"] for one in first["copies"] + rest["copies"]] == made[::-1]
    assert rest["next"] is None


# Shortlists


@pytest.mark.promise("R2", "A3")
def test_a_shortlist_shows_and_exports_only_whom_it_may(people: People) -> None:
    made = people.rita.post("/shortlists", {"name": "Yövuoro"})
    assert made.status_code == 201
    problems(people.rita.post("/shortlists", {"name": "Yövuoro"}), 409)
    there = f"/shortlists/{made.json['id']}"
    assert people.rita.put(f"{there}/cvs/{people.cv.id}", {"note": "soita"}).status_code == 201
    assert people.rita.put(f"{there}/cvs/{people.cv.id}", {"note": "=HYPERLINK(1)"}).status_code == 200
    [entry] = people.rita.get(there).json["entries"]
    assert (entry["headline"], entry["places"], entry["note"]) == ("Sairaanhoitaja", ["Tammerfors"], "=HYPERLINK(1)")
    [line] = cells(people.rita.get(f"{there}/export"))
    assert line["note"] == "'=HYPERLINK(1)"
    assert (line["headline"], line["skills"], line["phone"]) == ("Sairaanhoitaja", "Ensihoito\nTriage", "")
    people.change(cvs.choose_contact, cvs.OPEN)
    [line] = cells(people.rita.get(f"{there}/export", format="csv"))
    assert line["phone"] == "'+358401234567"
    [exported] = people.rita.get(f"{there}/export", format="json").json["entries"]
    assert exported["contact"] == CONTACT
    assert not {"references", "self_stated", "contact"} & set(exported["cv"])
    assert noted(people.cv.id) == [
        *(("Rekry Oy", "found"), ("Rekry Oy", "exported")),
        *[("Rekry Oy", "exported"), ("Rekry Oy", "contact")] * 2,
    ]
    people.change(cvs.show, False)
    assert people.rita.get(there).json["entries"] == []
    assert cells(people.rita.get(f"{there}/export")) == []
    problems(people.rita.put(f"{there}/cvs/{people.cv.id}", {}), 404)
    assert people.rita.delete(f"{there}/cvs/{people.cv.id}").status_code == 204
    people.change(cvs.show, True)
    assert people.rita.get(there).json["entries"] == []
    assert [one["name"] for one in people.rita.get("/shortlists").json["shortlists"]] == ["Yövuoro"]
    assert people.other.get("/shortlists").json == {"shortlists": []}
    assert people.rita.delete(there).status_code == 204
    problems(people.rita.get(there), 404)


# The log


@pytest.mark.promise("A9", "R1")
def test_the_person_reads_who_found_and_opened_the_cv(people: People, work: Work) -> None:
    assert people.aino.get("/me/access-log").json == {"entries": [], "next": None}
    work()
    asked = {"text": "sairaanhoitaja OR kätilö", "criteria": {"places": ["fi-r06"], "skills": ["triage"]}}
    for _ in range(2):
        assert people.rita.post("/cvs/search", asked).json["total"] == 1
    people.other.get(f"/cvs/{people.cv.id}")
    log = people.aino.get("/me/access-log", size=1).json
    assert [(one["employer"], one["action"], one["times"]) for one in log["entries"]] == [("Muu Oy", "opened", 1)]
    [found] = people.aino.get("/me/access-log", page=log["next"]).json["entries"]
    assert (found["employer"], found["action"], found["times"]) == ("Rekry Oy", "found", 2)
    assert "kätilö" in found["search"]["text"]
    assert found["search"]["criteria"] == ["Pirkanmaa", "triage"]
    for word in ("rita@", "muu@"):
        assert word not in str(log) + str(found)


def test_without_a_cv_there_is_no_log(people: People) -> None:
    people.rita.get(f"/cvs/{people.cv.id}")
    assert people.aino.get("/me/access-log").json["entries"] != []
    with transaction() as session:
        cvs.delete(session, cvs.of(session, people.cv.account_id))
    assert people.aino.get("/me/access-log").json == {"entries": [], "next": None}


# Unusual use


@pytest.mark.promise("R1")
def test_scraping_is_slowed_and_an_admin_sees_it(chosen: Chosen, admin: Api) -> None:
    client = chosen(opened_hourly="1", exported_daily="1", searches_hourly="2")
    people = people_of(client)
    boss = Api(client)
    boss.headers = admin.headers
    assert people.rita.get(f"/cvs/{people.cv.id}").status_code == 200
    refused = people.rita.get(f"/cvs/{people.cv.id}")
    problems(refused, 429)
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert noted(people.cv.id) == [("Rekry Oy", "opened")]
    assert people.other.get(f"/cvs/{people.cv.id}").status_code == 200
    there = f"/shortlists/{people.rita.post('/shortlists', {'name': 'Kaikki'}).json['id']}"
    people.rita.put(f"{there}/cvs/{people.cv.id}", {})
    assert people.rita.get(f"{there}/export").status_code == 200
    problems(people.rita.get(f"{there}/export"), 429)
    for status in (200, 200, 429):
        assert people.rita.post("/cvs/search", {"text": "x"}).status_code == status
    problems(people.rita.get("/admin/unusual-use"), 403)
    told: list[dict[str, Any]] = boss.get("/admin/unusual-use", open=1).json["entries"]
    assert {(one["employer"], one["kind"], one["amount"], one["allowed"]) for one in told} == {
        ("Rekry Oy", "opened_hourly", 2, 1),
        ("Rekry Oy", "exported_daily", 2, 1),
        ("Rekry Oy", "searches_hourly", 3, 2),
    }
    assert "vahti_unusual_use_open 3.0" in Api(client, base="").get("/metrics").get_data(as_text=True)
    seen = boss.post(f"/admin/unusual-use/{told[0]['id']}/seen")
    assert seen.status_code == 200
    assert seen.json["seen_at"]
    assert len(boss.get("/admin/unusual-use", open=1).json["entries"]) == 2
    everything = boss.get("/admin/unusual-use", size=2).json
    assert len(boss.get("/admin/unusual-use", page=everything["next"]).json["entries"]) == 1
    problems(boss.post("/admin/unusual-use/999999999/seen"), 404)
    assert UUID(told[0]["account"])
