"""Erasure through the API: gone at the answer, and a receipt that fills store by store."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from store import clock, database, tokens
from store.database import transaction
from tests.conftest import Services
from tests.e2e.conftest import Api, problems

pytestmark = pytest.mark.promise("D2")

Work = Callable[[], int]
STORES = ("rows", "index", "queue", "mail", "segments", "ledger")
MAIL = "kaisa@mail.example"
CV = {"headline": "Sairaanhoitaja", "summary": "Teho-osastolla kymmenen vuotta.", "language": "fi"}


def person(client: FlaskClient, email: str = MAIL) -> Api:
    with transaction() as session:
        return Api(client, tokens.create(session, "person", email=email))


def rows(statement: str) -> list[Any]:
    with database.engine().connect() as connection:
        return list(connection.execute(text(statement)))


def complete(work: Work, receipt: str, api: Api) -> dict[str, Any]:
    """Works until the receipt is full: the segments are free when the engine lets go of them, in its own time."""
    until = time.monotonic() + 120
    while True:
        work()
        found: dict[str, Any] = api.get(f"/erasures/{receipt}").json
        if None not in found.values():
            return found
        assert time.monotonic() < until, found
        clock.set_ahead(clock.ahead() + timedelta(seconds=4))
        time.sleep(2)


def test_an_account_is_gone_at_the_answer_and_the_receipt_fills(
    api: Api, app_client: FlaskClient, work: Work, clean: Services
) -> None:
    kaisa = person(app_client)
    assert kaisa.put("/me/cv", CV).status_code == 201
    assert kaisa.put("/me/cv/visibility", {"visible": True}).status_code == 200
    work()

    answer = kaisa.delete("/me")
    assert answer.status_code == 202, answer.json
    receipt, erasure = answer.json["receipt"], answer.json["erasure"]
    assert erasure["kind"] == "account"
    assert erasure["rows"]
    assert {erasure[store] for store in STORES if store != "rows"} == {None}
    assert rows("SELECT id FROM accounts") == rows("SELECT id FROM cvs") == []
    assert kaisa.get("/me/cv").status_code == 401, "the token went with the account"
    assert kaisa.delete("/me").status_code == 401
    assert not clean.ledger.exists()

    work()
    found = api.get(f"/erasures/{receipt}").json
    assert all(found[store] for store in ("rows", "index", "queue", "mail", "ledger")), found
    assert found["segments"] is None, "not before the engine lets go of what was deleted"
    assert len(clean.ledger.read_text().splitlines()) == 2, "the account and its CV"

    whole = complete(work, receipt, api)
    assert sorted(whole) == sorted(["kind", "asked_at", *STORES])
    assert rows("SELECT job FROM owed WHERE job = 'complete_erasure'") == []


def test_a_cv_is_gone_and_the_account_stays(api: Api, app_client: FlaskClient, work: Work) -> None:
    kaisa = person(app_client)
    problems(kaisa.delete("/me/cv"), 404)
    kaisa.put("/me/cv", CV)
    answer = kaisa.delete("/me/cv")
    assert answer.status_code == 202
    assert answer.json["erasure"]["kind"] == "cv"
    problems(kaisa.delete("/me/cv"), 404)
    assert kaisa.put("/me/cv", CV).status_code == 201, "another CV, with another id"
    assert api.get(f"/erasures/{answer.json['receipt']}").status_code == 200


def test_a_receipt_that_is_not_ours_tells_nothing(api: Api) -> None:
    problems(api.get("/erasures/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 404)


def test_an_admin_erases_an_account_by_its_number(admin: Api, app_client: FlaskClient) -> None:
    person(app_client)
    ((account_id,),) = rows("SELECT id FROM accounts")
    assert admin.delete(f"/admin/accounts/{account_id}").status_code == 202
    problems(admin.delete(f"/admin/accounts/{account_id}"), 404)
    problems(admin.delete(f"/admin/accounts/{UUID(int=7)}"), 404)
    assert rows("SELECT by_role FROM erasures") == [("admin",)]


def test_an_admin_erases_an_address_known_or_not(
    admin: Api, api: Api, app_client: FlaskClient, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    person(app_client)
    ask = {
        "email": "Kaisa@mail.example",
        "language": "fi",
        "frequency": "daily",
        "criteria": {"text": "sairaanhoitaja"},
        "accept_terms": True,
    }
    assert api.post("/alerts", ask).status_code == 202
    assert api.post("/alerts", {**ask, "email": "matti@mail.example"}).status_code == 202
    known = admin.post("/admin/erasures", {"email": "KAISA@mail.example"})
    alone = admin.post("/admin/erasures", {"email": "matti@mail.example"})
    unknown = admin.post("/admin/erasures", {"email": "nobody@mail.example"})
    assert known.status_code == alone.status_code == unknown.status_code == 202
    assert known.json == alone.json == unknown.json == {"accepted": True}
    assert rows("SELECT email, state, ended_reason FROM alerts") == [(None, "ended", "erased")] * 2
    assert rows("SELECT email FROM accounts WHERE email IS NOT NULL") == []
    assert "mail.example" not in caplog.text
    problems(admin.post("/admin/erasures", {"email": "nobody"}))

    listed = admin.get("/admin/erasures", open=1).json["erasures"]
    assert sorted(one["kind"] for one in listed) == ["account", "address", "address"]
    work()
    kinds = [one["kind"] for one in admin.get("/admin/erasures", open="1").json["erasures"]]
    assert kinds == ["account"], "there is nothing of an address in the indexes"
    assert len(admin.get("/admin/erasures").json["erasures"]) == 3


def test_nobody_but_the_person_and_admins_erases(employer: Api, api: Api, app_client: FlaskClient) -> None:
    kaisa = person(app_client)
    assert employer.delete("/me").status_code == 403
    assert api.delete("/me").status_code == 401
    assert kaisa.delete(f"/admin/accounts/{UUID(int=7)}").status_code == 403
    assert kaisa.get("/admin/erasures").status_code == 403


@pytest.mark.promise("S4")
def test_erasures_that_stay_open_are_seen(outside: Api, app_client: FlaskClient) -> None:
    person(app_client).delete("/me")
    clock.set_ahead(timedelta(minutes=5))
    told = outside.get("/metrics").get_data(as_text=True)
    assert "vahti_erasures_open 1.0" in told
    age = next(line for line in told.splitlines() if line.startswith("vahti_erasures_oldest_seconds "))
    assert 300 <= float(age.split()[1]) < 360
