"""The calls about accounts: register, confirm, sign in and out, and the password; each account sees itself."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized

from api.account_schema import (
    ChangePasswordSchema,
    ConfirmedAccountSchema,
    ForgottenSchema,
    MeSchema,
    RegisterSchema,
    ResetSchema,
    SentSchema,
    SignedInSchema,
    SignInSchema,
)
from api.alert_schema import TokenSchema
from api.auth import audience, bearer, challenge, holder
from api.calls import Calls
from api.limits import asks, tries
from api.pace import evenly
from api.sessions import reading, writing
from store import account_links, accounts, ages, consents, employers, registrations, sessions, settings, sites, tokens
from store.accounts import Account
from store.errors import Invalid, Problem
from store.registrations import Claim
from store.sites import Site

calls = Calls("accounts", "/api/v1", "Accounts: made by anyone of 13 or more, confirmed by mail, opened by a password.")


def credentials() -> str | None:
    """The address that somebody tries to sign in with, as far as the body says one."""
    body = request.get_json(silent=True)
    email = body.get("email") if isinstance(body, dict) else None
    return email if isinstance(email, str) else None


def own_token() -> str | None:
    """The token with which somebody tries passwords."""
    return request.authorization.token if request.authorization is not None else None


@calls.route("/accounts", methods=["POST"])
@asks
@audience("anyone")
@calls.takes(RegisterSchema)
@calls.gives(202, SentSchema, description="the mail is on its way")
@evenly
def register(given: dict[str, Any]) -> dict[str, Any]:
    """Register

    The account waits for its owner's confirmation by a mailed link, and is removed without. The answer is the same, and
    as quick, whether the address is known or not: one that has an account is mailed that it has. A recruiter sees CVs
    once an admin approved of the employer, and of the recruiter.
    """
    with writing() as session:
        site = _site(session, given)
        if given["role"] == accounts.PERSON:
            ages.check(given["born_on"], site.zone(given["language"]))
        claim = given.get("employer")
        registrations.register(
            session,
            site=site,
            email=given["email"],
            password=given["password"],
            language=given["language"],
            source="api",
            claim=Claim(claim["name"], claim["business_id"]) if claim is not None else None,
        )
    return {"link_hours": settings.get().link_lifetime}


def _site(session: Session, given: dict[str, Any]) -> Site:
    site = sites.find(session, given["site"])
    if given["language"] not in site.languages:
        right = f"one of: {', '.join(site.languages)}"
        raise Invalid([Problem("language", f"is not a language of the site {site.key}", right)])
    return site


@calls.route("/accounts/confirm", methods=["POST"])
@audience("holder of the mailed token")
@calls.takes(TokenSchema)
@calls.gives(200, ConfirmedAccountSchema, description="the address is confirmed: sign in")
@calls.errors(403)
def confirm(given: dict[str, Any]) -> dict[str, Any]:
    """Confirm an account

    With the token of the mail, which works once.
    """
    with writing() as session:
        account = registrations.confirm(session, given["token"])
        return {"role": account.role, "password_set": account.password_hash is not None}


@calls.route("/sign-in", methods=["POST"])
@tries(credentials)
@audience("anyone")
@calls.takes(SignInSchema)
@calls.gives(200, SignedInSchema, description="a session begins")
@calls.errors(401)
def sign_in(given: dict[str, Any]) -> dict[str, Any]:
    """Sign in

    401 says no more than that address and password do not belong together, or the address is not confirmed yet. Failing
    too often is answered by 429, counted by the address that is tried and by the one on the network that tries.
    """
    with writing() as session:
        account = sessions.sign_in(session, given["email"], given["password"])
        if account is None:
            raise Unauthorized(
                "the address and the password do not belong together, or the address is not confirmed yet",
                www_authenticate=challenge(),
            )
        token, expires_at = sessions.begin(session, account)
        return {"token": token, "role": account.role, "expires_at": expires_at}


@calls.route("/sign-out", methods=["POST"])
@audience("account holder")
@calls.gives(204, description="the token is not valid any more")
def sign_out() -> None:
    """Sign out

    Ends the token that comes with the call.
    """
    with writing() as session:
        tokens.revoke(session, bearer().token_id)


@calls.route("/sign-out/everywhere", methods=["POST"])
@audience("account holder")
@calls.gives(204, description="no token and no session of the account is valid any more")
def sign_out_everywhere() -> None:
    """Sign out everywhere

    Ends every session of the account, in browsers and programs, and every other token.
    """
    with writing() as session:
        sessions.end_all(session, holder(session).id)


@calls.route("/password/forgotten", methods=["POST"])
@asks
@audience("anyone")
@calls.takes(ForgottenSchema)
@calls.gives(202, SentSchema, description="if the address has an account, the mail is on its way")
@evenly
def forgotten(given: dict[str, Any]) -> dict[str, Any]:
    """Ask for a link that sets a new password

    The answer is the same, and as quick, whether the address is known or not.
    """
    with writing() as session:
        registrations.forget(session, given["email"])
    return {"link_hours": account_links.RESET_HOURS}


@calls.route("/password/reset", methods=["POST"])
@audience("holder of the mailed token")
@calls.takes(ResetSchema)
@calls.gives(204, description="the password is set, and every session has ended: sign in")
@calls.errors(403)
def reset(given: dict[str, Any]) -> None:
    """Set a new password

    With the token of the mail, which works once, and for an hour.
    """
    with writing() as session:
        registrations.reset(session, given["token"], given["password"])


@calls.route("/me/password", methods=["POST"])
@tries(own_token)
@audience("account holder")
@calls.takes(ChangePasswordSchema)
@calls.gives(204, description="the password is changed, and every other session has ended")
@calls.errors(429)
def change_password(given: dict[str, Any]) -> None:
    """Change the password"""
    with writing() as session:
        account = holder(session)
        if not registrations.change_password(session, account.id, given["old"], given["new"], keep=bearer().token_id):
            raise Invalid([Problem("old", "is not the password", "the password as it is now")])


@calls.route("/me", methods=["GET"])
@audience("account holder")
@calls.gives(200, MeSchema, description="the account")
def me() -> dict[str, Any]:
    """See your account"""
    with reading() as session:
        account = holder(session)
        return {
            "id": account.id,
            "email": account.email,
            "role": account.role,
            "language": account.language,
            **_employer(session, account),
            "created_at": account.created_at,
            "consents": consents.history(session, account.id),
        }


def _employer(session: Session, account: Account) -> dict[str, Any]:
    if account.employer_id is None:
        return {}
    employer = employers.get(session, account.employer_id)
    waits = account.waits and employer.approval == employers.APPROVED
    shown = {
        "id": employer.id,
        "name": employer.name,
        "business_id": employer.business_id,
        "approval": employers.PENDING if waits else employer.approval,
    }
    return {"employer": shown}
