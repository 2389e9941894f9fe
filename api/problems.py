"""The one shape of an error, `application/problem+json` (RFC 9457), and what each failure becomes in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Flask, Response, jsonify, request
from flask_limiter.errors import RateLimitExceeded
from marshmallow import Schema, fields
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from api import limits
from api.pages.blueprint import language_here, show
from matcher.outage import SearchDown
from store.errors import Conflict, Forbidden, Invalid, NotFound, Problem, TooMany
from store.faults import describe, log

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds: what restarts comes back within that, and what does not is asked again cheaply

DETAILS = {
    404: "there is nothing at this address; /api/v1/openapi.json describes every call",
    405: "the address is there, but not for this method",
    413: "the body is larger than {limit:,} bytes",
}


class FieldProblemSchema(Schema):
    """One thing that is wrong with the input."""

    field = fields.String(
        metadata={"description": "path of the value, such as criteria.places[1]; empty for the whole"}
    )
    reason = fields.String(metadata={"description": "what is wrong with it"})
    right = fields.String(metadata={"description": "what would be right"})


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(
        required=True, metadata={"description": "about:blank: the status says which kind of error it is"}
    )
    title = fields.String(required=True, metadata={"description": "the name of the status"})
    status = fields.Integer(required=True, metadata={"description": "the status of the answer"})
    detail = fields.String(metadata={"description": "what happened, for people"})
    errors = fields.List(
        fields.Nested(FieldProblemSchema), metadata={"description": "with 422: every field that is wrong"}
    )


def answer(
    status: int, detail: str | None = None, errors: Sequence[Problem] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """An error as its answer."""
    body: dict[str, object] = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = told(errors)
    response = jsonify(body)
    response.status_code = status
    response.mimetype = MEDIA_TYPE
    response.headers.update(headers or {})
    return response


def told(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Problems as JSON."""
    return [{"field": one.field, "reason": one.reason, "right": one.right} for one in problems]


def _not_found(error: NotFound) -> Response:
    return answer(404, str(error))


def _forbidden(error: Forbidden) -> Response:
    return answer(403, str(error))


def _conflict(error: Conflict) -> Response:
    return answer(409, str(error))


def _invalid(error: Invalid) -> Response:
    return answer(422, "the input is not valid: each field that is wrong is named", error.problems)


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect is an answer
    if error.code == HTTPStatus.NOT_FOUND and _by_a_reader():
        # Without its brand: which site it was asked of nobody knows, and an address that is not there costs no query.
        return show("missing.html", language_here(), None, status=404, public=False)
    kept = ("WWW-Authenticate", "Allow", "Retry-After")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    # What we raise ourselves says more than the status; what the framework raises says it in its own words.
    own = "description" in vars(error)
    detail = error.description if own else DETAILS.get(error.code)
    limit = request.max_content_length or 0
    return answer(error.code, detail.format(limit=limit) if detail and not own else detail, headers=headers)


def _by_a_reader() -> bool:
    """Whether somebody looks for a page: outside the API, with a program that would rather have HTML than JSON."""
    preferred = request.accept_mimetypes.best_match(("application/json", "text/html"))
    return preferred == "text/html" and not request.path.startswith("/api/")


def _too_much(error: TooMany) -> Response:
    return answer(429, str(error), headers={"Retry-After": str(error.seconds)})


def _too_many(error: RateLimitExceeded) -> Response:
    seconds = limits.seconds_to_wait()
    return answer(429, f"too many calls: {error.description}", headers={"Retry-After": str(seconds)})


def _down(error: Exception) -> Response:
    log.error("%s is not served: %s", request.endpoint, describe(error))
    what = "the search" if isinstance(error, SearchDown) else "the database"
    detail = f"{what} does not answer at the moment; nothing of this call was kept, try it again"
    return answer(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER)})


def _failed(error: Exception) -> Response:
    # Without its message, which may hold what somebody sent.
    log.error("%s failed: %s", request.endpoint, describe(error))
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "an error of ours; it is logged")


def register(app: Flask) -> None:
    """Answer every failure of this app with a problem."""
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(Invalid, _invalid)
    app.register_error_handler(TooMany, _too_much)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RateLimitExceeded, _too_many)
    for outage in (OperationalError, InterfaceError, PoolTimeout, SearchDown):
        app.register_error_handler(outage, _down)
    app.register_error_handler(Exception, _failed)
