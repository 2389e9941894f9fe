"""Every route says whom it is for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from api.app import create_app
from api.auth import AUDIENCES, ROLES, declared

# The framework's own view of files that anyone may read.
STATIC = {"pages.static"}
READ_ONLY = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app()


def methods(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in STATIC:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


@pytest.mark.promise("S4")
def test_every_route_declares_its_audience(app: Flask) -> None:
    silent = [
        f"{method} {rule.rule}"
        for rule, method in methods(app)
        if declared(app.view_functions[rule.endpoint], method) not in AUDIENCES
    ]
    assert silent == []


@pytest.mark.promise("S4")
def test_what_changes_more_than_an_alert_needs_a_token(app: Flask) -> None:
    """Without a token one can ask for an alert, look after one by its link, and try criteria out; come to an account,
    and into it by its password or a mailed link. Nothing else."""
    open_to_all = {
        rule.rule
        for rule, method in methods(app)
        if method not in READ_ONLY and declared(app.view_functions[rule.endpoint], method) not in ROLES
        if rule.rule.startswith("/api/")
    }
    alerts = ("", "/confirm", "/unsubscribe", "/pause", "/resume", "/manage", "/preview")
    accounts = ("accounts", "accounts/confirm", "sign-in", "password/forgotten", "password/reset")
    assert open_to_all == {
        *(f"/api/v1/alerts{below}" for below in alerts),
        *(f"/api/v1/{path}" for path in accounts),
    }


@pytest.mark.promise("S5")
def test_no_call_of_the_api_is_opened_by_a_cookie(app: Flask) -> None:
    """Where a cookie opens something, other sites can forge it; forms are guarded against that, calls are not."""
    by_cookie = [
        rule.rule for rule, method in methods(app) if declared(app.view_functions[rule.endpoint], method) == "signed in"
    ]
    assert not [rule for rule in by_cookie if rule.startswith("/api/")]


def test_a_route_without_an_audience_is_found() -> None:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "", endpoint="silent")
    assert declared(app.view_functions["silent"], "GET") is None


def test_making_an_application_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert create_app().url_map
