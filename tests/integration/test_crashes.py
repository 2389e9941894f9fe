"""A worker that is killed at the worst moment loses nothing and does nothing twice; what cannot be told apart is told
again as the same mail."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from email.message import EmailMessage
from pathlib import Path

import pytest

from indexer import rebuild, verify
from indexer.kinds import KINDS
from mappings.client import client
from mappings.indexes import alias
from store import alerts, generations, owed, queues
from store.alerts import Alert
from store.database import transaction
from tests.conftest import Services
from tests.integration.by_hand import standing
from tests.integration.real_processes import Gate, kill, running, stopped, until
from tests.integration.test_mail import plain
from tests.integration.test_races import rows, until_blocked
from tests.making import alert, publish

pytestmark = pytest.mark.promise("S3")

Mails = Callable[[], list[EmailMessage]]
Start = Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]
ENV = {"VAHTI_LEASE": "2", "VAHTI_GROUPING_WINDOW": "1"}


@pytest.fixture(scope="module")
def gate(services: Services) -> Iterator[Gate]:
    with Gate(services.stack.urls["mail"]) as made:
        yield made


@pytest.fixture(scope="module")
def relay(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One relay for all tests of this file."""
    with running("relay", tmp_path_factory.mktemp("relay") / "relay.log", **ENV):
        yield


@pytest.fixture
def worker(relay: None, gate: Gate, clean: Services, tmp_path: Path) -> Start:
    """Starts a real worker, whose mail goes through the gate."""

    def start() -> AbstractContextManager[subprocess.Popen[bytes]]:
        return running("work", tmp_path / "work.log", VAHTI_SMTP_URL=gate.url, **ENV)

    return start


def confirmed() -> Alert:
    with transaction() as session:
        return alert(session)


def post(reference: str = "l") -> None:
    with transaction() as session:
        publish(session, reference, title=f"Sairaanhoitaja {reference}")


def in_hand(job: str) -> bool:
    """Whether somebody has work of this kind in hand."""
    return any(row.lease is not None for row in standing(job))


def begun(job: str) -> bool:
    """Whether a worker is at this job: handed out is not begun yet."""
    for name in owed.QUEUES:
        queue = queues.queue(name)
        started = (queue.fetch_job(number) for number in queue.started_job_registry.get_job_ids(cleanup=False))
        if any(one is not None and one.args[0] == job for one in started):
            return True
    return False


NOW = ("sync_listing", "sync_criteria", "match_listing", "match_alert", "mail_alert", "build_generation")


def done() -> bool:
    return not standing(*NOW)


def finish(worker: Start) -> None:
    """A new worker does all there is."""
    with worker():
        until(done, what="an end of what is owed")


@pytest.mark.invariant(2)
@pytest.mark.parametrize("job", ["sync_criteria", "match_listing"])
def test_a_worker_is_killed_while_it_waits_for_the_search_engine(
    job: str, worker: Start, clean: Services, mails: Mails
) -> None:
    """The work is still owed, and goes out again when its lease ends."""
    search = clean.stack.pids.get("opensearch")
    if search is None:
        pytest.skip("the search engine is not ours to stop")
    if job == "match_listing":
        confirmed()
        finish(worker)
    with worker() as process, stopped(search):
        with transaction() as session:
            publish(session, "l")
            if job == "sync_criteria":
                confirmed()  # neither transaction sees the other: only the catch-up finds the pair
        until(lambda: in_hand(job) and begun(job), what=f"{job} begun")
        kill(process)
    finish(worker)
    assert [mail["To"] for mail in mails()] == ["kaisa@mail.example"]
    for kind in generations.KINDS:
        assert verify.differences(KINDS[kind], live(kind)) == []


def live(kind: str) -> str:
    [name] = client().indices.get_alias(name=alias(kind))
    return str(name)


@pytest.mark.invariant(8)
@pytest.mark.promise("W3")
@pytest.mark.parametrize("point", ["rcpt", "body", "answer"])
def test_a_worker_is_killed_while_it_mails(point: str, worker: Start, gate: Gate, mails: Mails) -> None:
    """Before the server has the mail, it is as if nothing had been; after that, the same mail comes again."""
    confirmed()
    finish(worker)
    gate.close(point)
    with worker() as process:
        post()
        assert gate.held.wait(30)
        kill(process)
    gate.cut()
    if point == "answer":
        assert len(mails()) == 1
    # What is matched meanwhile is not slipped into the mail that may have arrived.
    post("m")
    finish(worker)
    [again, last] = mails()[-2:]
    assert len(mails()) == (3 if point == "answer" else 2)
    assert {mail["Message-ID"] for mail in mails()[:-1]} == {again["Message-ID"]}
    assert {plain(mail) for mail in mails()[:-1]} == {plain(again)}
    assert again["Message-ID"] != last["Message-ID"]
    assert rows("SELECT count(*), count(sent_at) FROM deliveries") == [(2, 2)]


@pytest.mark.invariant(8)
@pytest.mark.promise("W6")
def test_a_worker_is_killed_while_somebody_withdraws(worker: Start, gate: Gate, mails: Mails) -> None:
    """Who withdraws waits for the mail that is on its way; it never arrives, and no other does."""
    kept = confirmed()
    finish(worker)
    gate.close("body")

    def withdraw() -> None:
        with transaction() as session:
            alerts.end(session, alerts.get(session, kept.id, lock=True), "unsubscribed")

    with worker() as process:
        post()
        assert gate.held.wait(30)
        person = threading.Thread(target=withdraw)
        person.start()
        until_blocked(1)
        kill(process)
        person.join(10)
        assert not person.is_alive()
    gate.cut()
    finish(worker)
    assert mails() == []
    assert rows("SELECT count(*) FROM deliveries") == [(0,)]


@pytest.mark.invariant(8)
@pytest.mark.promise("W3")
def test_the_database_is_killed_while_a_mail_is_on_its_way(
    worker: Start, gate: Gate, clean: Services, mails: Mails
) -> None:
    """That the mail was taken could not be written down: it comes again, as itself."""
    if "postgres" not in clean.stack.pids:
        pytest.skip("the database is not ours to kill")
    confirmed()
    finish(worker)
    gate.close("answer")
    with worker():
        post()
        assert gate.held.wait(30)
        clean.stack.restart("postgres")
        gate.open()
        until(done, what="an end of what is owed")
    assert len(mails()) == 2
    assert len({mail["Message-ID"] for mail in mails()}) == 1
    assert rows("SELECT count(*), count(sent_at) FROM deliveries") == [(1, 1)]


def test_a_worker_that_is_asked_to_end_finishes_its_mail(worker: Start, gate: Gate, mails: Mails) -> None:
    confirmed()
    finish(worker)
    gate.close("body")
    with worker() as process:
        post()
        assert gate.held.wait(30)
        process.terminate()
        gate.open()
        assert process.wait(30) == 0
    assert len(mails()) == 1
    assert standing("mail_alert") == []


@pytest.mark.invariant(3)
@pytest.mark.promise("S2")
def test_a_worker_is_killed_while_it_rebuilds_an_index(worker: Start, clean: Services) -> None:
    """Another goes on from where it was, and proves the whole."""
    search = clean.stack.pids.get("opensearch")
    if search is None:
        pytest.skip("the search engine is not ours to stop")
    with transaction() as session:
        for number in range(30):
            publish(session, f"l{number}")
    finish(worker)
    before = live("listings")
    with worker() as process, stopped(search):
        with transaction() as session:
            generation = rebuild.begin(session, "listings")
        until(lambda: in_hand("build_generation"), what="the build in hand")
        kill(process)
    finish(worker)
    assert live("listings") == generation.index_name != before
    assert verify.differences(KINDS["listings"], generation.index_name) == []
    with transaction() as session:
        row = generations.get(session, generation.id)
    assert (row.state, row.done, row.total, row.differences) == ("live", 30, 30, 0)
