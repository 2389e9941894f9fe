"""What completes an erasure, store by store: old indexes, jobs that wait, writes that go on, and an alarm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from indexer import expunge, rebuild, sync
from mappings.client import client
from store import alone, clock, cv_criteria, erasures, generations, owed, queues, saved_searches
from store.cvs import Cv
from store.database import transaction
from store.erasures import Erasure
from store.owed import Debt
from store.saved_searches import SavedSearch
from store.work import perform as perform_owed
from tests.conftest import Services
from tests.integration.test_cv_search import DEVELOPER, NURSE, look, person, recruiter

pytestmark = pytest.mark.promise("D2")

Work = Callable[[], int]


def erase(cv_id: UUID) -> UUID:
    """Erases a CV; returns the number of the erasure."""
    with transaction() as session:
        return erasures.receipt(session, erasures.erase_cv(session, session.get_one(Cv, cv_id))).id


def read(number: UUID) -> Erasure:
    with transaction() as session:
        return session.get_one(Erasure, number)


def perform(number: UUID) -> Erasure:
    """One round, now."""
    with transaction() as session:
        owed.postpone(session, owed.read(session, "complete_erasure", [str(number)]), clock.now())
    perform_owed("complete_erasure", [str(number)])
    return read(number)


def until(condition: Callable[[], object], within: float = 120) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(2)


def test_an_index_that_nothing_writes_goes_with_the_first_erasure(clean: Services, work: Work) -> None:
    cv_id = person(NURSE)
    work()
    with transaction() as session:
        old = generations.live(session, "cvs")
        new = rebuild.begin(session, "cvs")
    while not rebuild.build(new.id):
        pass
    assert old is not None
    assert client().indices.exists(index=old.index_name), "kept for a while, and written by nobody"
    number = erase(cv_id)
    work()
    assert read(number).index_at is not None
    assert not client().indices.exists(index=old.index_name)
    assert look(recruiter()).total == 0


def test_what_waits_in_the_queue_is_waited_for(clean: Services, work: Work) -> None:
    cv_id = person(NURSE)
    work()
    number = erase(cv_id)
    sync.sync_cv(_debts("sync_cv", cv_id))
    queues.enqueue([Debt("sync_cv", str(cv_id), 1, 0, False, clock.now())])
    row = perform(number)
    assert row.index_at is not None
    assert row.mail_at is not None
    assert row.queue_at is None, "a job that names the CV waits"
    SimpleWorker([queues.queue("now")], connection=queues.redis(), serializer=JSONSerializer).work(
        burst=True, logging_level="ERROR"
    )
    assert perform(number).queue_at is not None


def _debts(job: str, subject: UUID) -> list[Debt]:
    with transaction() as session:
        return owed.read(session, job, [str(subject)])


def test_nothing_is_said_of_the_index_while_it_is_owed(clean: Services, work: Work) -> None:
    cv_id = person(NURSE)
    work()
    number = erase(cv_id)
    row = perform(number)
    assert (row.index_at, row.queue_at, row.segments_at) == (None, None, None)
    assert row.ledger_at is not None, "that waits for nothing"
    work()
    assert perform(number).index_at is not None


@pytest.mark.invariant(4)
def test_segments_are_rid_of_who_was_erased_while_others_write(clean: Services, work: Work) -> None:
    """There is always something deleted that is newer: what is proven is that nothing of before is left."""
    cv_id = person(NURSE)
    work()
    with transaction() as session:
        live = generations.live(session, "cvs")
        version = generations.newest_version(session)
    assert live is not None
    stop = threading.Event()
    others = [str(uuid4()) for _ in range(200)]

    def write() -> None:
        for number in range(1_000_000):
            sync.write([live.index_name], [sync.Write(others[number % 200], version + number, {"visible": False})])
            if stop.wait(0.02):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        number = erase(cv_id)
        sync.sync_cv(_debts("sync_cv", cv_id))
        until(lambda: perform(number).segments_at is not None)
        until(lambda: expunge.deleted(live.index_name) > 0)  # the others write on, and what they wrote over is left
    finally:
        stop.set()
        writer.join()
    assert _debts("complete_erasure", number) == []


def test_one_merge_at_a_time(clean: Services, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    merged: list[Any] = []

    def merge(indexes: Any) -> bool:
        merged.append(indexes)
        return True

    monkeypatch.setattr(expunge, "merge", merge)
    monkeypatch.setattr(expunge, "kept_from", lambda indexes: {f"{name}/0": 2**62 for name in indexes})
    cv_id = person(NURSE)
    work()
    with alone.trying(alone.MERGING) as is_alone:
        assert is_alone
        number = erase(cv_id)
        work()
        assert read(number).queue_at is not None
        assert (read(number).segments_at, merged) == (None, [])
    assert perform(number).segments_at is not None
    assert len(merged) == 1


def test_who_is_erased_later_makes_nobody_wait(clean: Services, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = person(NURSE), person(DEVELOPER)
    work()
    numbers = [erase(first)]
    work()
    marks = read(numbers[0]).marks
    assert marks
    numbers.append(erase(second))
    work()
    monkeypatch.setattr(expunge, "kept_from", lambda indexes: {shard: mark + 1 for shard, mark in marks.items()})
    monkeypatch.setattr(expunge, "merge", lambda indexes: True)
    with transaction() as session:
        owed.postpone(session, owed.read(session, "complete_erasure", [str(one) for one in numbers]), clock.now())
    perform_owed("complete_erasure", [str(one) for one in numbers])
    assert read(numbers[0]).segments_at is not None
    assert read(numbers[1]).segments_at is None


@pytest.mark.promise("S4")
def test_an_erasure_that_does_not_come_to_an_end_is_an_alarm(
    clean: Services, work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(expunge, "merge", lambda indexes: False)
    cv_id = person(NURSE)
    work()
    number = erase(cv_id)
    work()
    assert "ten minutes" not in caplog.text
    clock.set_ahead(clock.ahead() + timedelta(minutes=11))
    row = perform(number)
    assert row.segments_at is None
    assert "1 erasures are not complete after ten minutes" in caplog.text
    assert str(cv_id) not in caplog.text
    with transaction() as session:
        row_owed = session.get_one(owed.Owed, ("complete_erasure", str(number)))
    assert row_owed.last_error == "not complete after ten minutes: segments"


def test_a_recruiters_saved_searches_go_with_the_account(clean: Services, work: Work) -> None:
    by = recruiter(email="hr@rekry.example")
    with transaction() as session:
        account = session.get_one(type(by), by.id)
        saved = saved_searches.save(session, account, "hoitajat", cv_criteria.read({}, "sairaanhoitaja")).id
    work()
    with transaction() as session:
        account = session.get_one(type(by), by.id)
        token = erasures.erase_account(session, account)
        number = erasures.receipt(session, token).id
    assert perform(number).index_at is None, "its searches are still stored in the index"
    work()
    assert perform(number).index_at is not None
    with transaction() as session:
        assert session.get(SavedSearch, saved) is None
        live = generations.live(session, "searches")
    assert live is not None
    assert client().get(index=live.index_name, id=str(saved), params={"stored_fields": "_none_"})["found"]
