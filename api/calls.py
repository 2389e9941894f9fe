"""How calls are declared: blueprints whose routes say what they take, what they give, whom for, and which errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import Request
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser

from api import schema_problems
from api.auth import ROLES, Audience
from api.json_body import read
from store.errors import Invalid

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

# What each error says, and the errors that a call may answer with beyond those that it names itself.
ERRORS: dict[int, str] = {
    400: "the body is not JSON; `detail` says where it breaks",
    401: "there is no valid token; the header `WWW-Authenticate` says so",
    403: "the token, or the link, is for something else; or the link has expired",
    404: "there is no such thing, or it is not for you",
    409: "the state of the thing rules this out",
    413: "the body is too large",
    415: "the body is of another type than the call takes",
    422: "the input is not valid: `errors` names every field, what is wrong with it and what would be right",
    429: "too many calls from this address, or by this account; the header `Retry-After` says when to go on",
    503: "a service behind this one does not answer; nothing was kept. Try again after `Retry-After`",
}
# By where the call's input is.
BY_INPUT: dict[str, tuple[int, ...]] = {"json": (400, 413, 415, 422), "feed": (413, 415), "query": (422,)}
BY_AUDIENCE: dict[Audience, tuple[int, ...]] = {
    "anyone": (429, 503),
    "holder of the mailed token": (429, 503),
    **dict.fromkeys(ROLES, (401, 403, 503)),
    "operator": (),
}


class Parser(FlaskParser):
    """Reads what a call is given and raises store.errors.Invalid with everything that is wrong with it."""

    # A misspelt parameter that is passed over finds too much, and nobody learns why.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 - as the parent declares it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as JSON."""
        return read(req)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> Any:
        """Says what is wrong in the product's own words."""
        (found,) = cast(dict[str, Any], error.messages).values()
        root = fields.Nested(schema, metadata={"description": "a JSON object with the fields of the call"})
        raise Invalid(schema_problems.of(ValidationError(found), root)) from error


class Calls(Blueprint):  # type: ignore[misc]
    """The calls of one resource. Below `route` comes `api.auth.audience`, then `takes`, `gives` and `errors`."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, url_prefix: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks.append(self._document_audience)

    def route(self, rule: str, **options: Any) -> Decorator:
        """Serve this address."""
        serve = super().route(rule, **options)

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            _note(view, operation=f"{self.name}_{view.__name__}")
            return cast(Callable[..., Any], serve(view))

        return declare

    def takes(self, schema: type[Schema], *, location: str = "json", description: str | None = None) -> Decorator:
        """Hand the view what the call was given, checked, as its first argument."""
        declare = super().arguments(schema, location=location, description=description)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            reads: Callable[..., Any] = declare(view)
            # Its own description of errors names a status as this Python does; `ERRORS` has them all.
            reads._apidoc["arguments"].pop("responses")  # type: ignore[attr-defined]
            return _note(reads, takes=(*_noted(reads).get("takes", ()), location))

        return decorate

    @staticmethod
    def reads(schema: type[Schema]) -> Decorator:
        """Describe a body of JSON that the view reads itself."""

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            body = {"in": "json", "required": True, "schema": schema}
            return _note(view, arguments={"parameters": [body]}, takes=("json",))

        return declare

    @staticmethod
    def reads_feed(media_types: Iterable[str]) -> Decorator:
        """Describe a body that the view reads as it arrives."""
        content = {kind: {"schema": {"type": "string"}} for kind in media_types if kind}

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            return _note(view, manual_doc={"requestBody": {"required": True, "content": content}}, takes=("feed",))

        return declare

    def gives(
        self,
        status: int,
        schema: type[Schema] | Schema | None = None,
        *,
        description: str,
        content_type: str | None = None,
    ) -> Decorator:
        """Answer with this status and schema."""
        return cast(
            Decorator,
            super().response(status, schema, description=description, content_type=content_type),
        )

    def also_gives(
        self, status: int, schema: type[Schema], *, description: str, content_type: str | None = None
    ) -> Decorator:
        """Describe another good answer, which the view makes itself."""
        return cast(
            Decorator,
            super().alt_response(
                status, schema=schema, description=description, content_type=content_type, success=True
            ),
        )

    @staticmethod
    def errors(*statuses: int) -> Decorator:
        """Describe errors beyond those that follow from the audience and the body."""

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            return _note(view, errors=statuses)

        return declare

    @staticmethod
    def _document_audience(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
        audience = doc_info["audience"]
        statuses = set(doc_info.get("errors", ()))
        if audience in ROLES:
            doc["security"] = [{"token": []}]
        statuses.update(BY_AUDIENCE[audience])
        for place in doc_info.get("takes", ()):
            statuses.update(BY_INPUT[place])
        doc["x-audience"] = audience
        doc["operationId"] = doc_info["operation"]
        responses = doc.setdefault("responses", {})
        for status in sorted(statuses):
            responses[status] = f"Problem{status}"
        return doc


def _noted(view: Callable[..., Any]) -> dict[str, Any]:
    return cast(dict[str, Any], getattr(view, "_apidoc", {}))


def _note(view: Callable[..., Any], **notes: Any) -> Callable[..., Any]:
    """Note what openapi.json says of a view, where flask-smorest looks for it."""
    view._apidoc = {**_noted(view), **notes}  # type: ignore[attr-defined]
    return view
