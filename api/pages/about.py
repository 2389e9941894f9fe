"""The pages that say what the service is: the way in, the start page, the terms and the privacy policy."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Response, redirect, request, send_from_directory

from api.auth import audience
from api.pages.blueprint import alternates, blueprint, in_each_language, preferred_language, show, site_of
from api.sessions import reading
from matcher import addresses, colours
from store import settings
from store.sites import Site

STATIC = Path(__file__).parent / "static"


@blueprint.get("/")
@audience("anyone")
def way_in() -> Response:
    """The start page in the language that the reader's browser asks for."""
    with reading() as session:
        language = preferred_language(site_of(session))
    response = redirect(addresses.path("start", language))
    response.headers["Vary"] = "Accept-Language"
    return response  # type: ignore[return-value]


@in_each_language("start")
def start(language: str) -> Response:
    """What the service is, and the way to the alert form."""
    with reading() as session:
        site = site_of(session)
    return show("start.html", language, site, alternate=alternates("start"))


@in_each_language("terms")
def terms(language: str) -> Response:
    """The terms of use in the version in force."""
    return _policy("terms", language)


@in_each_language("privacy")
def privacy(language: str) -> Response:
    """The privacy policy in the version in force."""
    return _policy("privacy", language)


def _policy(name: addresses.Page, language: str) -> Response:
    with reading() as session:
        site = site_of(session)
    chosen = settings.get()
    return show(
        f"{name}/{language}.html",
        language,
        site,
        alternate=alternates(name),
        version=chosen.terms_version,
        hours=chosen.link_lifetime,
        mails=chosen.confirmation_limit,
    )


@blueprint.get("/pages/<name>")
@audience("anyone")
def static(name: str) -> Response:
    """The style sheet and the icon."""
    return send_from_directory(STATIC, name, max_age=3600)


@blueprint.get("/pages/brand/<key>.css")
@audience("anyone")
def brand(key: str) -> Response:
    """The colours of a site for light and for dark screens: pages hold no style of their own."""
    with reading() as session:
        css = _colours(site_of(session, key))
    response = Response(css, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.set_etag(sha256(css.encode()).hexdigest()[:32])
    return response.make_conditional(request)  # type: ignore[return-value]


def _colours(site: Site) -> str:
    on_light = colours.readable(site.colour, colours.LIGHT)
    on_dark = colours.readable(site.colour, colours.DARK, colours.EASY)
    return (
        f":root {{ --brand: {site.colour}; --link: {on_light}; --button: {on_light}; --on-button: {colours.LIGHT}; }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  :root {{ --brand: {on_dark}; --link: {on_dark}; --button: {on_dark}; --on-button: {colours.DARK}; }}\n"
        "}\n"
    )
