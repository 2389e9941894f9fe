"""The page of one's own account: who one is here, the password, and the ways out."""

from __future__ import annotations

from flask import Response, request

from api.auth import holder
from api.pages import account_form
from api.pages.blueprint import alternates, in_each_language, show, site_of
from api.pages.form import Mistake
from api.sessions import reading
from store import employers


@in_each_language("account", audience_="signed in")
def account(language: str) -> Response:
    """The account of whoever signed in."""
    return shown(language, [])


def shown(language: str, mistakes: list[Mistake]) -> Response:
    """The account page, with what is wrong with the new password that was typed on it."""
    with reading() as session:
        account = holder(session)
        employer = employers.get(session, account.employer_id) if account.employer_id is not None else None
        return show(
            "account.html",
            language,
            site_of(session),
            status=422 if mistakes else 200,
            public=False,
            alternate=alternates("account"),
            email=account.email,
            role=account.role,
            has_password=account.password_hash is not None,
            employer=employer,
            waits=account.waits or (employer is not None and employer.approval == employers.PENDING),
            withdrawn=employer is not None and employer.approval == employers.WITHDRAWN,
            done=request.args.get("done", ""),
            mistakes=mistakes,
            wrong=account_form.by_field(mistakes),
        )
