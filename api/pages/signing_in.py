"""The pages by which one signs in with a password, and out, here or everywhere."""

from __future__ import annotations

import re

from flask import Response, make_response, redirect, request
from flask import session as form_session
from sqlalchemy.orm import Session

from api import cookies
from api.auth import bearer, holder
from api.limits import tries
from api.pages import account_form
from api.pages.account_form import Typed
from api.pages.blueprint import alternates, in_each_language, show, site_of
from api.pages.form import Mistake
from api.sessions import reading, writing
from matcher import addresses
from store import sessions, settings, tokens, wording
from store.accounts import Account

# Where one may be led to after signing in: pages of this service alone.
_OURS = re.compile(r"/(?:fi|sv|en)/[a-z0-9/-]*")


def credentials() -> str | None:
    """The address that somebody tries to sign in with."""
    return request.form.get("email")


def begin(session: Session, account: Account) -> str:
    """The token of a new session for this browser; the one that it had until now ends."""
    before = tokens.bearer(session, cookies.session_token())
    if before is not None and before.kind == tokens.SESSION:
        tokens.revoke(session, before.id)
    token, _until = sessions.begin(session, account)
    return token


def signed_in(token: str, to: str) -> Response:
    """The answer that begins a session in the browser; what a form kept before it is forgotten."""
    form_session.clear()
    response = make_response(redirect(to, 303))
    cookies.keep_session(response, token)
    return response


@in_each_language("sign_in", "GET", "POST")
@tries(credentials)
def sign_in(language: str) -> Response:
    """Asks for address and password; right, they begin a session. Of what is wrong it says no more than it must."""
    if request.method != "POST":
        return _form(language, Typed(), [])
    typed = account_form.typed_in(request.form)
    mistakes: list[Mistake] = []
    email = account_form.email(typed, language, mistakes)
    if email:
        with writing() as session:
            account = sessions.sign_in(session, email, account_form.password_in(request.form))
            if account is not None:
                token = begin(session, account)
        if account is not None:
            return signed_in(token, _next() or addresses.path("account", language))
        _ = wording.translator(language).gettext
        wrong = _("The e-mail address or the password is wrong, or the address is not confirmed yet.")
        mistakes.append(Mistake("password", wrong))
    return _form(language, typed, mistakes)


def _next() -> str | None:
    given = request.values.get("next", "")
    return given if _OURS.fullmatch(given) and "//" not in given else None


def _form(language: str, typed: Typed, mistakes: list[Mistake]) -> Response:
    with reading() as session:
        site = site_of(session)
    return show(
        "sign_in.html",
        language,
        site,
        status=422 if mistakes else 200,
        public=False,
        alternate=alternates("sign_in"),
        typed=typed,
        mistakes=mistakes,
        wrong=account_form.by_field(mistakes),
        next=_next(),
        provider=settings.get().oidc_name if settings.get().oidc_issuer else "",
        failed="failed" in request.args,
    )


@in_each_language("sign_out", "POST", audience_="signed in")
def sign_out(language: str) -> Response:
    """Ends the session of this browser."""
    with writing() as session:
        tokens.revoke(session, bearer().token_id)
    return _out(language)


@in_each_language("sign_out_everywhere", "POST", audience_="signed in")
def sign_out_everywhere(language: str) -> Response:
    """Ends every session of the account, and every token."""
    with writing() as session:
        sessions.end_all(session, holder(session).id)
    return _out(language)


def _out(language: str) -> Response:
    form_session.clear()
    response = make_response(redirect(addresses.path("sign_in", language), 303))
    cookies.drop_session(response)
    return response
