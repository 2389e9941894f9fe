"""Accounts over the API: register, confirm, sign in and out, the password; and employers, by admins."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from email.message import EmailMessage
from statistics import median
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from store import accounts, ages, clock
from store.database import transaction
from tests.e2e.conftest import Answer, Api, problems, token

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]

KAISA, NOBODY = "kaisa@mail.example", "nobody@mail.example"
PASSWORD, OTHER = "kolme sinistä ketunhäntää", "neljä vihreää tikapuuta"
REGISTER: dict[str, Any] = {
    "email": KAISA,
    "password": PASSWORD,
    "born_on": "1990-05-31",
    "language": "sv",
    "accept_terms": True,
}
CLAIM = {"name": "Pohjolan hoiva", "business_id": "0112038-9"}
RECRUITER = {**REGISTER, "email": "rea@hoiva.example", "role": "recruiter", "employer": CLAIM}


def detail(answer: Answer) -> str:
    return str(answer.json["detail"])


def token_in(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    [found] = set(re.findall(r"token=([\w-]+)", part.get_content()))
    return str(found)


def sign_in(api: Api, email: str = KAISA, password: str = PASSWORD) -> Answer:
    return api.post("/sign-in", {"email": email, "password": password})


Account = Callable[..., Api]


@pytest.fixture
def account(app_client: FlaskClient, work: Work, mails: Mails) -> Account:
    """Registers, confirms and signs in; gives the API as that account calls it."""

    def make(**given: Any) -> Api:
        api = Api(app_client)
        body = {name: value for name, value in (REGISTER | given).items() if value is not None}
        assert api.post("/accounts", body).status_code == 202
        work()
        assert api.post("/accounts/confirm", {"token": token_in(mails()[-1])}).status_code == 200
        answer = sign_in(api, body["email"], body["password"])
        assert answer.status_code == 200, answer.json
        return Api(app_client, answer.json["token"])

    return make


@pytest.mark.promise("A1")
def test_register_confirm_sign_in_and_out(api: Api, app_client: FlaskClient, work: Work, mails: Mails) -> None:
    answer = api.post("/accounts", REGISTER)
    assert (answer.status_code, answer.json) == (202, {"link_hours": 48})
    problems(sign_in(api), 401)
    work()
    [mail] = mails()
    assert mail["Content-Language"] == "sv"
    confirmed = api.post("/accounts/confirm", {"token": token_in(mail)})
    assert confirmed.json == {"role": "person", "password_set": True}
    assert "used" in detail(api.post("/accounts/confirm", {"token": token_in(mail)}))
    answer = sign_in(api)
    assert answer.json["role"] == "person"
    mine = Api(app_client, answer.json["token"])
    me = mine.get("/me").json
    assert (me["email"], me["role"], me["language"]) == (KAISA, "person", "sv")
    assert "employer" not in me
    assert [(one["purpose"], one["source"], one["withdrawn_at"]) for one in me["consents"]] == [("terms", "api", None)]
    assert mine.post("/sign-out").status_code == 204
    problems(mine.get("/me"), 401)


@pytest.mark.promise("A1", "W2")
def test_nothing_tells_whether_an_address_is_known(account: Account, api: Api, work: Work, mails: Mails) -> None:
    account()
    sent = len(mails())
    answers = [api.post("/accounts", REGISTER | {"email": email}) for email in (KAISA, NOBODY)]
    answers += [api.post("/password/forgotten", {"email": email}) for email in (KAISA, "noone@mail.example")]
    for known, unknown in (answers[:2], answers[2:]):
        assert known.status_code == unknown.status_code == 202
        assert known.get_data() == unknown.get_data()
        assert dict(known.headers) == dict(unknown.headers)
    wrong = [sign_in(api, email, OTHER) for email in (KAISA, NOBODY, "noone@mail.example")]
    wrong.append(sign_in(api, NOBODY, PASSWORD))  # right, and not confirmed
    assert {answer.status_code for answer in wrong} == {401}
    assert len({answer.get_data() for answer in wrong}) == 1
    work()
    told = sorted(str(mail["To"]) for mail in mails()[sent:])
    assert told == [KAISA, KAISA, NOBODY], "their owners learn it, by mail"


@pytest.mark.promise("A1", "S5")
def test_nor_does_the_time_that_an_answer_takes(account: Account, api: Api) -> None:
    account()

    def cost(path: str, body: dict[str, Any]) -> float:
        began = time.perf_counter()
        assert api.post(path, body).status_code in (202, 401)
        return time.perf_counter() - began

    for path, body in [
        ("/accounts", REGISTER),
        ("/password/forgotten", {}),
        ("/sign-in", {"password": OTHER}),
    ]:
        known, unknown = [], []
        for number in range(5):
            known.append(cost(path, body | {"email": KAISA}))
            unknown.append(cost(path, body | {"email": f"nobody-{number}@mail.example"}))
        assert 0.5 < median(known) / median(unknown) < 2, path


def years_ago(years: int, days: int = 0) -> str:
    today = clock.now().date()
    return (ages.birthday(date(today.year - years, today.month, min(today.day, 28)), 0) + timedelta(days)).isoformat()


@pytest.mark.promise("A1")
def test_under_thirteen_is_refused_and_the_date_is_kept_nowhere(api: Api, work: Work, mails: Mails) -> None:
    found = problems(api.post("/accounts", REGISTER | {"born_on": years_ago(12)}))
    assert found["born_on"][0] == "is less than 13 years ago"
    problems(api.post("/accounts", REGISTER | {"born_on": years_ago(13, 9)}))
    work()
    assert mails() == []
    born_on = years_ago(14)
    assert api.post("/accounts", REGISTER | {"born_on": born_on}).status_code == 202
    with transaction() as session:
        row = session.execute(text("SELECT to_jsonb(a)::text FROM accounts AS a")).scalar_one()
    assert born_on not in row


@pytest.mark.promise("A1")
@pytest.mark.parametrize(
    ("today", "born_on", "status"),
    [
        ("2033-02-28", "2020-02-29", 422),
        ("2033-03-01", "2020-02-29", 202),
        ("2030-06-14", "2017-06-15", 422),
        ("2030-06-15", "2017-06-15", 202),
    ],
)
def test_the_birthday_itself(api: Api, today: str, born_on: str, status: int) -> None:
    noon = datetime.combine(date.fromisoformat(today), time_of_day(10), UTC)
    clock.set_ahead(clock.ahead() + noon - clock.now())
    assert api.post("/accounts", REGISTER | {"born_on": born_on}).status_code == status


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"email": "kaisa"}, "email", "is not an e-mail address that can be mailed"),
        ({"password": "short"}, "password", "is too short"),
        ({"password": "x" * 201}, "password", "is too long"),
        ({"password": "x" * 1001}, "password", "is too long"),
        ({"password": 12345678901}, "password", "is not text"),
        ({"password": "password123"}, "password", "is among those that are guessed first"),
        ({"password": KAISA}, "password", "is the e-mail address"),
        ({"born_on": None}, "born_on", "is missing"),
        ({"born_on": "31.5.1990"}, "born_on", "is not a date"),
        ({"born_on": "1990-02-30"}, "born_on", "is not a date"),
        ({"born_on": "2090-01-01"}, "born_on", "is not a date of birth"),
        ({"accept_terms": False}, "accept_terms", "is false: without the terms there is no alert"),
        ({"role": "admin"}, "role", 'is "admin", which is not known'),
        ({"role": "recruiter"}, "employer", "is missing"),
        ({"employer": CLAIM}, "employer", "is for recruiters"),
        (
            {"role": "recruiter", "employer": CLAIM | {"business_id": "0112038-8"}},
            "employer.business_id",
            "is not a business id",
        ),
        ({"site": "nowhere"}, "site", "no site has this key"),
        ({"born": "1990-05-31"}, "born", "is not a known field"),
    ],
)
def test_what_cannot_register_says_why(api: Api, given: dict[str, Any], field: str, reason: str) -> None:
    body = {name: value for name, value in (REGISTER | given).items() if value is not None}
    found = problems(api.post("/accounts", body))
    assert found[field][0] == reason
    assert found[field][1]
    assert PASSWORD not in str(found)


@pytest.mark.promise("A1", "S5")
def test_a_forgotten_password(account: Account, api: Api, work: Work, mails: Mails) -> None:
    mine = account()
    assert api.post("/password/forgotten", {"email": KAISA}).json == {"link_hours": 1}
    work()
    reset = {"token": token_in(mails()[-1]), "password": OTHER}
    problems(api.post("/accounts/confirm", {"token": reset["token"]}), 403)
    problems(api.post("/password/reset", reset | {"password": "short"}))
    assert api.post("/password/reset", reset).status_code == 204
    problems(api.post("/password/reset", reset), 403)
    problems(mine.get("/me"), 401)
    problems(sign_in(api), 401)
    assert sign_in(api, password=OTHER).status_code == 200


@pytest.mark.promise("A1")
def test_a_changed_password_and_signing_out_everywhere(account: Account, api: Api, app_client: FlaskClient) -> None:
    here = account()
    there = Api(app_client, sign_in(api).json["token"])
    found = problems(here.post("/me/password", {"old": OTHER, "new": "viisi keltaista omenaa"}))
    assert found["old"][0] == "is not the password"
    assert "new" in problems(here.post("/me/password", {"old": PASSWORD, "new": "short"}))
    assert here.post("/me/password", {"old": PASSWORD, "new": OTHER}).status_code == 204
    assert here.get("/me").status_code == 200
    problems(there.get("/me"), 401)
    there = Api(app_client, sign_in(api, password=OTHER).json["token"])
    assert there.post("/sign-out/everywhere").status_code == 204
    for ended in (here, there):
        problems(ended.get("/me"), 401)


def test_a_token_that_stands_for_no_account(admin: Api) -> None:
    assert "no account" in detail(admin.get("/me"))


@pytest.mark.promise("S5")
def test_failing_to_sign_in_is_limited_by_account_and_by_network(
    account: Account, app_client: FlaskClient, chosen: Any
) -> None:
    account()
    client = chosen(account_limit="3 per hour", sign_in_limit="5 per hour")

    def attempt(email: str, password: str, address: str) -> int:
        body = {"email": email, "password": password}
        answer = client.post("/api/v1/sign-in", json=body, environ_base={"REMOTE_ADDR": address})
        assert (answer.status_code == 429) == ("Retry-After" in answer.headers)
        return int(answer.status_code)

    for _ in range(5):
        assert attempt(KAISA, PASSWORD, "192.0.2.1") == 200, "what succeeds is not counted"
    assert [attempt(KAISA, OTHER, "192.0.2.1") for _ in range(3)] == [401, 401, 401]
    assert attempt(f" {KAISA.upper()}", OTHER, "192.0.2.2") == 429, "the account, wherever it is tried from"
    assert attempt(NOBODY, OTHER, "192.0.2.1") == 401
    assert attempt("other@mail.example", OTHER, "192.0.2.1") == 401
    assert attempt("third@mail.example", OTHER, "192.0.2.1") == 429, "the network, whichever account it tries"
    assert attempt("third@mail.example", OTHER, "192.0.2.3") == 401


@pytest.mark.promise("R1")
def test_a_recruiter_has_access_while_an_admin_approves(account: Account, admin: Api, recruiter_call: Any) -> None:
    rea = account(**RECRUITER | {"born_on": None})
    me = rea.get("/me").json
    assert me["role"] == "recruiter"
    assert (me["employer"]["business_id"], me["employer"]["approval"]) == ("fi:01120389", "pending")
    assert "an admin has to approve" in detail(recruiter_call(rea, 403))
    [waits] = admin.get("/admin/employers", approval="pending").json["employers"]
    assert waits["name"] == "Pohjolan hoiva"
    assert [one["domain"] for one in waits["waiting"]] == ["hoiva.example"]
    assert "rea@" not in str(waits), "S4: who it is is not the admin's business"
    path = f"/admin/employers/{waits['id']}"
    approved = admin.patch(path, {"approval": "approved"}).json
    assert (approved["approval"], approved["waiting"]) == ("approved", [])
    recruiter_call(rea, 200)
    assert rea.get("/me").json["employer"]["approval"] == "approved"

    eve = account(**RECRUITER | {"email": "eve@mail.example", "born_on": None})
    assert "belong to this employer" in detail(recruiter_call(eve, 403))
    assert eve.get("/me").json["employer"]["approval"] == "pending"
    [asked] = admin.get("/admin/employers", approval="approved").json["employers"]
    problems(admin.patch(path, {"admit": [str(UUID(int=1))]}))
    assert admin.patch(path, {"admit": [asked["waiting"][0]["id"]]}).json["waiting"] == []
    recruiter_call(eve, 200)

    admin.patch(path, {"approval": "withdrawn"})
    for lost in (rea, eve):
        recruiter_call(lost, 403)
        assert lost.get("/me").status_code == 200
    assert admin.patch(path, {"approval": "approved"}).status_code == 200
    recruiter_call(rea, 200)


@pytest.fixture
def recruiter_call(app_client: FlaskClient) -> Callable[[Api, int], Answer]:
    """Makes a call that is for recruiters, and expects a status."""

    def call(of: Api, status: int) -> Answer:
        answer = of.get("/cvs/searches")
        assert answer.status_code == status, answer.json
        return answer

    return call


@pytest.mark.promise("R1")
def test_what_an_admin_changes_of_an_employer(admin: Api) -> None:
    with transaction() as session:
        from store import employers

        first, second = employers.named(session, "Emo Oy").id, employers.named(session, "Tytär Oy").id
    path = f"/admin/employers/{second}"
    given = {"business_id": "556036-0793", "parent": str(first), "domains": ["Tytär.example"], "name": "Tytär Ab"}
    shown = admin.patch(path, given).json
    assert shown["business_id"] == "se:5560360793"
    assert shown["parent"] == str(first)
    assert shown["domains"] == ["xn--tytr-noa.example"]
    assert (shown["name"], shown["approval"]) == ("Tytär Ab", "pending")
    assert "business id" in detail(admin.patch(f"/admin/employers/{first}", {"business_id": "5560360793"}))
    assert "name" in detail(admin.patch(path, {"name": "Emo Oy"}))
    assert set(problems(admin.patch(path, {"parent": str(second)}))) == {"parent"}
    assert set(problems(admin.patch(path, {"parent": "1"}))) == {"parent"}
    assert set(problems(admin.patch(path, {"domains": ["a b"]}))) == {"domains[0]"}
    assert set(problems(admin.patch(path, {"approval": "pending"}))) == {"approval"}
    assert set(problems(admin.patch(path, {}))) == {""}
    problems(admin.patch(f"/admin/employers/{UUID(int=1)}", {"name": "x"}), 404)
    assert admin.patch(path, {"parent": None, "business_id": None}).json["parent"] is None
    page = admin.get("/admin/employers", size=1).json
    assert [one["name"] for one in page["employers"]] == ["Emo Oy"]
    rest = admin.get("/admin/employers", size=1, page=page["next"]).json
    assert ([one["name"] for one in rest["employers"]], rest["next"]) == (["Tytär Ab"], None)


@pytest.mark.promise("S5")
def test_a_session_is_prolonged_by_its_use(account: Account) -> None:
    mine = account()
    for _ in range(3):
        clock.set_ahead(clock.ahead() + timedelta(days=13))
        assert mine.get("/me").status_code == 200
    clock.set_ahead(clock.ahead() + timedelta(days=15))
    problems(mine.get("/me"), 401)


def test_a_token_of_the_command_line_stands_for_an_account(app_client: FlaskClient) -> None:
    assert Api(app_client, token("person")).get("/me").json["email"] is None
    assert Api(app_client, token("recruiter", "Muu Oy")).get("/me").json["employer"]["approval"] == "approved"
    with transaction() as session:
        assert accounts.by_email(session, KAISA) is None
