"""Makes the people of the CV database for tests: persons with a CV, recruiters of approved employers, tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from store import accounts, clock, consents, cvs, employers, tokens
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction

CV: dict[str, Any] = {
    "headline": "Sairaanhoitaja",
    "summary": "Kokenut sairaanhoitaja päivystyksestä.",
    "language": "fi",
    "experience": [{"title": "Sairaanhoitaja", "employer": "Tampereen sairaala", "start": "2019-01"}],
    "skills": ["Ensihoito", "Triage"],
    "places": ["fi-837"],
    "occupations": ["isco-2221"],
    "contact": {"name": "Aino Esimerkki", "email": "aino@kirje.example", "phone": "+358401234567"},
    "references": [{"name": "Risto Suosittelija", "relation": "osastonhoitaja", "contact": "050", "consent": True}],
    "self_stated": {"gender": "nainen"},
}
CONTACT = CV["contact"]


def person(
    session: Session,
    email: str | None = "aino@mail.example",
    language: str = "fi",
    *,
    visible: bool = True,
    **given: Any,
) -> Cv:
    """Somebody with a CV, who accepted the terms and confirmed the address; `given` are members of the CV."""
    account = accounts.create(session, accounts.PERSON, email, language=language)
    account.confirmed_at = clock.now()
    consents.give(session, account.id, consents.TERMS, "test")
    cv, _ = cvs.save(session, account.id, CV | given)
    cvs.show(session, cv, visible)
    return cv


def recruiter(
    session: Session, employer: str = "Rekry Oy", email: str | None = "rita@rekry.example", language: str = "sv"
) -> Account:
    """A recruiter of an approved employer."""
    of = employers.named(session, employer)
    employers.approve(session, of)
    account = accounts.create(session, accounts.RECRUITER, email, employer=of, language=language)
    account.confirmed_at = clock.now()
    consents.give(session, account.id, consents.TERMS, "test")
    return account


def token(account_id: UUID) -> str:
    """A token for an account."""
    with transaction() as session:
        return tokens.issue(session, accounts.get(session, account_id), tokens.API)


def noted(cv_id: UUID) -> list[tuple[str, str]]:
    """Who did what with a CV, in order: employer and action."""
    with transaction() as session:
        rows = session.execute(
            text(
                "SELECT e.name, l.action FROM access_log AS l JOIN employers AS e ON e.id = l.employer_id "
                "WHERE cv_id = :cv ORDER BY l.id"
            ),
            {"cv": cv_id},
        )
        return [(name, action) for name, action in rows]
