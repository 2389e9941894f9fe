"""The stream of changes under concurrency: whoever follows it misses nothing, whatever commits in whatever order."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store import changes, employers, listings
from store.database import engine, transaction
from store.listings import Listing
from tests.conftest import Services
from tests.making import publish


def known(session: Session, after: int = 0) -> list[tuple[str, int]]:
    return [(row.reference, row.version) for row in changes.since(session, after, 1000)]


@pytest.fixture
def open_sessions(clean: Services) -> Iterator[tuple[Session, Session]]:
    """Two sessions whose transactions the test ends, of two employers that are there."""
    with transaction() as session:
        for name in ("A", "B"):
            employers.named(session, name)
    with Session(engine(), expire_on_commit=False) as one, Session(engine(), expire_on_commit=False) as other:
        yield one, other


@pytest.mark.promise("L5")
def test_a_lower_version_that_commits_later_is_not_passed_by(open_sessions: tuple[Session, Session]) -> None:
    early, late = open_sessions
    publish(early, "a-1", by="A")
    publish(late, "b-1", by="B", title="Kokki")
    last = publish(early, "a-2", by="A", title="Leipuri")
    early.commit()
    with transaction() as session:
        seen = known(session)
        assert [name for name, _ in seen] == ["a-1"]
    late.commit()
    with transaction() as session:
        assert [name for name, _ in known(session, seen[-1][1])] == ["b-1", "a-2"]
        assert changes.horizon(session) >= last.version


@pytest.mark.promise("L5")
def test_whoever_only_reads_or_works_elsewhere_holds_nothing_back(open_sessions: tuple[Session, Session]) -> None:
    reader, worker = open_sessions
    reader.execute(text("SELECT count(*) FROM listings"))
    worker.execute(text("UPDATE sites SET name = name"))
    with transaction() as session:
        publish(session, "a-1", by="A")
    with transaction() as session:
        assert [name for name, _ in known(session)] == ["a-1"]


@pytest.mark.promise("L5")
def test_a_change_that_was_rolled_back_holds_nothing_back(open_sessions: tuple[Session, Session]) -> None:
    one, _ = open_sessions
    with one.begin_nested() as savepoint:
        publish(one, "a-1", by="A")
        savepoint.rollback()
    with transaction() as session:
        publish(session, "b-1", by="B")
    with transaction() as session:
        assert [name for name, _ in known(session)] == ["b-1"]
    publish(one, "a-2", by="A")
    with transaction() as session:
        publish(session, "b-2", by="B", title="Kokki")
    with transaction() as session:
        assert [name for name, _ in known(session)] == ["b-1"]
    one.rollback()
    with transaction() as session:
        assert [name for name, _ in known(session)] == ["b-1", "b-2"]


@pytest.mark.promise("L5")
def test_numbers_that_are_longer_than_a_lock_has_room_for(open_sessions: tuple[Session, Session]) -> None:
    one, _ = open_sessions
    with engine().begin() as connection:
        connection.execute(text("SELECT setval('change', 5 * 2147483648::bigint - 3)"))
    publish(one, "a-1", by="A")
    with transaction() as session:
        for number in range(6):
            publish(session, f"b-{number}", by="B", title=f"Kokki {number}")
    with transaction() as session:
        assert known(session) == []
    one.commit()
    with transaction() as session:
        assert len(known(session)) == 7


@pytest.mark.promise("L5")
def test_followers_miss_nothing_in_a_crowd(clean: Services) -> None:
    """Many write at once, in transactions of any length, some rolled back; who follows has every row as it ended."""
    writers, each = 6, 25
    ended = threading.Event()

    def write(number: int) -> None:
        chance = random.Random(number)
        for step in range(each):
            with Session(engine()) as session:
                for _ in range(chance.randint(1, 4)):
                    publish(session, f"{chance.randint(0, 5)}", by=f"Oy {number}", title=f"Kokki {number} {step}")
                    time.sleep(chance.random() * 0.01)
                if chance.random() < 0.8:
                    session.commit()
                else:
                    session.rollback()

    followed: dict[object, int] = {}
    moments: list[int] = []

    def follow() -> None:
        after = 0
        while True:
            last_look = ended.is_set()
            with transaction() as session:
                page = changes.since(session, after, 7)
            for row in page:
                assert row.version > after
                after = row.version
                followed[row.id] = row.version
            moments.append(len(page))
            if last_look and not page:
                return

    with transaction() as session:
        for number in range(writers):
            employers.named(session, f"Oy {number}")
    follower = threading.Thread(target=follow)
    crowd = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in (follower, *crowd):
        thread.start()
    for thread in crowd:
        thread.join()
    ended.set()
    follower.join()
    with transaction() as session:
        rows = {row.id: row.version for row in session.scalars(select(Listing).where(Listing.state != listings.DRAFT))}
    assert len(rows) > writers
    assert followed == rows
    assert sum(1 for found in moments if found) > 5
