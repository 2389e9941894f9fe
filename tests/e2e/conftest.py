"""The application as a client sees it, and tokens for those who need one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from store import employers, settings, tokens
from store.database import transaction
from tests.conftest import Services

EMPLOYER = "Pohjolan hoiva"
Chosen = Callable[..., FlaskClient]


class Answer(TestResponse):
    """An answer whose JSON is taken for what the test expects of it."""

    @property
    def json(self) -> Any:
        """The body, whatever its media type says."""
        return self.get_json(force=True)


class Api:
    """Calls below `base`, as whoever holds `token`."""

    def __init__(self, client: FlaskClient, token: str | None = None, base: str = "/api/v1") -> None:
        self._client, self._base = client, base
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> Answer:
        """A call with a body of JSON, if it has one."""
        body = {} if json is None else {"json": json}
        headers = {**self.headers, **options.pop("headers", {})}
        url = f"{self._base}{path}"
        return cast(Answer, self._client.open(url, method=method, headers=headers, **body, **options))

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, query_string=query)

    def post(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.call("POST", path, json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.call("PUT", path, json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.call("PATCH", path, json, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.call("DELETE", path, **options)


@pytest.fixture
def app_client(clean: Services) -> FlaskClient:
    """A client of the whole application."""
    from api.app import create_app

    return client_of(create_app())


def client_of(app: Flask) -> FlaskClient:
    """A client of an application, whose answers are `Answer`."""
    return FlaskClient(app, Answer)


@pytest.fixture
def chosen(clean: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chosen]:
    """Makes a client of an application with other settings."""
    from api.app import create_app

    def choose(**given: str) -> FlaskClient:
        for name, value in given.items():
            monkeypatch.setenv(f"VAHTI_{name.upper()}", value)
        settings.get.cache_clear()
        return client_of(create_app())

    yield choose
    monkeypatch.undo()
    settings.get.cache_clear()


def token(role: str, employer: str | None = None) -> str:
    """A new token."""
    with transaction() as session:
        return tokens.create(session, role, employers.named(session, employer) if employer else None)


@pytest.fixture
def api(app_client: FlaskClient) -> Api:
    """The API as anyone calls it."""
    return Api(app_client)


@pytest.fixture
def outside(app_client: FlaskClient) -> Api:
    """The application as operators and readers call it."""
    return Api(app_client, base="")


@pytest.fixture
def employer(app_client: FlaskClient) -> Api:
    """The API as an employer calls it."""
    return Api(app_client, token("employer", EMPLOYER))


@pytest.fixture
def partner(app_client: FlaskClient) -> Api:
    """The API as a partner site calls it."""
    return Api(app_client, token("partner"))


@pytest.fixture
def admin(app_client: FlaskClient) -> Api:
    """The API as an admin calls it."""
    return Api(app_client, token("admin"))


def listing(**given: Any) -> dict[str, Any]:
    """A complete listing as an employer sends it; members that are None are left out."""
    whole = {
        "title": "Sairaanhoitaja",
        "description": "<p>Etsimme sairaanhoitajaa osastolle.</p>",
        "language": "fi",
        "employer": EMPLOYER,
        "places": ["fi-837"],
        "employment": ["full_time"],
        "apply": {"url": "https://pohjolanhoiva.example/apply"},
    } | given
    return {name: value for name, value in whole.items() if value is not None}


@pytest.fixture
def published(employer: Api, work: Callable[[], int]) -> Callable[..., str]:
    """Publishes a listing through the API and brings it to the index; gives its id."""
    from mappings.client import client
    from mappings.indexes import alias

    def publish(reference: str, **given: Any) -> str:
        answer = employer.put(f"/listings/{reference}", listing(**given))
        assert answer.status_code in (200, 201), answer.json
        work()
        client().indices.refresh(index=alias("listings"))
        return str(answer.json["id"])

    return publish


def problems(answer: Answer, status: int = 422) -> dict[str, tuple[str, str]]:
    """What is wrong, by field, of an answer in the one shape of errors."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"
    body = answer.json
    assert body["type"] == "about:blank"
    assert body["status"] == status
    assert body["title"]
    return {one["field"]: (one["reason"], one["right"]) for one in body.get("errors", [])}
