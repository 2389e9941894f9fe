"""Saved searches tell of each new candidate once, and of nobody who may not be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from store import clock, cv_criteria, cvs, employers, finds, saved_searches, visibility
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from store.saved_searches import SavedSearch
from tests.conftest import Services
from tests.integration.test_cv_search import DEVELOPER, NURSE, person, recruiter

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]


def save(by: Account, text: str, **criteria: Any) -> int:
    with transaction() as session:
        account = session.get_one(Account, by.id)
        account.confirmed_at = clock.now()
        from store import consents

        consents.give(session, account.id, consents.TERMS, "test")
        return saved_searches.save(session, account, text or "all", cv_criteria.read(criteria, text)).id


def found_by(number: int) -> list[Any]:
    with transaction() as session:
        return [cv.id for cv, _ in finds.of(session, session.get_one(SavedSearch, number))]


@pytest.mark.promise("R2")
def test_a_new_candidate_is_told_once_and_an_old_one_never(clean: Services, work: Work, mails: Mails) -> None:
    person(NURSE)
    work()
    number = save(recruiter(email="hr@rekry.example"), "sairaanhoitaja OR developer")
    work()
    assert mails() == []
    developer = person(DEVELOPER)
    work()
    [mail] = mails()
    assert found_by(number) == [developer]
    assert mail["To"] == "hr@rekry.example"
    assert "1 new candidate" in mail["Subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Backend" not in body.get_content()
    with transaction() as session:
        cvs.show(session, session.get_one(Cv, developer), False)
        cvs.show(session, session.get_one(Cv, developer), True)
    clock.set_ahead(clock.ahead() + timedelta(hours=1))
    work()
    assert len(mails()) == 1


@pytest.mark.promise("A3")
def test_who_becomes_visible_is_told_and_who_hides_again_is_not(clean: Services, work: Work, mails: Mails) -> None:
    nurse = person(NURSE, visible=False)
    number = save(recruiter(email="hr@rekry.example"), "sairaanhoitaja")
    work()
    with transaction() as session:
        cvs.show(session, session.get_one(Cv, nurse), True)
    with transaction() as session:
        cvs.show(session, session.get_one(Cv, nurse), False)
    work()
    assert (mails(), found_by(number)) == ([], [])
    with transaction() as session:
        cvs.show(session, session.get_one(Cv, nurse), True)
    work()
    assert (len(mails()), found_by(number)) == (1, [nurse])


@pytest.mark.promise("A8")
def test_a_blocked_employer_is_told_of_nobody(clean: Services, work: Work, mails: Mails) -> None:
    number = save(recruiter("Nokia Oyj", "hr@nokia.example"), "sairaanhoitaja")
    other = save(recruiter("Rekry Oy", "hr@rekry.example"), "sairaanhoitaja")
    nurse = person(NURSE, visible=False)
    with transaction() as session:
        cv = session.get_one(Cv, nurse)
        cvs.block(session, cv, [visibility.name_key("nokia")])
        cvs.show(session, cv, True)
    work()
    assert (found_by(number), found_by(other)) == ([], [nurse])
    assert [mail["To"] for mail in mails()] == ["hr@rekry.example"]


def test_a_candidate_who_comes_while_the_search_is_saved_is_not_missed(clean: Services, work: Work) -> None:
    """The stored query is not searchable yet when the CV is percolated: the search catches up."""
    from matcher.cv_match import match_cv
    from store import owed

    number = save(recruiter(email="hr@rekry.example"), "sairaanhoitaja")
    nurse = person(NURSE)
    with transaction() as session:
        debts = owed.read(session, "match_cv", [str(nurse)])
    match_cv(debts)
    assert found_by(number) == []
    work()
    assert found_by(number) == [nurse]


@pytest.mark.promise("R1")
def test_an_approval_that_comes_later_tells_of_who_came_before_it(clean: Services, work: Work, mails: Mails) -> None:
    by = recruiter("Uusi Oy", "hr@uusi.example")
    number = save(by, "sairaanhoitaja")
    with transaction() as session:
        employers.withdraw(session, employers.named(session, "Uusi Oy"))
    nurse = person(NURSE)
    work()
    assert (found_by(number), mails()) == ([], [])
    with transaction() as session:
        employers.approve(session, employers.named(session, "Uusi Oy"))
    work()
    assert (found_by(number), len(mails())) == ([nurse], 1)
