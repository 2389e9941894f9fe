"""The description of the API, out of the calls themselves; `python -m api.openapi` writes it to docs/openapi.json."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

from apispec import APISpec
from flask import Flask, current_app
from flask_smorest import Api  # type: ignore[import-untyped]

from api.auth import audience
from api.calls import ERRORS, Calls
from api.problems import MEDIA_TYPE, ProblemSchema

VERSION = "1"
FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
_SPEC = "vahti.openapi"

ABOUT = """Job alerts, listings and their search.

Every body is JSON in UTF-8 unless a call says otherwise. Every error is one shape, `application/problem+json`
(RFC 9457). Calls for employers, partners and admins carry `Authorization: Bearer TOKEN`; `x-audience` says for whom a
call is. Times are ISO 8601 with an offset. A GET changes nothing."""

calls = Calls("description", "/api/v1", "What the API can do.")


class Description(Api):  # type: ignore[misc]
    """The specification; errors are `api.problems`' business alone."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Nothing: flask-smorest would answer in a shape of its own."""

    def _register_pagination_header(self) -> None:
        """Nothing: answers hold `next`."""

    def _register_responses(self) -> None:
        """The errors of every call, each described once."""
        for status, about in ERRORS.items():
            content = {MEDIA_TYPE: {"schema": ProblemSchema}}
            self.spec.components.response(f"Problem{status}", {"description": about, "content": content})


@calls.route("/openapi.json", methods=["GET"])
@audience("anyone")
@calls.gives(200, description="an OpenAPI document")
def describe() -> Any:
    """Read this description"""
    return current_app.response_class(written(current_app), mimetype="application/json")


def register(app: Flask, resources: list[Calls]) -> None:
    """Serve these resources and describe them."""
    app.config.update(API_TITLE="Vahti", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    api = Description(
        app,
        spec_kwargs={"info": {"description": ABOUT}, "servers": [{"url": "/"}]},
    )
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for resource in [*resources, calls]:
        api.register_blueprint(resource)
    for key, name in api.ma_plugin.converter.refs.items():
        api.spec.components.schemas[name]["description"] = inspect.getdoc(key[0])
    app.extensions[_SPEC] = api.spec


def written(app: Flask) -> str:
    """The description as the text of a JSON document."""
    spec: APISpec = app.extensions[_SPEC]
    return json.dumps(spec.to_dict(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write docs/openapi.json."""
    from api.app import create_app

    FILE.write_text(written(create_app()), encoding="utf-8")


if __name__ == "__main__":
    main()
