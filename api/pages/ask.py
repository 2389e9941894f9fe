"""The pages on which anyone creates a job alert: the form, what it would find now, and what to do next."""

from __future__ import annotations

from flask import Response, redirect, request
from sqlalchemy.orm import Session

from api.limits import asks
from api.pages import form
from api.pages.blueprint import alternates, in_each_language, show, site_of
from api.pages.form import Reading, Typed
from api.sessions import reading, writing
from matcher import addresses
from matcher.preview import Preview, preview
from store import alerts, settings
from store.sites import DEFAULT, Site


@in_each_language("alert", "GET", "POST")
@asks
def alert(language: str) -> Response:
    """The form of a new alert, filled in by the query of a link; sent, it makes an unconfirmed alert.

    The answer is the same for every address. What is wrong is said beside its field, and nothing typed is lost.
    """
    if request.method == "POST":
        return _create(language)
    with reading() as session:
        site = site_of(session, request.args.get("site"))
    return _show(form.prefilled(request.args, language), language, site)


@in_each_language("preview", "GET", "POST")
def matches(language: str) -> Response:
    """The form as it was sent, with what its criteria find now; nothing is kept."""
    if request.method != "POST":
        return _to("alert", language)
    typed = form.typed_in(request.form, language)
    read = form.read_criteria(typed, language)
    with reading() as session:
        site = site_of(session, request.form.get("site"))
        found = None if read.mistakes else _found(session, read)
    return _show(typed, language, site, read, found)


@in_each_language("asked")
def asked(language: str) -> Response:
    """What to do now: confirm by the link in the mail. It says nothing about any address."""
    with reading() as session:
        site = site_of(session, request.args.get("site"))
    return show("asked.html", language, site, public=False, hours=settings.get().link_lifetime)


def _create(language: str) -> Response:
    typed = form.typed_in(request.form, language)
    read = form.read_whole(typed, language)
    if read.mistakes or read.criteria is None or read.email is None:
        with reading() as session:
            site = site_of(session, request.form.get("site"))
        return _show(typed, language, site, read)
    with writing() as session:
        site = site_of(session, request.form.get("site"))
        alerts.ask(
            session,
            site=site,
            email=read.email,
            language=language,
            frequency=typed.frequency,
            criteria=read.criteria,
            terms_version=settings.get().terms_version,
            source=f"page {addresses.path('alert', language)}",
        )
    return _to("asked", language, site)


def _to(page: addresses.Page, language: str, site: Site | None = None) -> Response:
    query = {"site": site.key} if site is not None and site.key != DEFAULT else None
    return redirect(addresses.path(page, language, query), 303)  # type: ignore[return-value]


def _found(session: Session, read: Reading) -> Preview | None:
    return preview(session, read.criteria) if read.criteria is not None else None


def _show(
    typed: Typed, language: str, site: Site, read: Reading | None = None, found: Preview | None = None
) -> Response:
    return show(
        "alert.html",
        language,
        site,
        status=422 if read is not None and read.mistakes else 200,
        alternate=alternates("alert"),
        typed=typed,
        mistakes=read.mistakes if read is not None else [],
        wrong=read.by_field() if read is not None else {},
        found=found,
        default_site=DEFAULT,
    )
