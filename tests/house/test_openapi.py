"""docs/openapi.json is what the calls say of themselves now, and says everything that a client needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api import openapi
from api.app import RESOURCES, create_app
from api.auth import AUDIENCES, ROLES

METHODS = {"get", "put", "post", "delete", "patch"}
# Calls that say all they do by their address.
WITHOUT_BODY = {
    "post /api/v1/sign-out",
    "post /api/v1/sign-out/everywhere",
    "post /api/v1/admin/unusual-use/{number}/seen",
}
# Wrong passwords are answered as a missing token is.
SIGN_IN = {"post /api/v1/sign-in"}
# Whose calls name the status 429 where what an account does is counted.
COUNTED = {"recruiter", "account holder", "person"}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(openapi.written(create_app()))
    return document


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method} {path}", operation


def inner(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within a document."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from inner(one)
    elif isinstance(value, list):
        for one in value:
            yield from inner(one)


def test_the_file_is_current() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.written(create_app()), "run: python -m api.openapi"


def test_every_call_is_described(spec: dict[str, Any]) -> None:
    described = {name for name, _ in operations(spec)}
    app = create_app()
    served = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in {*(calls.name for calls in RESOURCES), openapi.calls.name}:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            served |= {f"{method.lower()} {path}" for method in (rule.methods or set()) if method.lower() in METHODS}
    assert described == served


def test_every_call_says_what_it_does_takes_gives_and_may_answer(spec: dict[str, Any]) -> None:
    for name, operation in operations(spec):
        assert operation["summary"], name
        assert operation["x-audience"] in AUDIENCES, name
        assert ("security" in operation) == (operation["x-audience"] in ROLES), name
        responses = operation["responses"]
        assert any(status.startswith("2") for status in responses), name
        if operation["x-audience"] != "operator":
            assert "503" in responses, name
        assert ("401" in responses) == (operation["x-audience"] in ROLES or name in SIGN_IN), name
        if operation["x-audience"] not in COUNTED:
            assert ("429" in responses) == (operation["x-audience"] in ("anyone", "holder of the mailed token")), name
        if "{" in name and operation["x-audience"] != "operator" and not name.startswith("put"):
            assert "404" in responses, name
        for status, response in responses.items():
            if int(status) < 300 and "json" in str(response.get("content")):
                assert response["description"], name
        if name.split()[0] in ("post", "put", "patch"):
            assert (name in WITHOUT_BODY) != bool(operation.get("requestBody", {}).get("content")), name
    names = [operation["operationId"] for _, operation in operations(spec)]
    assert len(names) == len(set(names))


def test_every_parameter_and_field_is_described(spec: dict[str, Any]) -> None:
    for name, operation in operations(spec):
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), (name, parameter["name"])
    for name, schema in spec["components"]["schemas"].items():
        assert schema["description"], name
        for member, described in schema["properties"].items():
            assert described.get("description") or "$ref" in str(described), (name, member)


def test_every_reference_leads_somewhere(spec: dict[str, Any]) -> None:
    for value in inner(spec):
        if "$ref" in value:
            at: Any = spec
            for step in value["$ref"].removeprefix("#/").split("/"):
                at = at[step]
            assert at


def test_every_schema_is_one(spec: dict[str, Any]) -> None:
    for schema in spec["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_errors_are_problems(spec: dict[str, Any]) -> None:
    for name, response in spec["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], name
        assert response["description"], name


def test_the_page_about_the_api_names_every_call(spec: dict[str, Any]) -> None:
    page = (openapi.FILE.parent / "api.md").read_text(encoding="utf-8")
    named = {
        f"{method.lower()} {path}" for method, path in re.findall(r"`(GET|PUT|POST|DELETE|PATCH) (/[^`\s?]*)`", page)
    }
    assert named == {name for name, _ in operations(spec)}
