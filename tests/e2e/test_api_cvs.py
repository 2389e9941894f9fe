"""The calls about CVs as persons and recruiters make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.cv_view import CvFoundSchema
from store import employers, tokens
from store.database import transaction
from tests.e2e.conftest import Api, problems, token

CV: dict[str, Any] = {
    "headline": "Sairaanhoitaja",
    "summary": "Kokenut sairaanhoitaja. Henkilötunnukseni on 131052-308T.",
    "language": "fi",
    "experience": [{"title": "Sairaanhoitaja", "employer": "Tampereen sairaala", "start": "2019-01"}],
    "skills": ["Ensihoito", "Triage"],
    "languages": [{"language": "fi", "level": "native"}],
    "places": ["fi-837"],
    "occupations": ["isco-2221"],
    "contact": {"name": "Aino Esimerkki", "email": "aino@mail.example"},
    "references": [{"name": "Reijo Viittaus", "consent": True}],
    "self_stated": {"gender": "nainen"},
}
Work = Callable[[], int]


@pytest.fixture
def person(app_client: FlaskClient) -> Api:
    return Api(app_client, token("person"))


@pytest.fixture
def recruiter(app_client: FlaskClient) -> Api:
    return Api(app_client, token("recruiter", "Rekry Oy"))


def search(by: Api, text: str = "", **more: Any) -> dict[str, Any]:
    answer = by.post("/cvs/search", {"text": text, **more})
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    # It is written without the schema that describes it, and is what the schema would write.
    described = CvFoundSchema()
    assert described.dump(described.load(found)) == found
    return found


@pytest.mark.promise("A2")
def test_a_cv_is_saved_read_corrected_and_handed_in_again(person: Api) -> None:
    assert person.get("/me/cv").status_code == 404
    first = person.put("/me/cv", CV)
    assert first.status_code == 201
    assert (first.json["visible"], first.json["contact_shown"]) == (False, "on_request")
    again = person.put("/me/cv", {**first.json, "headline": "Osastonhoitaja"})
    assert again.status_code == 200
    read = person.get("/me/cv").json
    assert (read["headline"], read["skills"]) == ("Osastonhoitaja", CV["skills"])
    assert person.put("/me/cv", {}).status_code == 200
    assert "headline" not in person.get("/me/cv").json


@pytest.mark.promise("A6")
def test_an_identity_number_is_warned_of_before_and_after_and_found_by_nobody(
    person: Api, recruiter: Api, work: Work
) -> None:
    [warning] = person.post("/me/cv/check", CV).json["warnings"]
    assert (warning["field"], warning["kind"]) == ("summary", "identity_number")
    assert "308T" not in str(warning)
    assert person.get("/me/cv").status_code == 404
    assert person.put("/me/cv", CV).json["warnings"] == [warning]
    person.put("/me/cv/visibility", {"visible": True})
    work()
    assert search(recruiter, "131052-308T")["total"] == 0
    [hit] = search(recruiter, "henkilötunnukseni")["hits"]
    assert "308T" not in str(hit)
    assert "308T" not in str(recruiter.get(f"/cvs/{hit['id']}").json)


@pytest.mark.promise("A3")
@pytest.mark.promise("R2")
def test_a_visible_cv_is_found_opened_and_gone_when_it_is_hidden(person: Api, recruiter: Api, work: Work) -> None:
    person.put("/me/cv", CV)
    work()
    assert search(recruiter)["total"] == 0
    assert person.put("/me/cv/visibility", {"visible": True}).json == {"visible": True}
    work()
    found = search(recruiter, "sairaanhoitaja AND skill:triage", facets=True)
    [hit] = found["hits"]
    assert found["total"] == 1
    assert hit["headline"] == "Sairaanhoitaja"
    assert hit["places"] == ["Tampere"]
    assert "sairaanhoitaja" in hit["why"]
    assert found["facets"]["place"][0]["count"] == 1
    opened = recruiter.get(f"/cvs/{hit['id']}").json
    assert opened["experience"][0]["employer"] == "Tampereen sairaala"
    for secret in ("Reijo", "nainen", "aino@mail.example", "Esimerkki"):
        assert secret not in str(opened)
        assert secret not in str(found)
    person.put("/me/cv/visibility", {"visible": False})
    gone = search(recruiter, "sairaanhoitaja", facets=True)
    assert (gone["total"], gone["hits"], gone["next"]) == (0, [], None)
    assert not any(gone["facets"].values())
    assert recruiter.get(f"/cvs/{hit['id']}").status_code == 404
    assert recruiter.get(f"/cvs/{hit['id']}/similar").status_code == 404


@pytest.mark.promise("A2")
def test_a_hidden_field_is_neither_shown_nor_found(person: Api, recruiter: Api, work: Work) -> None:
    person.put("/me/cv", CV)
    person.put("/me/cv/visibility", {"visible": True})
    assert person.put("/me/cv/hidden", {"fields": ["experience.employer", "skills"]}).status_code == 200
    work()
    assert search(recruiter, "employer:sairaala")["total"] == 0
    assert search(recruiter, "triage")["total"] == 0
    [hit] = search(recruiter, "sairaanhoitaja", facets=True)["hits"]
    opened = recruiter.get(f"/cvs/{hit['id']}").json
    assert "skills" not in opened
    assert "employer" not in opened["experience"][0]
    wrong = problems(person.put("/me/cv/hidden", {"fields": ["summary", "wages"]}))
    assert set(wrong) == {"hidden[1]"}


@pytest.mark.promise("A8")
@pytest.mark.parametrize(
    "block", ["Nokia", "nokia oyj", "0112038-9", "fi:0112038-9", "@nokia.example", "nokia.example"]
)
def test_a_blocked_employer_and_its_group_see_nothing(
    block: str, app_client: FlaskClient, person: Api, recruiter: Api, work: Work
) -> None:
    with transaction() as session:
        parent = employers.named(session, "Nokia Oyj")
        parent.business_id, parent.domains = "fi:01120389", ["nokia.example"]
        daughter = employers.named(session, "Solutions and Networks Oy")
        daughter.parent_id = parent.id
    blocked = Api(app_client, token("recruiter", "Solutions and Networks Oy"))
    person.put("/me/cv", CV)
    person.put("/me/cv/visibility", {"visible": True})
    work()
    [hit] = search(blocked)["hits"]
    assert person.put("/me/cv/blocked-employers", {"employers": [block]}).status_code == 200
    assert search(blocked)["total"] == 0
    assert blocked.get(f"/cvs/{hit['id']}").status_code == 404
    work()
    assert search(blocked)["total"] == 0
    assert search(recruiter)["total"] == 1
    assert person.put("/me/cv/blocked-employers", {"employers": []}).json["blocked_employers"] == []
    work()
    assert search(blocked)["total"] == 1


@pytest.mark.promise("R1")
def test_an_employer_whose_approval_is_withdrawn_has_no_access(person: Api, recruiter: Api, work: Work) -> None:
    person.put("/me/cv", CV)
    person.put("/me/cv/visibility", {"visible": True})
    work()
    [hit] = search(recruiter)["hits"]
    with transaction() as session:
        employers.withdraw(session, employers.named(session, "Rekry Oy"))
    problems(recruiter.post("/cvs/search", {"text": "sairaanhoitaja"}), 403)
    problems(recruiter.get(f"/cvs/{hit['id']}"), 403)
    problems(recruiter.get("/cvs/searches"), 403)


@pytest.mark.promise("S4")
def test_each_role_stays_in_its_place(app_client: FlaskClient, person: Api, recruiter: Api, employer: Api) -> None:
    for stranger in (Api(app_client), person, employer):
        assert stranger.post("/cvs/search", {}).status_code in (401, 403)
    for stranger in (Api(app_client), recruiter, employer):
        assert stranger.get("/me/cv").status_code in (401, 403)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('"yöhoitaja', "quot"),
        ("(sairaanhoitaja", "parenthes"),
        ("palkka:3000", "field"),
        ("*hoitaja", "wildcard"),
        (" ".join(f"sana{number}" for number in range(10_000)), "long"),
        ("AND AND", "AND"),
    ],
)
def test_a_mistake_in_the_text_is_told_with_its_place(recruiter: Api, text: str, reason: str) -> None:
    told = problems(recruiter.post("/cvs/search", {"text": text}))["text"]
    assert reason.lower() in str(told).lower()
    assert "character" in told[0]


def test_what_else_is_wrong_with_a_search_is_told_at_once(recruiter: Api) -> None:
    wrong = problems(
        recruiter.post(
            "/cvs/search",
            {
                "text": "x",
                "criteria": {"places": ["fi-000"], "wage": 1},
                "page": 0,
                "size": 1000,
                "sort": "age",
                "q": 1,
            },
        )
    )
    assert set(wrong) == {"criteria.places[0]", "criteria.wage", "page", "size", "sort", "q"}
    assert set(problems(recruiter.post("/cvs/search", {"page": 10_000}))) == {"page"}
    assert set(problems(recruiter.post("/cvs/search", {"page": "bm90IG91cnM"}))) == {"page"}


def test_a_cv_that_is_too_large_or_not_json_is_refused_and_the_old_one_stays(person: Api) -> None:
    person.put("/me/cv", CV)
    assert person.put("/me/cv", {"summary": "x" * 5_000_000}).status_code == 413
    assert person.call("PUT", "/me/cv", data="{", content_type="application/json").status_code == 400
    wrong = problems(person.put("/me/cv", {"experience": [{"title": "x", "start": "2019-13"}], "age": 3}))
    assert set(wrong) == {"experience[0].start", "age"}
    assert person.get("/me/cv").json["headline"] == CV["headline"]


def test_pages_go_on_without_gaps_while_cvs_come_and_go(app_client: FlaskClient, recruiter: Api, work: Work) -> None:
    people = [Api(app_client, token("person")) for _ in range(7)]
    for one in people:
        one.put("/me/cv", CV)
        one.put("/me/cv/visibility", {"visible": True})
    work()
    seen: list[str] = []
    page: Any = 1
    while page is not None:
        found = search(recruiter, "sairaanhoitaja", size=2, page=page)
        seen += [hit["id"] for hit in found["hits"]]
        page = found["next"]
    assert len(seen) == len(set(seen)) == 7


def test_similar_candidates_are_told_with_what_they_share(app_client: FlaskClient, recruiter: Api, work: Work) -> None:
    for skills in (["Triage", "Ensihoito"], ["Triage"], ["Hitsaus"]):
        one = Api(app_client, token("person"))
        one.put(
            "/me/cv",
            {"headline": "Sairaanhoitaja" if "Triage" in skills else "Hitsaaja", "language": "fi", "skills": skills},
        )
        one.put("/me/cv/visibility", {"visible": True})
    work()
    [first] = search(recruiter, "skill:ensihoito")["hits"]
    [other] = recruiter.get(f"/cvs/{first['id']}/similar").json["hits"]
    assert other["skills"] == ["Triage"]
    assert other["why"] == ["Triage"]


def test_a_saved_search_tells_of_candidates_and_is_deleted(person: Api, recruiter: Api, work: Work) -> None:
    saved = recruiter.post("/cvs/searches", {"name": "Hoitajat", "text": "sairaanhoitaja"})
    assert saved.status_code == 201
    work()
    person.put("/me/cv", CV)
    person.put("/me/cv/visibility", {"visible": True})
    work()
    number = saved.json["id"]
    [candidate] = recruiter.get(f"/cvs/searches/{number}/candidates").json["candidates"]
    assert candidate["headline"] == "Sairaanhoitaja"
    person.put("/me/cv/visibility", {"visible": False})
    assert recruiter.get(f"/cvs/searches/{number}/candidates").json["candidates"] == []
    assert recruiter.delete(f"/cvs/searches/{number}").status_code == 204
    assert recruiter.get("/cvs/searches").json["searches"] == []
    assert recruiter.delete(f"/cvs/searches/{number}").status_code == 404
    assert set(problems(recruiter.post("/cvs/searches", {"name": "", "text": ""}))) == {"name"}
    assert set(problems(recruiter.post("/cvs/searches", {"name": "all"}))) == {"criteria"}


@pytest.mark.invariant(1)
def test_an_old_copy_of_the_index_is_not_read_and_is_built_anew(person: Api, recruiter: Api, work: Work) -> None:
    from mappings.client import client
    from store import generations

    person.put("/me/cv", CV)
    person.put("/me/cv/visibility", {"visible": True})
    work()
    with transaction() as session:
        [name, _] = generations.read_from(session, "cvs") or ("", 0)
    held = client().search(index=name, body={"version": True, "size": 100})["hits"]["hits"]
    person.put("/me/cv/visibility", {"visible": False})
    work()
    client().indices.delete(index=name)
    from mappings.indexes import alias, body

    client().indices.create(index=name, body={**body("cvs"), "aliases": {alias("cvs"): {}}})
    for hit in held:
        client().index(
            index=name,
            id=hit["_id"],
            body=hit["_source"],
            params={"version": hit["_version"], "version_type": "external"},
        )
    client().indices.refresh(index=name)
    answer = recruiter.post("/cvs/search", {"text": "sairaanhoitaja", "facets": True})
    problems(answer, 503)
    work()
    assert search(recruiter, "sairaanhoitaja", facets=True)["total"] == 0


def test_a_token_for_nobody_gets_nowhere(app_client: FlaskClient) -> None:
    with transaction() as session:
        made = tokens.create(session, "admin")
    assert Api(app_client, made).get("/me/cv").status_code == 403


@pytest.mark.promise("S2")
def test_an_admin_reindexes_while_people_hide_and_show(
    app_client: FlaskClient, admin: Api, recruiter: Api, work: Work
) -> None:
    people = [Api(app_client, token("person")) for _ in range(6)]
    for one in people:
        one.put("/me/cv", CV)
        one.put("/me/cv/visibility", {"visible": True})
    work()
    begun = admin.post("/admin/generations", {"kind": "cvs"})
    assert begun.status_code == 202
    people[0].put("/me/cv/visibility", {"visible": False})
    people[1].put("/me/cv", {**CV, "headline": "Osastonhoitaja"})
    people[2].delete("/me/cv")
    assert search(recruiter)["total"] == 3  # what changed is left out until it is written
    work()
    built = admin.get(f"/admin/generations/{begun.json['id']}").json
    assert (built["state"], built["done"], built["differences"]) == ("live", built["total"], 0)
    assert admin.post("/admin/verify", {"kind": "cvs"}).json == {"agree": True, "differences": []}
    assert search(recruiter)["total"] == 4
    assert search(recruiter, "osastonhoitaja")["total"] == 1
