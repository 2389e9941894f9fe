"""The blueprint of the pages: an address in each language, one way to show a template, and errors that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError, generate_csrf  # type: ignore[import-untyped]
from jinja2 import Environment
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from api import limits
from api.auth import Audience, NotSignedIn, audience
from api.pages import places_field
from api.sessions import reading
from matcher import addresses
from matcher.addresses import PATHS, Page
from matcher.outage import SearchDown
from store import criteria, occupations, places, sites, wording
from store.alerts import FREQUENCIES
from store.errors import NotFound
from store.faults import describe, log
from store.sites import Site

blueprint = Blueprint("pages", __name__)

RETRY_AFTER = 5  # seconds

View = Callable[..., Any]


def in_each_language(
    page: Page, *methods: str, below: str = "", audience_: Audience = "anyone"
) -> Callable[[View], View]:
    """Serve a page at its address in each language, with `below` after it; the view gets `language`."""

    def serve(view: View) -> View:
        declared = audience(audience_)(view)
        for language, path in PATHS[page].items():
            blueprint.add_url_rule(
                path + below, view.__name__, declared, methods=methods or ("GET",), defaults={"language": language}
            )
        return view

    return serve


@cache
def _templates(language: str) -> Environment:
    made = wording.environment("api.pages", language)

    def path(name: Page, query: addresses.Query | None = None) -> str:
        return addresses.path(name, language, query)

    made.filters["sentence"] = _sentence
    made.globals |= {
        "lang": language,
        "languages": wording.LANGUAGES,
        "own_names": {code: _sentence(wording.language_name(code, code)) for code in wording.LANGUAGES},
        "path": path,
        "listing_path": lambda listing: addresses.listing_path(listing.id, language),
        "wording": wording,
        "where": lambda listing: ", ".join(places.label(code, language) for code in listing.places),
        "currencies": tuple(criteria.SALARY_STEPS),
        "options": {
            "employment": _options(criteria.EMPLOYMENT, wording.employment, language),
            "languages": _options(wording.LANGUAGES, wording.language_name, language),
            "frequency": _options(FREQUENCIES, wording.frequency, language),
        },
        "occupation_options": lambda codes: _options(codes, occupations.label, language),
        "distance": lambda near: _sentence(wording.within(near.km, places.label(near.place, language), language)),
        "as_options": lambda values: [(value, value) for value in values],
        "place_names": places_field.names,
        "csrf_token": generate_csrf,
    }
    return made


def _sentence(words: str) -> str:
    """The words with the first letter in upper case, and no other changed."""
    return words[:1].upper() + words[1:]


def _options(codes: Iterable[str], label: Callable[[str, str], str], language: str) -> list[tuple[str, str]]:
    return [(code, _sentence(label(code, language))) for code in codes]


def alternates(page: Page, *, below: str = "", query: addresses.Query | None = None) -> dict[str, str]:
    """The same page in each language, by absolute address, with `below` and the query after it."""
    after = f"{below}?{urlencode(query, doseq=True)}" if query else below
    return {language: addresses.absolute(path + after) for language, path in PATHS[page].items()}


def show(
    template: str,
    language: str,
    site: Site | None,
    *,
    status: int = 200,
    public: bool = True,
    alternate: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """A page as its answer. One that is not `public` (it shows what a mailed link opens) is kept and indexed by nobody.

    `site` is None where it cannot be known, since the database does not answer.
    """
    html = (
        _templates(language)
        .get_template(template)
        .render(site=site, public=public, alternates=alternate or {}, **values)
    )
    response = make_response(html, status)
    response.headers["Content-Language"] = language
    if not public:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def site_of(session: Session, key: str | None = None) -> Site:
    """The site whose page this is; raises NotFound for a key that no site has, and in a language that it does not."""
    site = session.get(Site, key or sites.DEFAULT)
    language = (request.view_args or {}).get("language")
    if site is None or (key and language and language not in site.languages):
        raise NotFound("no such site")
    return site


def preferred_language(site: Site | None = None) -> str:
    """The language that the reader's browser asks for; English where it asks for none of ours, the site's for none."""
    if not request.accept_languages:
        return site.languages[0] if site is not None else wording.LANGUAGES[0]
    return request.accept_languages.best_match(wording.LANGUAGES, "en")


def language_here() -> str:
    """The language of the address that was called, or else the preferred one."""
    given = (request.view_args or {}).get("language")
    return given if given in wording.LANGUAGES else preferred_language()


@blueprint.errorhandler(NotSignedIn)
def _sign_in_first(_: NotSignedIn) -> Any:
    return redirect(addresses.path("sign_in", language_here(), {"next": request.path}), 303)


@blueprint.errorhandler(CSRFError)
def _stale(_: CSRFError) -> Response:
    return show("failure.html", language_here(), None, status=400, public=False, reason="stale")


@blueprint.errorhandler(NotFound)
def _not_found(_: NotFound) -> Response:
    with reading() as session:
        site = site_of(session)
    return show("missing.html", language_here(), site, status=404, public=False)


@blueprint.errorhandler(RateLimitExceeded)
def _too_many(_: RateLimitExceeded) -> Response:
    seconds = limits.seconds_to_wait()
    minutes = -(-seconds // 60)
    response = show("failure.html", language_here(), None, status=429, public=False, reason="limit", minutes=minutes)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error.get_response()
    response = show("failure.html", language_here(), None, status=error.code, public=False, reason="request")
    response.headers.update([(name, value) for name, value in error.get_headers() if name == "Allow"])
    return response


@blueprint.errorhandler(OperationalError)
@blueprint.errorhandler(InterfaceError)
@blueprint.errorhandler(PoolTimeout)
@blueprint.errorhandler(SearchDown)
def _down(error: Exception) -> Response:
    log.error("%s is not served: %s", request.endpoint, describe(error))
    response = show("failure.html", language_here(), None, status=503, public=False, reason="down")
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


@blueprint.errorhandler(Exception)
def _failed(error: Exception) -> Response:
    log.error("%s failed: %s", request.endpoint, describe(error))
    return show("failure.html", language_here(), None, status=500, public=False, reason="ours")
