"""The one statement that a search of CVs begins with says what the single questions say."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text

from store import access_log, accounts, employers, entrances, generations, unusual_use, visibility
from store.accounts import Account
from store.database import transaction
from store.errors import NotFound, TooMany
from store.unsynced import CvIndex
from tests.conftest import Services
from tests.integration.test_cv_search import NURSE, person, recruiter


def alike(by: Account) -> None:
    with transaction() as session:
        entrance = entrances.enter(session, by.id)
        account, employer = accounts.with_employer(session, by.id)
        assert entrance.viewer == visibility.viewer(session, account)
        live = generations.live(session, "cvs")
        assert live is not None
        owed = session.scalars(text("SELECT subject_id FROM owed WHERE job = 'sync_cv'")).all()
        newest = generations.newest_version(session)
        assert entrance.index == CvIndex(live.index_name, live.mark, newest, list(owed))
        assert entrance.account is account
        known = entrance.employer
        assert (known is None) == (employer is None)
        if known is not None and employer is not None:
            assert (known.id, known.name, known.approval) == (employer.id, employer.name, employer.approval)


def test_it_says_what_the_single_questions_say(clean: Services, work: Callable[[], int]) -> None:
    by = recruiter("Metso Oyj", "hr@metso.example")
    alike(by)
    with transaction() as session:
        above = employers.named(session, "Konserni Oyj")
        beside = employers.named(session, "Sisar Oy")
        employers.change(session, above, business_id="fi:01120389", domains=["konserni.example"])
        employers.change(session, beside, parent_id=above.id)
        employers.change(session, session.get_one(employers.Employer, by.employer_id), parent_id=above.id)
    alike(by)
    shown = person(NURSE)
    alike(by)
    work()
    alike(by)
    with transaction() as session:
        employers.withdraw(session, session.get_one(employers.Employer, by.employer_id))
        access_log.note(session, by, access_log.FOUND, [shown])
    alike(by)
    with transaction() as session:
        nobodys = accounts.create(session, accounts.ADMIN, "admin@vahti.example")
    alike(nobodys)
    with transaction() as session, pytest.raises(NotFound):
        entrances.enter(session, uuid4())


def test_it_counts_as_the_limits_do(clean: Services, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    by, shown = recruiter(), [person(NURSE) for _ in range(3)]
    with transaction() as session:
        access_log.note_search(session, by, {}, 3, shown)
        access_log.note_search(session, by, {}, 3, shown[:1])
        access_log.note(session, by, access_log.OPENED, shown)
    with transaction() as session:
        done = entrances.enter(session, by.id).done
        assert done == {"searches_hourly": 2, "found_daily": 3}
        unusual_use.check(session, by, unusual_use.SEARCHES, 1, done)
        with pytest.raises(TooMany, match="searches within 1 hour"):
            unusual_use.check(session, by, unusual_use.SEARCHES, 1, {**done, "searches_hourly": 10_000})
