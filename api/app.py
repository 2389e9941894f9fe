"""The application: settings in, routes, errors, limits and headers; it connects to nothing before the first request."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    accounts,
    admin,
    alerts,
    contact,
    cookies,
    copies,
    cv_exchange,
    cvs,
    dev_mail,
    employers,
    erasures,
    feed,
    limits,
    listings,
    my_access_log,
    my_cv,
    my_export,
    oidc,
    openapi,
    operations,
    pages,
    problems,
    shortlists,
    stream,
    suggested,
    unusual_use,
)
from store import settings

RESOURCES = [
    accounts.calls,
    alerts.calls,
    listings.calls,
    feed.calls,
    stream.calls,
    cvs.calls,
    my_cv.calls,
    suggested.calls,
    cv_exchange.calls,
    my_export.calls,
    contact.calls,
    copies.calls,
    shortlists.calls,
    my_access_log.calls,
    unusual_use.calls,
    employers.calls,
    erasures.calls,
    admin.calls,
    operations.calls,
    dev_mail.calls,
]

# What a page of ours needs, and an answer in JSON does without: nothing from elsewhere, no script, in nobody's frame.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR = 31_536_000


def create_app() -> Flask:
    """The WSGI application of the API and the pages."""
    chosen = settings.get()
    app = Flask("api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = chosen.body_limit
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if chosen.trusted_proxies:
        count = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    problems.register(app)
    limits.register(app)
    openapi.register(app, RESOURCES)
    cookies.register(app, [*RESOURCES, openapi.calls])
    oidc.register(app)
    app.register_blueprint(pages.blueprint)
    app.after_request(_with_headers)
    return app


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    # What the API answers may hold what a mailed link opens, and is of this moment anyway.
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
