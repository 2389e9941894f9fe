"""Who may make a call: each route declares its audience, and those that need a bearer token get it checked here."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, cast, get_args
from uuid import UUID

from flask import g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from api import cookies
from api.sessions import looking_up, prolonging
from store import accounts, employers, entrances, sessions, tokens
from store.accounts import Account
from store.employers import Employer
from store.entrances import Entrance
from store.errors import Forbidden
from store.tokens import Token

# "operator" is whoever reaches the operations' addresses: a deployment does not publish them. "holder of the mailed
# token" is checked by the view itself, which reads the token out of the call. "signed in" is whoever has a session in a
# cookie: it is for pages alone. No cookie opens a call of the API: nobody can forge one.
Audience = Literal[
    "anyone",
    "person",
    "recruiter",
    "account holder",
    "employer",
    "admin",
    "partner",
    "operator",
    "holder of the mailed token",
    "signed in",
]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

# The roles whose bearers are an audience. What partners read is public listings: whoever publishes may read it too.
ROLES: dict[Audience, tuple[str, ...]] = {
    "person": ("person",),
    "recruiter": ("recruiter",),
    "account holder": ("person", "recruiter", "admin"),
    "employer": ("employer",),
    "admin": ("admin",),
    "partner": ("partner", "employer", "admin"),
}


@dataclass(frozen=True)
class Bearer:
    """Whose token came with this call: its role, for employers and recruiters which employer, for those who have an
    account which account."""

    token_id: UUID
    role: str
    employer_id: UUID | None
    account_id: UUID | None = None


class NotSignedIn(Exception):
    """The page is for those who signed in: the reader is led to where one does."""


def audience(name: Audience) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare whom a route is for. For employers, partners and admins, only the bearer of such a token gets through.

    Goes above whatever reads the call's body, so that strangers are turned away before it is looked at.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if name in ROLES:
                g.bearer = _bearer(ROLES[name])
            elif name == "signed in":
                g.bearer = _signed_in()
            return view(*args, **kwargs)

        checked.audience = name  # type: ignore[attr-defined]
        # Read by `api.calls.Calls`, which describes it in openapi.json.
        documented = deepcopy(getattr(view, "_apidoc", {}))
        checked._apidoc = {**documented, "audience": name}  # type: ignore[attr-defined]
        return checked

    return declare


def declared(view: Callable[..., Any], method: str) -> Audience | None:
    """The audience that a route's view declares for a method; None where none is declared."""
    by_class = getattr(view, "view_class", None)
    found = getattr(by_class, method.lower(), None) if by_class is not None else view
    return cast("Audience | None", getattr(found, "audience", None))


def bearer() -> Bearer:
    """Who makes this call; only where the audience is one with a token."""
    return cast(Bearer, g.bearer)


def holder(session: Session) -> Account:
    """The account of whoever makes this call. Raises Forbidden for a token that stands for none."""
    return _account(session, lock=False)


def person(session: Session, *, lock: bool = False) -> Account:
    """The account of the person who makes this call; with `lock`, nobody else changes it meanwhile."""
    return _account(session, lock)


def recruiter(session: Session) -> Account:
    """The account of the recruiter who makes this call, whose employer an admin approves of at this moment. Raises
    Forbidden otherwise: whatever the token once allowed."""
    return _admitted(*accounts.with_employer(session, _account_id()))


def entering(session: Session) -> Entrance:
    """What is known of the recruiter who is about to search CVs with this call. Raises as `recruiter` does."""
    entrance = entrances.enter(session, _account_id())
    _admitted(entrance.account, entrance.employer)
    return entrance


def _admitted(account: Account, employer: Employer | None) -> Account:
    if employer is None or employer.approval != employers.APPROVED:
        raise Forbidden("your employer has no access to CVs: an admin has to approve of it")
    if account.waits:
        raise Forbidden("you have no access to CVs yet: an admin has to say that you belong to this employer")
    return account


def _account(session: Session, lock: bool) -> Account:
    return accounts.get(session, _account_id(), lock=lock)


def _account_id() -> UUID:
    account_id = bearer().account_id
    if account_id is None:
        raise Forbidden("the token stands for no account")
    return account_id


def _bearer(roles: tuple[str, ...]) -> Bearer:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise Unauthorized("this call needs a token: Authorization: Bearer TOKEN", www_authenticate=challenge())
    with looking_up() as session:
        found = tokens.bearer_of(session, given.token)
        if found is None:
            raise Unauthorized(
                "the token is not valid, or not any more", www_authenticate=challenge(error="invalid_token")
            )
        token, account, employer = found
        if token.role not in roles:
            raise Forbidden(f"this call is for the role {' or '.join(roles)}; the token's role is {token.role}")
        if roles == ROLES["recruiter"] and account is not None:
            # For the views that forget to ask for the recruiter in the transaction in which they read.
            _admitted(account, employer)
    keep_alive(token)
    return Bearer(token.id, token.role, token.employer_id, token.account_id)


def _signed_in() -> Bearer:
    with looking_up() as session:
        token = tokens.bearer(session, cookies.session_token())
    if token is None or token.kind != tokens.SESSION:
        raise NotSignedIn
    keep_alive(token)
    return Bearer(token.id, token.role, token.employer_id, token.account_id)


def keep_alive(token: Token) -> None:
    """Note that a session is used, so that it lasts: once a day at most."""
    if token.kind == tokens.SESSION and sessions.due(token):
        with prolonging() as session:
            sessions.note_use(session, token.id)


def challenge(**why: str | None) -> WWWAuthenticate:
    """What an answer 401 says of how to sign in (RFC 6750, section 3)."""
    return WWWAuthenticate("bearer", {"realm": "vahti", **why})
