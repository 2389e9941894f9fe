"""A CV brought along as a file and taken elsewhere as one, and everything that is held about a person, as its owner
asks for it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api import cv_exchange
from api.cv_documents import LARGEST
from api.cv_pdf import pdf
from api.cv_schema import load_cv
from store import contact_requests, copies, cvs, identities, personal_data
from store.accounts import Account
from store.database import engine, transaction
from store.errors import TooMany
from tests import making, recruiting
from tests.conftest import Services
from tests.e2e.conftest import Answer, Api, Chosen, problems, token

SAMPLES = Path(__file__).parents[2] / "samples"
CV: dict[str, Any] = json.loads((SAMPLES / "cvs.ndjson").read_text(encoding="utf-8").splitlines()[0])
JSON, XML, PDF = "application/json", "application/xml", "application/pdf"


@pytest.fixture
def person(app_client: FlaskClient) -> Api:
    return Api(app_client, token("person"))


def imported(person: Api, data: bytes, content_type: str = JSON) -> Answer:
    return person.post("/me/cv/import", data=data, content_type=content_type)


@pytest.mark.promise("A5")
def test_a_file_of_each_format_becomes_a_cv_that_can_be_saved_and_is_not_yet(person: Api) -> None:
    files = {
        "ours": (json.dumps(CV).encode(), JSON),
        "jsonresume": ((SAMPLES / "cv-jsonresume.json").read_bytes(), JSON),
        "europass": ((SAMPLES / "cv-europass.xml").read_bytes(), XML),
        "unsaid": (b"\xef\xbb\xbf" + json.dumps(CV).encode(), "application/octet-stream"),
    }
    for name, (data, kind) in files.items():
        answer = imported(person, data, kind)
        assert answer.status_code == 200, (name, answer.json)
        assert answer.json["cv"]["experience"], name
        assert "text" not in answer.json
        assert person.get("/me/cv").status_code == 404, "nothing is saved"
        assert load_cv(answer.json["cv"]) == answer.json["cv"]
    assert person.put("/me/cv", answer.json["cv"]).status_code == 201


@pytest.mark.promise("A5")
def test_of_a_pdf_there_is_the_text_and_nothing_is_guessed(person: Api) -> None:
    answer = imported(person, pdf(CV, "fi"), PDF)
    assert answer.status_code == 200, answer.json
    assert list(answer.json["cv"]) == ["summary"]
    assert "Kymenrannan hyvinvointipalvelut" in answer.json["text"]
    form = {"file": (io.BytesIO(pdf({**CV, "summary": "Pitkä. " * 700}, "fi")), "cv.pdf")}
    answer = person.post("/me/cv/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.json
    assert len(answer.json["cv"]["summary"]) <= 5000 < len(answer.json["text"])
    assert [one["field"] for one in answer.json["lost"]] == ["summary"]


@pytest.mark.promise("A6")
def test_what_had_better_not_be_there_is_warned_of_before_anything_is_saved(person: Api) -> None:
    answer = imported(person, json.dumps({"language": "fi", "summary": "Henkilötunnukseni on 131052-308T."}).encode())
    (warning,) = answer.json["warnings"]
    assert (warning["kind"], warning["field"]) == ("identity_number", "summary")


def test_files_that_are_no_cv_are_refused_clearly(person: Api) -> None:
    assert "is empty" in problems(imported(person, b""))["file"][0]
    assert "no file of a CV" in problems(imported(person, b"GIF89a", PDF))["file"][0]
    assert "broken DOCX" in problems(imported(person, b"PK\x03\x04nothing", cv_exchange.DOCX))["file"][0]
    assert "line 1" in problems_detail(imported(person, b"{broken"), 400)
    assert "skills[0]" in str(problems(imported(person, b'{"skills": [5]}')))
    bomb = b'<!DOCTYPE a [<!ENTITY a "b">]><SkillsPassport>&a;</SkillsPassport>'
    assert problems(imported(person, bomb, XML))
    form = {"file": (io.BytesIO(b"PK\x03\x04"), "cv.docm")}
    assert "macros" in problems(person.post("/me/cv/import", data=form))["file"][0]
    nothing = {"other": (io.BytesIO(b"x"), "x.pdf")}
    assert "is missing" in problems(person.post("/me/cv/import", data=nothing))["file"][0]
    assert imported(person, b"x", "image/png").status_code == 415
    assert imported(person, b" " * (LARGEST + 1), PDF).status_code == 413


def problems_detail(answer: Answer, status: int) -> str:
    problems(answer, status)
    return str(answer.json["detail"])


def test_it_is_only_for_persons(api: Api, employer: Api) -> None:
    for path in ("/me/cv/export", "/me/cv/export/report", "/me/export"):
        assert api.get(path).status_code == 401
        assert employer.get(path).status_code == 403
    assert imported(api, b"{}").status_code == 401


def test_files_are_counted_by_who_calls_and_only_a_few_are_read_at_once(
    chosen: Chosen, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = chosen(files_limit="2 per hour")
    first, other = Api(client, token("person")), Api(client, token("person"))
    assert [imported(first, b"{}").status_code for _ in range(3)] == [200, 200, 429]
    assert imported(other, b"{}").status_code == 200, "another's budget is another"
    assert first.get("/me/cv").status_code == 404, "other calls are not counted"
    monkeypatch.setattr(cv_exchange, "PATIENCE", 0.01)
    with cv_exchange._at_once(), cv_exchange._at_once():
        with pytest.raises(TooMany), cv_exchange._at_once():
            pass
        assert imported(other, b"{}").status_code == 429
    with cv_exchange._at_once():
        pass


@pytest.mark.promise("A5")
def test_the_cv_comes_out_as_a_file_of_each_format_with_a_report(person: Api) -> None:
    assert person.get("/me/cv/export").status_code == 404
    reference = {"name": "Risto Suosittelija", "consent": True}
    whole = load_cv({**CV, "references": [reference], "self_stated": {"gender": "nainen"}})
    person.put("/me/cv", whole)
    person.put("/me/cv/hidden", {"fields": ["summary"]})
    ours = person.get("/me/cv/export")
    assert ours.json == whole
    assert ours.headers["Content-Disposition"] == "attachment; filename=cv.json"
    resume = person.get("/me/cv/export", format="jsonresume")
    assert resume.json["basics"]["label"] == CV["headline"]
    europass = person.get("/me/cv/export", format="europass")
    assert europass.mimetype == XML
    assert imported(person, europass.data, XML).json["cv"]["experience"]
    printed = person.get("/me/cv/export", format="pdf", lang="sv")
    assert printed.mimetype == PDF
    seen = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed.data)).pages)
    assert "Arbetslivserfarenhet" in seen
    assert "Risto" not in seen
    for format_, lost in (("json", set()), ("pdf", {"references", "self_stated"}), ("jsonresume", {"references[0]"})):
        report = person.get("/me/cv/export/report", format=format_).json["lost"]
        assert lost <= {one["field"] for one in report}, format_
        assert bool(report) == bool(lost)
    assert set(problems(person.get("/me/cv/export", format="docx"))) == {"format"}


# What leads to an account, a CV, an alert or a mail and is not told by /me/export, and why not.
ELSEWHERE = {
    ("searches", "account_id"): "what a recruiter searched, at work: no person has such rows",
    ("saved_searches", "account_id"): "what a recruiter searches, at work: no person has such rows",
    ("access_log", "account_id"): "the recruiter who looked; to the person it is told as the employer, by `cv_id`",
    ("contact_requests", "account_id"): "the recruiter who asked; told to the person by `cv_id`",
    ("unusual_use", "account_id"): "how much a recruiter searched and opened: no person has such rows",
    ("unusual_use", "seen_by"): "the admin who looked at it: no person has such rows",
    ("shortlist_entries", "added_by"): "the recruiter who put a CV there; told to the person by `cv_id`",
    ("deliveries", "mail_id"): "the mail is told by `alert_id`, and the listing as well",
}
SUBJECTS = ("accounts", "cvs", "alerts", "mails")


def leading() -> set[tuple[str, str]]:
    """Every column of the database that refers to one of `SUBJECTS`."""
    asked = text("""
        SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint AS c
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY (:subjects)
    """)
    with engine().connect() as connection:
        return {(table, column) for table, column in connection.execute(asked, {"subjects": list(SUBJECTS)})}


@pytest.mark.promise("A9")
def test_whatever_refers_to_a_person_is_in_the_export(services: Services) -> None:
    """Whoever adds a table or a column decides: it is told to the person, or it is said here why not."""
    told = {(section.table, section.column) for section in personal_data.SECTIONS}
    itself = {("accounts", "id"), ("alerts", "id")}
    found = leading()
    assert found - told - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) <= found - told, "what is gone, or told, is no exception"
    assert told - itself <= found
    for section in personal_data.SECTIONS:
        named = {column.name for column in personal_data.columns(section)}
        assert named, section.name
        assert not named & {"digest", "password_hash", "address"}, section.name


@pytest.mark.promise("A9")
def test_everything_that_is_held_comes_along(app_client: FlaskClient) -> None:
    email = "aino@mail.example"
    with transaction() as session:
        cv = recruiting.person(session, email)
        recruiter = recruiting.recruiter(session)
        cvs.hide_fields(session, cv, ["summary"])
        cvs.block(session, cv, ["name:mustalista oy"])
        asked, _ = contact_requests.ask(session, recruiter, cv.id, "Voimmeko jutella?")
        account = session.get_one(Account, cv.account_id)
        copies.hand_over(session, account, copies.employer_of(session, "Rekry Oy"))
        identities.link(session, account, "https://issuer.example", "subject-7")
        making.ask(session, email.upper())
        ids = cv.id, cv.account_id, recruiter.id
    seen_by = Api(app_client, recruiting.token(ids[2]))
    assert seen_by.get(f"/cvs/{ids[0]}").status_code == 200
    shortlist = seen_by.post("/shortlists", {"name": "Hoitajat"}).json["id"]
    assert seen_by.put(f"/shortlists/{shortlist}/cvs/{ids[0]}", {"note": "oma huomio"}).status_code < 300
    mine = recruiting.token(ids[1])
    answer = Api(app_client, mine).get("/me/export")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=vahti-")
    told = answer.json
    assert [one["email"] for one in told["account"]] == [email]
    assert [(one["purpose"], one["source"]) for one in told["consents"]] == [("terms", "test")]
    (mine_cv,) = told["cv"]
    assert mine_cv["body"] == recruiting.CV
    assert (mine_cv["visible"], mine_cv["hidden"], mine_cv["blocked"]) == (True, ["summary"], ["name:mustalista oy"])
    assert ("Rekry Oy", "opened") in [(one["employer"], one["action"]) for one in told["access_log"]]
    assert [(one["employer"], one["message"]) for one in told["contact_requests"]] == [
        ("Rekry Oy", "Voimmeko jutella?")
    ]
    assert [one["employer"] for one in told["copies"]] == ["Rekry Oy"]
    assert [one["subject"] for one in told["identities"]] == ["subject-7"]
    assert [one["criteria"] for one in told["alerts"]] == [{"wanted": ["sairaanhoitaja"]}]
    assert [one["employer"] for one in told["shortlists"]] == ["Rekry Oy"]
    assert told["tokens"]
    written = answer.get_data(as_text=True)
    assert "oma huomio" not in written
    assert mine not in written
    assert str(ids[2]) not in written, "which recruiter it was is the recruiter's"
    assert asked.message in written
    Api(app_client, mine).delete("/me/cv")
    after = Api(app_client, mine).get("/me/export").json
    assert (after["cv"], after["access_log"], [one["kind"] for one in after["erasures"]]) == ([], [], ["cv"])


def test_the_alerts_of_an_address_are_for_whoever_proved_that_it_is_theirs(clean: Services) -> None:
    with transaction() as session:
        cv = recruiting.person(session, "aino@mail.example")
        account = session.get_one(Account, cv.account_id)
        account.confirmed_at = None
        making.ask(session, "aino@mail.example")
        assert personal_data.of(session, account)["alerts"] == []
