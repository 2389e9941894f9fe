"""The pages by which one comes to an account: the form, what to do next, and the confirmation by the mailed link."""

from __future__ import annotations

from flask import Response, redirect, request

from api.limits import asks
from api.pace import evenly
from api.pages import account_form
from api.pages.account_form import Typed
from api.pages.blueprint import alternates, in_each_language, show, site_of
from api.pages.form import Mistake
from api.sessions import reading, writing
from matcher import addresses
from store import account_links, registrations, settings
from store.errors import Forbidden


@in_each_language("register", "GET", "POST")
@asks
def register(language: str) -> Response:
    """The form of a new account, a recruiter's with `?as=recruiter`. The answer is the same for every address."""
    if request.method != "POST":
        return _form(language, Typed(), [])
    return _register(language)


@evenly
def _register(language: str) -> Response:
    typed = account_form.typed_in(request.form)
    mistakes: list[Mistake] = []
    email = account_form.email(typed, language, mistakes)
    password = account_form.new_password(request.form, email, language, mistakes)
    with writing() as session:
        site = site_of(session)
        claim = account_form.claim(typed, language, mistakes) if _recruits() else None
        if not _recruits():
            account_form.grown_up(typed, site.zone(language), language, mistakes)
        account_form.terms(typed, language, mistakes)
        if not mistakes:
            registrations.register(
                session,
                site=site,
                email=email,
                password=password,
                language=language,
                source=f"page {addresses.path('register', language)}",
                claim=claim,
            )
    if mistakes:
        return _form(language, typed, mistakes)
    return redirect(addresses.path("registered", language), 303)  # type: ignore[return-value]


def _recruits() -> bool:
    return request.args.get("as") == "recruiter"


def _form(language: str, typed: Typed, mistakes: list[Mistake]) -> Response:
    with reading() as session:
        site = site_of(session)
    return show(
        "register.html",
        language,
        site,
        status=422 if mistakes else 200,
        public=False,
        alternate=alternates("register", query={"as": "recruiter"} if _recruits() else None),
        typed=typed,
        mistakes=mistakes,
        wrong=account_form.by_field(mistakes),
        recruits=_recruits(),
        provider=settings.get().oidc_name if settings.get().oidc_issuer else "",
    )


@in_each_language("registered")
def registered(language: str) -> Response:
    """What to do now: confirm by the link in the mail. It says nothing about any address."""
    with reading() as session:
        site = site_of(session)
    return show("account_sent.html", language, site, public=False, sent="confirm", hours=settings.get().link_lifetime)


@in_each_language("confirm_account", "GET", "POST", audience_="holder of the mailed token")
def confirm_account(language: str) -> Response:
    """Asks for a click, and confirms the address by it."""
    token = request.args.get("token", "")
    try:
        if request.method != "POST":
            with reading() as session:
                account_links.look_up(session, account_links.CONFIRM, token)
                return show("account_confirm.html", language, site_of(session), public=False, token=token)
        with writing() as session:
            account = registrations.confirm(session, token)
            return show(
                "account_done.html",
                language,
                site_of(session),
                public=False,
                done="confirmed",
                password_set=account.password_hash is not None,
            )
    except Forbidden:
        return refused(language, "register")


def refused(language: str, again: addresses.Page) -> Response:
    """The page for a link that does not work, or not any more, with the way to a new one."""
    with reading() as session:
        site = site_of(session)
    return show("account_refusal.html", language, site, status=403, public=False, again=again)
