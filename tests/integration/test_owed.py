"""Owed work goes out when it is due, to one worker at a time, again when it was not done, and alone when it failed."""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from redis import RedisError
from sqlalchemy import text

from store import clock, database, owed, queues, relay, settings, work
from store.claims import claim
from store.database import transaction
from store.owed import Debt
from tests.conftest import Services
from tests.integration.by_hand import drain, standing
from tests.integration.real_processes import running, until
from tests.making import alert, publish

Mails = Callable[[], list[EmailMessage]]
NAMES = ("sync_listing", "match_listing")


def owe(*subjects: str, name: str = "sync_listing", due_at: Any = None) -> None:
    with transaction() as session:
        for subject in subjects:
            owed.owe(session, name, subject, due_at)


def taken(lease: float = 60, limit: int = 100) -> set[str]:
    """The subjects of `sync_listing` that a relay gets now."""
    with transaction() as session:
        return {debt.subject for debt in claim(session, {"sync_listing": limit}, timedelta(seconds=lease))}


@pytest.fixture
def fakes(clean: Services, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[Debt]]]:
    """What each job was given: nothing is done of it, and what is called `bad` fails."""
    given: dict[str, list[list[Debt]]] = {}

    def job(name: str) -> owed.Job:
        def fake(debts: Sequence[Debt]) -> None:
            given.setdefault(name, []).append(list(debts))
            if any(debt.subject == "bad" for debt in debts):
                raise ZeroDivisionError("kaisa@mail.example")
            with transaction() as session:
                owed.settle(session, debts)

        return replace(owed.jobs()[name], work=fake)

    monkeypatch.setattr(owed, "_jobs", {name: job(name) for name in owed.jobs()})
    return given


def run_queue() -> int:
    """Hand out what is due and do what is in the queue, once; returns how much was handed out."""
    from rq import SimpleWorker
    from rq.serializers import JSONSerializer

    handed = relay.hand_out()
    waiting = [queues.queue(name) for name in owed.QUEUES]
    SimpleWorker(waiting, connection=queues.redis(), serializer=JSONSerializer).work(burst=True, logging_level="ERROR")
    return handed


@pytest.mark.invariant(2)
def test_work_goes_out_again_when_its_lease_ends_and_not_before(clean: Services) -> None:
    owe("a")
    assert taken(lease=3) == {"a"}
    assert taken() == set()
    clock.set_ahead(timedelta(seconds=2))
    assert taken() == set()
    clock.set_ahead(timedelta(seconds=4))
    assert taken() == {"a"}


@pytest.mark.invariant(2)
@pytest.mark.promise("S1")
def test_a_queue_that_is_emptied_delays_work_and_loses_none(fakes: dict[str, list[list[Debt]]]) -> None:
    owe("a", "b")
    assert relay.hand_out() == 2
    queues.redis().flushall()
    assert run_queue() == 0
    clock.set_ahead(timedelta(seconds=settings.get().lease + 1))
    assert run_queue() == 2
    assert [sorted(debt.subject for debt in batch) for batch in fakes["sync_listing"]] == [["a", "b"]]
    assert standing(*NAMES) == []


@pytest.mark.invariant(2)
def test_two_relays_never_get_the_same_piece_at_once(clean: Services) -> None:
    """Four of them claim until nothing is left, of 400 pieces, five at a time."""
    owe(*[f"s{number:03}" for number in range(400)])
    got: list[list[str]] = [[] for _ in range(4)]
    start = threading.Barrier(len(got))

    def take_all(mine: list[str]) -> None:
        start.wait(10)
        while some := taken(limit=5):
            mine += sorted(some)

    threads = [threading.Thread(target=take_all, args=(mine,)) for mine in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [subject for mine in got for subject in mine]
    assert len(everything) == len(set(everything)) == 400
    assert sum(bool(mine) for mine in got) > 1, "they claimed at the same time"


@pytest.mark.invariant(2)
def test_a_claim_that_is_open_is_stepped_over(clean: Services) -> None:
    owe("a", "b")
    with transaction() as session:
        first = claim(session, {"sync_listing": 1}, timedelta(seconds=60))
        other = taken()
    assert {debt.subject for debt in first} | other == {"a", "b"}
    assert len(first) == len(other) == 1


def test_what_fails_fails_alone_from_the_second_try(fakes: dict[str, list[list[Debt]]]) -> None:
    owe("a", "bad", "c")
    run_queue()
    clock.set_ahead(timedelta(seconds=6))
    run_queue()
    assert [sorted(debt.subject for debt in batch) for batch in fakes["sync_listing"][:1]] == [["a", "bad", "c"]]
    assert sorted([debt.subject for debt in batch] for batch in fakes["sync_listing"][1:]) == [["a"], ["bad"], ["c"]]
    [left] = standing(*NAMES)
    assert (left.subject_id, left.attempts, left.lease) == ("bad", 2, None)
    assert (left.last_error or "").startswith("ZeroDivisionError at tests/integration/test_owed.py:")


def test_after_an_outage_nothing_goes_alone(
    fakes: dict[str, list[list[Debt]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that is down is the fault of no subject, and a backlog done piece by piece would outlast the outage."""
    monkeypatch.setattr(work, "_signs", [lambda error: isinstance(error, ZeroDivisionError)])
    owe("a", "bad", "c")
    run_queue()
    clock.set_ahead(timedelta(seconds=6))
    assert run_queue() == 3
    assert [len(batch) for batch in fakes["sync_listing"]] == [3, 3]
    assert {row.attempts for row in standing(*NAMES)} == {2}


@pytest.mark.parametrize(("outage", "expected"), [(False, [5, 10, 20, 40, 60, 60]), (True, [5, 10, 10, 10, 10, 10])])
def test_pauses_between_tries_double_up_to_a_cap(outage: bool, expected: list[int], clean: Services) -> None:
    owe("a")
    pauses = []
    for _ in expected:
        with transaction() as session:
            [debt] = owed.read(session, "sync_listing", ["a"])
            owed.failed(session, [debt], "why", outage=outage)
        [row] = standing("sync_listing")
        pauses.append(round((row.due_at - clock.now()).total_seconds()))
    assert pauses == expected


def test_a_failure_of_the_old_is_not_held_against_the_new(clean: Services) -> None:
    """Owed anew while it was tried, work is due at once, with a clean slate."""
    owe("a")
    taken()
    with transaction() as session:
        seen = owed.read(session, "sync_listing", ["a"])
    owe("a")
    with transaction() as session:
        owed.failed(session, seen, "why")
    [row] = standing("sync_listing")
    assert (row.attempts, row.last_error, row.lease) == (0, None, None)
    assert taken() == {"a"}


@pytest.mark.invariant(2)
def test_what_was_put_off_while_it_waited_in_the_queue_is_not_done_early(clean: Services) -> None:
    """A draft whose publication is moved after its batch went out is published when it is due."""
    with transaction() as session:
        publish(session, "l", published_at=clock.now() + timedelta(minutes=1))
    clock.set_ahead(timedelta(minutes=1, seconds=1))
    assert relay.hand_out() == 1
    with transaction() as session:
        publish(session, "l", published_at=clock.now() + timedelta(minutes=5))
    run_queue()
    assert state() == "draft"
    clock.set_ahead(clock.ahead() + timedelta(minutes=6))
    drain()
    assert state() == "published"


@pytest.mark.invariant(2)
@pytest.mark.promise("L1")
def test_a_deadline_that_is_moved_while_its_batch_waits_still_comes(clean: Services) -> None:
    with transaction() as session:
        publish(session, "l", deadline=clock.now() + timedelta(minutes=1))
    drain()
    clock.set_ahead(clock.ahead() + timedelta(minutes=1, seconds=1))
    assert relay.hand_out() == 1
    with transaction() as session:
        publish(session, "l", deadline=clock.now() + timedelta(minutes=5))
    run_queue()
    assert state() == "published"
    clock.set_ahead(clock.ahead() + timedelta(minutes=6))
    drain()
    assert state() == "expired"


def state() -> str:
    with transaction() as session:
        return str(session.execute(text("SELECT state FROM listings")).scalar_one())


def test_a_lease_runs_from_when_a_worker_begins(clean: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the batch waited in the queue before."""
    owe("a")
    taken(lease=3)
    clock.set_ahead(timedelta(seconds=2))
    during: list[set[str]] = []

    def look(_: Sequence[Debt]) -> None:
        clock.set_ahead(timedelta(seconds=settings.get().lease))
        during.append(taken())

    monkeypatch.setattr(owed, "_jobs", {"sync_listing": replace(owed.jobs()["sync_listing"], work=look)})
    work.perform("sync_listing", ["a"])
    assert during == [set()]


def test_what_redis_does_not_take_is_free_again_at_once(clean: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    owe("a", "b")

    def refuse(_: Sequence[Debt]) -> None:
        raise RedisError

    with monkeypatch.context() as patch:
        patch.setattr(queues, "enqueue", refuse)
        with pytest.raises(RedisError):
            relay.hand_out()
    assert {row.lease for row in standing(*NAMES)} == {None}
    assert relay.hand_out() == 2


@pytest.mark.parametrize("alone", [False, True])
def test_a_queue_is_filled_no_further_than_its_depth(alone: bool, clean: Services) -> None:
    """By any number of jobs, whether their work goes in batches or alone; each job gets its share."""
    depth = settings.get().queue_depth
    names = [name for name, job in owed.jobs().items() if job.queue == owed.LATER]
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO owed (job, subject_id, version, due_at, alone) SELECT job, n::text, 1, now(), :alone "
                "FROM unnest(CAST(:names AS text[])) AS job, generate_series(1, :count) AS n"
            ),
            {"names": names, "count": depth * max(job.batch for job in owed.jobs().values()), "alone": alone},
        )
    relay.hand_out()
    assert queues.depth()[owed.LATER] == depth
    leased = {row.job for row in standing(*names) if row.lease is not None}
    assert leased == set(names)
    relay.hand_out()
    assert queues.depth()[owed.LATER] == depth


def test_what_falls_due_between_two_looks_is_not_slept_over(clean: Services) -> None:
    looked_at = clock.now()
    owe("a", due_at=looked_at + timedelta(microseconds=1))
    assert relay.seconds_to_next(looked_at) == 0
    owe("a", due_at=clock.now() + timedelta(hours=1))
    assert relay.seconds_to_next(looked_at) == relay.IDLE


@pytest.mark.promise("S4")
def test_a_failure_while_a_failure_is_noted_tells_redis_nothing(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rq keeps the traceback of what is raised, with the one during which it was raised."""
    owe("a")

    def fail(_: Sequence[Debt]) -> None:
        raise ZeroDivisionError("kaisa@mail.example")

    def fail_too(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database is down")

    monkeypatch.setattr(owed, "_jobs", {"sync_listing": replace(owed.jobs()["sync_listing"], work=fail)})
    monkeypatch.setattr(owed, "failed", fail_too)
    run_queue()
    kept = held()
    assert "the database is down" in kept
    assert "kaisa" not in kept


@pytest.mark.promise("S4")
def test_redis_holds_names_of_jobs_and_numbers_of_subjects_only(clean: Services, mails: Mails) -> None:
    """Every key and value, in the middle of the work and after it."""
    held_then: list[str] = []
    with transaction() as session:
        alert(session, "kaisa@mail.example", text="hammaslääkäri", places=["fi-837"])
        publish(
            session, "viite-17", title="Hammaslääkäri Hervantaan", employer="Hymy Oy", by="Hymy Oy", places=["fi-837"]
        )
    while not mails():
        while relay.hand_out():
            held_then.append(held())
            run_queue()
            held_then.append(held())
        # What was put off for a moment, because other work comes first, is due then.
        clock.set_ahead(clock.ahead() + timedelta(seconds=1))
    assert "match_listing" in held_then[0]
    assert len(mails()) == 1
    everything = "\n".join(held_then).lower()
    for told in ("kaisa", "mail.example", "ammaslääkäri", "ammasl", "hymy", "viite-17", "hervanta", "fi-837"):
        assert told not in everything


READ: dict[bytes, Callable[[Any, bytes], list[Any]]] = {
    b"string": lambda connection, key: [connection.get(key)],
    b"hash": lambda connection, key: [part for pair in connection.hgetall(key).items() for part in pair],
    b"list": lambda connection, key: connection.lrange(key, 0, -1),
    b"set": lambda connection, key: list(connection.smembers(key)),
    b"zset": lambda connection, key: connection.zrange(key, 0, -1),
    b"stream": lambda connection, key: [part for _, said in connection.xrange(key) for part in said.values()],
}


def held() -> str:
    """All that Redis holds, as text; what rq compressed is unpacked."""
    connection: Any = queues.redis()
    parts: list[bytes] = []
    for key in connection.scan_iter("*"):
        parts += [key, *READ[connection.type(key)](connection, key)]
    for part in list(parts):
        for unpack in (zlib.decompress, lambda raw: zlib.decompress(base64.b64decode(raw))):
            with suppress(zlib.error, ValueError):
                parts.append(unpack(part))
    return "\n".join(part.decode("utf-8", "replace") for part in parts)


@pytest.mark.promise("S3")
@pytest.mark.parametrize("service", ["redis", "postgres"])
def test_a_relay_outlives_the_services_that_it_needs(service: str, clean: Services, tmp_path: Path) -> None:
    """It waits for what is down, says so once, and goes on by itself."""
    if service not in clean.stack.pids:
        pytest.skip(f"{service} is not ours to stop")
    log = tmp_path / "relay.log"
    with running("relay", log, VAHTI_LEASE="1") as process:
        owe("a")
        until(lambda: queues.depth()[owed.jobs()["sync_listing"].queue])
        clean.stack.stop(service)
        until(lambda: "the relay waits" in log.read_text())
        clean.stack.start(service)
        until(lambda: "the relay goes on" in log.read_text())
        database.engine().dispose()
        queues.redis().flushall()
        owe("b")
        until(lambda: queues.depth()[owed.jobs()["sync_listing"].queue])
        assert process.poll() is None
    assert log.read_text().count("the relay waits") == 1


def test_work_that_gathers_takes_along_what_is_due(clean: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits in the queue is done by whoever begins first; what failed, and what is not due, is left alone."""
    done: list[list[str]] = []

    def work_(debts: Sequence[Debt]) -> None:
        done.append(sorted(debt.subject for debt in debts))
        with transaction() as session:
            owed.settle(session, debts)

    monkeypatch.setitem(owed._jobs, "gather", owed.Job("gather", work_, 3, owed.NOW, gathers=True))
    with transaction() as session:
        for subject in ("a", "b", "c", "d"):
            owed.owe(session, "gather", subject)
        owed.owe(session, "gather", "later", clock.now() + timedelta(hours=1))
        owed.owe(session, "gather", "failed")
        session.execute(text("UPDATE owed SET attempts = 1 WHERE subject_id = 'failed'"))
        session.execute(text("UPDATE owed SET lease = now() + interval '1 minute' WHERE job = 'gather'"))
    work.perform("gather", ["a"])
    work.perform("gather", ["b"])
    work.perform("gather", ["d"])
    assert len(done[0]) == 3
    assert sorted(subject for batch in done for subject in batch) == ["a", "b", "c", "d"]
    with transaction() as session:
        assert {debt.subject for debt in owed.read(session, "gather", ["later", "failed"])} == {"later", "failed"}
