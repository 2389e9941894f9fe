"""The two cookies of the pages: the session of whoever signed in, and what a form needs so that nobody can forge it.

Neither is there before somebody opens a page to sign in or to register, and neither opens a call of the API.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Flask, Response, request
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]

from store import settings

# Forms that work without a cookie: whoever holds the mailed link may, a mail program's one click has no cookies
# (RFC 8058), and whoever asks for an alert is nobody to us. By the views that take them.
WITHOUT = (
    "api.pages.ask.alert",
    "api.pages.ask.matches",
    "api.pages.alert_links.confirm",
    "api.pages.alert_links.pause",
    "api.pages.alert_links.resume",
    "api.pages.alert_links.unsubscribe",
    "api.pages.alert_links.edit",
)
DAY = 86_400  # seconds


def _secure() -> bool:
    return settings.get().base_url.startswith("https:")


def _name(what: str) -> str:
    """`__Host-` keeps other hosts of the domain, and whoever listens in without TLS, from setting it (RFC 6265bis)."""
    return f"__Host-vahti-{what}" if _secure() else f"vahti-{what}"


def register(app: Flask, resources: Iterable[Blueprint]) -> None:
    """Guard every form of the pages against forgery, but those `WITHOUT`, and sign what a form keeps in a cookie."""
    chosen = settings.get()
    app.secret_key = chosen.secret or None
    app.config.update(
        SECRET_KEY_FALLBACKS=[chosen.previous_secret] if chosen.previous_secret else None,
        SESSION_COOKIE_NAME=_name("form"),
        SESSION_COOKIE_SECURE=_secure(),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a form that was left open over night is sent all the same
        # Pages with a token in their address send no Referer; what looking at it is good for, `__Host-` does.
        WTF_CSRF_SSL_STRICT=False,
    )
    guard = CSRFProtect()
    for calls in resources:
        guard.exempt(calls)
    for view in WITHOUT:
        guard.exempt(view)
    guard.init_app(app)


def session_token() -> str:
    """The token of the session that the browser has; empty where it has none."""
    return request.cookies.get(_name("session"), "")


def keep_session(response: Response, token: str) -> None:
    """Have the browser keep a session, for as long as it can last at most."""
    response.set_cookie(
        _name("session"),
        token,
        max_age=settings.get().session_longest * DAY,
        secure=_secure(),
        httponly=True,
        samesite="Lax",
    )


def drop_session(response: Response) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(_name("session"), secure=_secure(), httponly=True, samesite="Lax")
