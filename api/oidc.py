"""OpenID Connect: the provider that people may sign in with, by the code flow with PKCE, state and nonce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth  # type: ignore[import-untyped]
from flask import Flask, Response, current_app
from joserfc.errors import JoseError
from requests import RequestException

from store import settings
from store.faults import describe, log

_EXTENSION = "vahti.provider"
PATIENCE = 10  # seconds for which we wait for an answer of the provider


class Failed(Exception):
    """Nothing came of it: the reader gave up, the provider does not answer, or what it says is not to be believed."""


@dataclass(frozen=True)
class Person:
    """Whom the provider says that it has before it. Issuer and subject name them; the address is what they gave, and
    theirs only where the provider says that it verified it."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


def register(app: Flask) -> None:
    """Know the provider, where there is one. It is asked nothing before somebody signs in with it."""
    chosen = settings.get()
    if not chosen.oidc_issuer:
        return
    oauth = OAuth(app)
    app.extensions[_EXTENSION] = oauth.register(
        name="provider",
        client_id=chosen.oidc_client_id,
        client_secret=chosen.oidc_client_secret,
        server_metadata_url=f"{chosen.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
        },
    )


def known() -> bool:
    """Whether there is a provider."""
    return _EXTENSION in current_app.extensions


def lead_there(back: str) -> Response:
    """The answer that leads the reader to the provider, which leads back to this address. Raises Failed."""
    try:
        return cast(Response, _provider().authorize_redirect(back))
    except (AuthlibBaseError, RequestException, ValueError, RuntimeError) as error:
        raise _failed(error) from error


def come_back() -> Person:
    """Whom the provider led back to us, by the code in the address of this request. Raises Failed.

    The state must be of this browser, and the ID token signed by the provider, for us, now and with our nonce
    (OpenID Connect Core 1.0, section 3.1.3.7).
    """
    chosen = settings.get()
    expected = {
        "iss": {"essential": True, "values": [chosen.oidc_issuer]},
        "aud": {"essential": True, "values": [chosen.oidc_client_id]},
        "sub": {"essential": True},
    }
    try:
        token = _provider().authorize_access_token(claims_options=expected)
        claims = token.get("userinfo")
        if claims is None:
            raise Failed("the provider gave no ID token")
        if "email" not in claims:
            # The claims of the scope `email` may come from this address alone (section 5.4).
            claims = {**_told(token, str(claims["sub"])), **claims}
    except (AuthlibBaseError, JoseError, RequestException, ValueError, RuntimeError, KeyError) as error:
        raise _failed(error) from error
    name = " ".join(str(claims.get(part) or "") for part in ("given_name", "family_name")).strip()
    return Person(
        issuer=chosen.oidc_issuer,
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        email_verified=claims.get("email_verified") is True,
        name=name or str(claims.get("name") or ""),
    )


def _told(token: dict[str, Any], subject: str) -> dict[str, Any]:
    told = dict(_provider().userinfo(token=token))
    # Another person's would be a substitution (section 5.3.2).
    return told if told.get("sub") == subject else {}


def _provider() -> FlaskOAuth2App:
    return cast(FlaskOAuth2App, current_app.extensions[_EXTENSION])


def _failed(error: Exception) -> Failed:
    log.warning("signing in with the provider failed: %s", describe(error))
    return Failed(str(type(error).__name__))
