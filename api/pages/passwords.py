"""The pages about passwords: a forgotten one is set anew by a mailed link, one that is known is changed."""

from __future__ import annotations

from flask import Response, redirect, request

from api import cookies
from api.auth import bearer, holder
from api.limits import asks, tries
from api.pace import evenly
from api.pages import account_form
from api.pages.account import shown
from api.pages.account_form import Typed
from api.pages.blueprint import alternates, in_each_language, show, site_of
from api.pages.form import Mistake
from api.pages.registering import refused
from api.sessions import reading, writing
from matcher import addresses
from store import account_links, registrations, wording
from store.errors import Forbidden, Invalid


@in_each_language("forgotten", "GET", "POST")
@asks
def forgotten(language: str) -> Response:
    """Asks for the address and mails it a link, if it has an account. The answer is the same for every address."""
    if request.method != "POST":
        return _forgotten(language, Typed(), [])
    return _forget(language)


@evenly
def _forget(language: str) -> Response:
    typed = account_form.typed_in(request.form)
    mistakes: list[Mistake] = []
    email = account_form.email(typed, language, mistakes)
    if mistakes:
        return _forgotten(language, typed, mistakes)
    with writing() as session:
        registrations.forget(session, email)
    return redirect(addresses.path("forgotten_sent", language), 303)  # type: ignore[return-value]


def _forgotten(language: str, typed: Typed, mistakes: list[Mistake]) -> Response:
    with reading() as session:
        site = site_of(session)
    return show(
        "forgotten.html",
        language,
        site,
        status=422 if mistakes else 200,
        public=False,
        alternate=alternates("forgotten"),
        typed=typed,
        mistakes=mistakes,
        wrong=account_form.by_field(mistakes),
    )


@in_each_language("forgotten_sent")
def forgotten_sent(language: str) -> Response:
    """What to do now: follow the link in the mail."""
    with reading() as session:
        site = site_of(session)
    return show("account_sent.html", language, site, public=False, sent="reset", hours=account_links.RESET_HOURS)


@in_each_language("reset", "GET", "POST", audience_="holder of the mailed token")
def reset(language: str) -> Response:
    """The form of a new password, and the new password."""
    token = request.args.get("token", "")
    mistakes: list[Mistake] = []
    try:
        if request.method == "POST":
            try:
                with writing() as session:
                    registrations.reset(session, token, account_form.password_in(request.form))
                    site = site_of(session)
                response = show("account_done.html", language, site, public=False, done="reset", password_set=True)
                cookies.drop_session(response)
                return response
            except Invalid as error:
                mistakes = account_form.said(error.problems, language)
        with reading() as session:
            account_links.look_up(session, account_links.RESET, token)
            site = site_of(session)
    except Forbidden:
        return refused(language, "forgotten")
    return show(
        "reset.html",
        language,
        site,
        status=422 if mistakes else 200,
        public=False,
        token=token,
        mistakes=mistakes,
        wrong=account_form.by_field(mistakes),
    )


@in_each_language("password", "POST", audience_="signed in")
@tries(cookies.session_token)
def password(language: str) -> Response:
    """Changes the password of whoever signed in and knows it; every other session ends."""
    _ = wording.translator(language).gettext
    try:
        with writing() as session:
            account_id = holder(session).id
            old, new = (account_form.password_in(request.form, name) for name in ("old", "new"))
            changed = registrations.change_password(session, account_id, old, new, keep=bearer().token_id)
        mistakes = [] if changed else [Mistake("old", _("This is not your password."))]
    except Invalid as error:
        mistakes = account_form.said(error.problems, language)
    if mistakes:
        return shown(language, mistakes)
    return redirect(addresses.path("account", language, {"done": "password"}), 303)  # type: ignore[return-value]
