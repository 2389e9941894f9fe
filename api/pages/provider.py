"""The pages by which one signs in with an outside identity provider: there, back again, and the click that does it.

The provider leads back by a GET, which changes nothing: who it was is kept, signed, in the cookie of the form, and a
button's POST signs in, makes the account, or lets the identity open the account that the address already has.
"""

from __future__ import annotations

import time
from dataclasses import asdict

from flask import Response, redirect, request
from flask import session as form_session

from api import oidc
from api.auth import audience
from api.limits import tries
from api.oidc import Failed, Person
from api.pages import account_form
from api.pages.account_form import Typed
from api.pages.blueprint import blueprint, in_each_language, preferred_language, show, site_of
from api.pages.form import Mistake
from api.pages.signing_in import begin, signed_in
from api.sessions import reading, writing
from matcher import addresses
from store import accounts, cvs, identities, registrations, sessions, settings, wording
from store.accounts import Account
from store.errors import Conflict, NotFound

_LANGUAGE, _PERSON, _SINCE = "provider.language", "provider.person", "provider.since"
MINUTES = 15  # for which somebody may think about the terms
BACK = "/sign-in/callback"


@in_each_language("provider")
def provider(language: str) -> Response:
    """Leads to the provider. A link and not a button: our policy lets no form lead elsewhere."""
    _there_is_one()
    form_session[_LANGUAGE] = language
    try:
        return oidc.lead_there(addresses.absolute(BACK))
    except Failed:
        return _back_to_signing_in(language)


@blueprint.get(BACK)
@audience("anyone")
def come_back() -> Response:
    """Where the provider leads back to: one address for all languages, which the provider knows."""
    _there_is_one()
    language = str(form_session.pop(_LANGUAGE, "")) or preferred_language()
    try:
        person = oidc.come_back()
    except Failed:
        return _back_to_signing_in(language)
    form_session[_PERSON], form_session[_SINCE] = asdict(person), int(time.time())
    return redirect(addresses.path("provided", language), 303)  # type: ignore[return-value]


def _there_is_one() -> None:
    if not oidc.known():
        raise NotFound("no provider is known")


def _back_to_signing_in(language: str) -> Response:
    return redirect(addresses.path("sign_in", language, {"failed": "1"}), 303)  # type: ignore[return-value]


def _person() -> Person | None:
    """Whom the provider led back to us just now, in this browser."""
    kept = form_session.get(_PERSON)
    if kept is None or int(time.time()) - form_session.get(_SINCE, 0) > MINUTES * 60:
        return None
    return Person(**kept)


def _address_tried() -> str | None:
    person = _person()
    return person.email if person is not None else None


@in_each_language("provided", "GET", "POST")
@tries(_address_tried)
def provided(language: str) -> Response:
    """Says who the provider says it is, and asks for what is missing: a click, the password, or age and terms."""
    person = _person()
    if person is None:
        return _back_to_signing_in(language)
    typed, mistakes = Typed(), list[Mistake]()
    if request.method == "POST":
        typed = account_form.typed_in(request.form)
        token = _enter(person, typed, language, mistakes)
        if token is not None:
            return signed_in(token, addresses.path("account", language))
    with reading() as session:
        account = identities.account_of(session, person.issuer, person.subject)
        same = accounts.by_email(session, person.email) if account is None and person.email_verified else None
        return show(
            "provided.html",
            language,
            site_of(session),
            status=422 if mistakes else 200,
            public=False,
            person=person,
            provider=settings.get().oidc_name,
            known=account is not None,
            has_account=same is not None and same.confirmed_at is not None,
            typed=typed,
            mistakes=mistakes,
            wrong=account_form.by_field(mistakes),
        )


def _enter(person: Person, typed: Typed, language: str, mistakes: list[Mistake]) -> str | None:
    """The token of a session for this person, or None with what is to be mended."""
    _ = wording.translator(language).gettext
    with writing() as session:
        account: Account | None = identities.account_of(session, person.issuer, person.subject)
        if account is None and not person.email_verified:
            return None  # the page says why, and has no form
        if account is None and "password" in request.form:
            # Nobody takes over an account by an address: who has the password may link the two.
            account = sessions.sign_in(session, person.email, account_form.password_in(request.form))
            if account is None:
                mistakes.append(Mistake("password", _("The password is wrong.")))
                return None
            registrations.link(session, account, person.email, person.issuer, person.subject)
        elif account is None:
            site = site_of(session)
            account_form.grown_up(typed, site.zone(language), language, mistakes)
            account_form.terms(typed, language, mistakes)
            if mistakes:
                return None
            try:
                account = registrations.register_known(
                    session,
                    site=site,
                    email=person.email,
                    language=language,
                    source=f"page {addresses.path('provided', language)}",
                    issuer=person.issuer,
                    subject=person.subject,
                )
            except Conflict:
                return None  # the page asks for the password now
            # What the provider told is the beginning of a CV that nobody else sees.
            contact = {"email": person.email, **({"name": person.name} if person.name else {})}
            cvs.save(session, account.id, {"language": language, "contact": contact})
        return begin(session, account)
