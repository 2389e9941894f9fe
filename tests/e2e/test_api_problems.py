"""Errors over HTTP: one shape for all of them, who may call what, limits, headers, and nothing personal in a log."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from api.sessions import reading, writing
from store import alerts, database, generations, queues, tokens
from store.database import transaction
from tests.conftest import Services
from tests.e2e.conftest import Api, Chosen, listing, problems, token
from tests.e2e.test_api_alerts import ASK


def detail(answer: Any) -> str:
    return str(answer.json["detail"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "line 1, column 1: expecting value"),
        (b'{"a": 1,\n "b" 2}', "line 2, column 6"),
        (b'{"a": 1} x', "line 1, column 10: extra data"),
        (b"\xff{}", "not UTF-8: byte 1"),
        (b'{"a": NaN}', "it holds NaN"),
        (b'{"a": -Infinity}', "it holds -Infinity"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number beyond all use"),
    ],
)
def test_a_body_that_is_not_json_says_where(api: Api, body: bytes, said: str) -> None:
    answer = api.post("/alerts", data=body, content_type="application/json")
    assert problems(answer, 400) == {}
    assert said in detail(answer)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"])
def test_a_body_of_another_type(api: Api, kind: str) -> None:
    answer = api.post("/alerts", data=json.dumps(ASK), content_type=kind)
    problems(answer, 415)
    assert "application/json" in detail(answer)


@pytest.mark.parametrize("body", [[], "text", 1, None, True])
def test_a_body_that_is_no_object(api: Api, body: Any) -> None:
    answer = api.post("/alerts", data=json.dumps(body), content_type="application/json")
    assert problems(answer)[""] == ("is not an object", "a JSON object with the fields of the call")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"site": "a\0b"}, "site"), ({"criteria": {"places": ["x\ud800"]}}, "criteria.places[0]"), ({"x\0": 1}, "")],
)
def test_text_that_no_database_keeps(api: Api, body: dict[str, Any], field: str) -> None:
    found = problems(api.post("/alerts", data=json.dumps(ASK | body), content_type="application/json"))
    assert "no text" in found[field][0]


def test_a_body_that_is_too_large(chosen: Chosen) -> None:
    api = Api(chosen(body_limit="1000"))
    answer = api.post("/alerts", ASK | {"criteria": {"text": "x" * 2000}})
    problems(answer, 413)
    assert detail(answer) == "the body is larger than 1,000 bytes"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/alerts/nothing", 404),
        ("DELETE", "/alerts", 405),
        ("GET", "/alerts/confirm", 405),
        ("POST", "/listings", 405),
        ("POST", "/listings/a-1", 405),
    ],
)
def test_addresses_and_methods_that_are_not_there(api: Api, method: str, path: str, status: int) -> None:
    answer = api.call(method, path)
    problems(answer, status)
    assert (status == 405) == ("Allow" in answer.headers)


def test_a_reader_gets_a_page_and_a_program_a_problem(outside: Api) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "sv"}
    page = outside.call("GET", "/nothing", headers=browser)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert 'lang="sv"' in page.get_data(as_text=True)
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    problems(outside.call("GET", "/nothing"), 404)
    problems(outside.call("GET", "/nothing", headers={"Accept": "application/json"}), 404)
    problems(outside.call("GET", "/api/v1/nothing", headers=browser), 404)


BY_TOKEN = [
    ("PUT", "/listings/a-1", "employer"),
    ("DELETE", "/listings/a-1", "employer"),
    ("POST", "/listings/feed", "employer"),
    ("GET", "/listings/stream", "partner"),
    ("GET", "/listings/snapshot", "partner"),
    ("POST", "/admin/generations", "admin"),
    ("GET", "/admin/generations/1", "admin"),
    ("POST", "/admin/verify", "admin"),
]


@pytest.mark.promise("S4", "S5")
@pytest.mark.parametrize(("method", "path", "audience"), BY_TOKEN)
def test_calls_that_need_a_token(app_client: FlaskClient, method: str, path: str, audience: str) -> None:
    """Strangers are turned away before their body is looked at."""
    for headers, error in [
        ({}, None),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, None),
        ({"Authorization": "Bearer"}, None),
        ({"Authorization": "Bearer vahti_none"}, "invalid_token"),
        ({"Authorization": "Bearer ä\0"}, "invalid_token"),
    ]:
        answer = Api(app_client).call(method, path, data=b"{", headers=headers)
        problems(answer, 401)
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.lower().startswith("bearer ")
        assert (error or "realm") in challenge
    allowed = {"employer": {"employer"}, "admin": {"admin"}, "partner": {"partner", "employer", "admin"}}[audience]
    for role in set(tokens.ROLES) - allowed:
        answer = Api(app_client, token(role, "Muu Oy" if role in ("employer", "recruiter") else None)).call(
            method, path
        )
        problems(answer, 403)
        assert f"the token's role is {role}" in detail(answer)


@pytest.mark.promise("S5")
def test_a_token_that_was_ended(app_client: FlaskClient) -> None:
    given = token("admin")
    with transaction() as session:
        row = tokens.bearer(session, given)
        assert row is not None
        assert tokens.revoke(session, row.id)
    problems(Api(app_client, given).post("/admin/verify", {"kind": "listings"}), 401)


@pytest.mark.promise("S5")
def test_a_limit_on_asking(chosen: Chosen) -> None:
    client = chosen(ask_limit="2 per hour", call_limit="5 per minute")
    api = Api(client)
    for _ in range(2):
        assert api.post("/alerts", ASK).status_code == 202
    refused = api.post("/alerts", ASK)
    problems(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert api.post("/alerts", ASK, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 202
    for _ in range(5):
        assert api.get("/listings").status_code == 200
    refused = api.get("/listings/suggest", text="x")
    problems(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert client.get("/healthz").status_code == 200
    assert Api(client, token("employer", "Muu Oy")).put("/listings/a-1", listing()).status_code == 201
    kept = [key.decode() for key in queues.redis().scan_iter("*")]
    assert any("LIMIT" in key for key in kept)
    assert not any("127.0.0.1" in key or "192.0.2.7" in key for key in kept)
    assert all(queues.redis().ttl(key) > 0 for key in kept if "LIMIT" in key)


@pytest.mark.promise("S5")
def test_a_household_has_one_budget(chosen: Chosen) -> None:
    api = Api(chosen(ask_limit="1 per hour"))
    house, neighbour = "2001:db8:1:1::%x", "2001:db8:1:2::1"
    assert api.post("/alerts", ASK, environ_overrides={"REMOTE_ADDR": house % 1}).status_code == 202
    assert api.post("/alerts", ASK, environ_overrides={"REMOTE_ADDR": house % 2}).status_code == 429
    assert api.post("/alerts", ASK, environ_overrides={"REMOTE_ADDR": neighbour}).status_code == 202


@pytest.mark.promise("S5")
@pytest.mark.parametrize(("proxies", "counted_apart"), [("0", False), ("1", True)])
def test_a_proxy_is_believed_only_if_it_is_ours(chosen: Chosen, proxies: str, counted_apart: bool) -> None:
    api = Api(chosen(ask_limit="1 per hour", trusted_proxies=proxies))
    first = api.post("/alerts", ASK, headers={"X-Forwarded-For": "192.0.2.1"})
    second = api.post("/alerts", ASK, headers={"X-Forwarded-For": "192.0.2.2"})
    assert first.status_code == 202
    assert second.status_code == (202 if counted_apart else 429)


@pytest.mark.promise("S5")
def test_headers_of_safety(app_client: FlaskClient) -> None:
    for path in ("/api/v1/listings", "/api/v1/nothing", "/healthz"):
        headers = app_client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers
    assert "Strict-Transport-Security" not in app_client.get("/healthz").headers
    assert "Strict-Transport-Security" in app_client.get("/healthz", base_url="https://vahti.example").headers
    assert app_client.get("/api/v1/listings").headers["Cache-Control"] == "no-store"


@pytest.mark.promise("S4")
def test_an_error_of_ours_is_logged_without_what_was_sent(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **given: object) -> None:
        raise RuntimeError(f"cannot do {given}")

    monkeypatch.setattr(alerts, "ask", fail)
    with caplog.at_level(logging.DEBUG):
        answer = api.post("/alerts", ASK)
    problems(answer, 500)
    assert "kaisa" not in answer.get_data(as_text=True)
    assert "RuntimeError" in caplog.text
    assert "alerts.ask" in caplog.text
    assert "kaisa" not in caplog.text


@pytest.fixture
def bare(services: Services) -> Flask:
    return Flask("bare")


@pytest.mark.invariant(9)
def test_a_get_cannot_write(bare: Flask) -> None:
    with (
        bare.test_request_context("/", method="GET"),
        pytest.raises(RuntimeError, match="GET changes nothing"),
        writing(),
    ):
        raise AssertionError("a session was opened")


@pytest.mark.invariant(2)
def test_a_request_commits_once(bare: Flask) -> None:
    with bare.test_request_context("/", method="POST"):
        with writing():
            pass
        with pytest.raises(RuntimeError, match="commits once"), writing():
            raise AssertionError("a second session was opened")


@pytest.mark.invariant(9)
def test_reading_cannot_write(clean: Services) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import InternalError

    with reading() as session:
        for _ in range(2):
            with pytest.raises(InternalError, match="read-only transaction"):
                session.execute(text("UPDATE sites SET name = 'x'"))
            session.rollback()
    with transaction() as session:
        assert session.execute(text("SHOW transaction_read_only")).scalar_one() == "off"


@pytest.mark.invariant(9)
def test_no_get_writes(app_client: FlaskClient, employer: Api, partner: Api, admin: Api) -> None:
    """Every route that answers GET is called, and no transaction that it ran was given a number: none wrote."""
    from sqlalchemy import text

    one = employer.put("/listings/a-1", listing()).json["id"]
    with transaction() as session:
        live = generations.live(session, "listings")
    assert live is not None
    known = {"reference": one, "generation_id": live.id, "mail_id": "1", "listing_id": one, "language": "fi"}
    wrote: list[str] = []

    @event.listens_for(database.engine(), "commit")
    def look(connection: Any) -> None:
        if connection.execute(text("SELECT pg_current_xact_id_if_assigned()")).scalar_one() is not None:
            wrote.append(path)

    called = 0
    try:
        for rule in app_client.application.url_map.iter_rules():
            if "GET" not in (rule.methods or ()):
                continue
            values = {name: known.get(name, "1") for name in rule.arguments}
            _, path = rule.build({**values, **(rule.defaults or {})}) or ("", rule.rule)
            for caller in (employer, partner, admin):
                status = app_client.get(path, headers=caller.headers).status_code
                assert status < 500 or path == "/readyz", (path, status)
                called += 1
    finally:
        event.remove(database.engine(), "commit", look)
    assert called > 60
    assert wrote == []


@pytest.mark.promise("S5")
def test_tokens_from_the_command_line(api: Api, app_client: FlaskClient) -> None:
    from stack.commands.token import command

    made = CliRunner().invoke(command, ["create", "--role", "employer", "--employer", " Muu  Oy "])
    assert made.exit_code == 0, made.output
    holder = Api(app_client, made.stdout.strip())
    assert holder.put("/listings/a-1", listing()).status_code == 201
    with database.engine().connect() as connection:
        (row,) = connection.exec_driver_sql(
            "SELECT t::text, e.name FROM tokens AS t JOIN employers AS e ON e.id = employer_id"
        )
    assert row[1] == "Muu Oy"
    assert made.stdout.strip() not in row[0]
    assert CliRunner().invoke(command, ["revoke", made.stdout.strip()]).stdout == "ended\n"
    problems(holder.put("/listings/a-1", listing()), 401)
    assert CliRunner().invoke(command, ["revoke", made.stdout.strip()]).exit_code == 1
    assert "--employer NAME" in CliRunner().invoke(command, ["create", "--role", "employer"]).stderr
    assert CliRunner().invoke(command, ["create", "--role", "cook"]).exit_code == 2
