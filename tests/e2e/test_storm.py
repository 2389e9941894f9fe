"""The storm: every service and process dies while everything changes, and each pair still arrives exactly once."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import text

from indexer import rebuild, verify
from indexer.kinds import KINDS
from mappings.client import client
from mappings.indexes import alias
from stack.program import Program
from stack.watch import Watch
from store import generations, queues
from store.database import transaction
from store.errors import Conflict
from tests.conftest import Services
from tests.e2e.storm import AlertLog, Expected, ListingLog, Storm, expected, justified

ROOT = Path(__file__).parents[2]
Mails = Callable[[], list[EmailMessage]]
# What is left when all is done: work for another day.
LATER = ("lapse_alert", "retire_criteria", "drop_generation")


@contextmanager
def processes(directory: Path) -> Iterator[Watch]:
    """The relay and two workers as real processes, kept alive as `vahti up` and systemd keep them."""
    env = {**os.environ, "VAHTI_LEASE": "5", "VAHTI_GROUPING_WINDOW": "1", "VAHTI_SMTP_TIMEOUT": "3"}
    with Watch() as watch:
        programs = [
            Program(
                name=name,
                command=lambda command=command: (sys.executable, "-m", "stack", command),  # type: ignore[misc]
                log=directory / f"{name}.log",
                env=env,
                cwd=ROOT,
                end_within=20,
            )
            for name, command in (("relay", "relay"), ("work-1", "work"), ("work-2", "work"))
        ]
        watch.run(programs)
        for program in programs:
            watch.wait(program.name, 30)
        yield watch


@dataclass
class Disasters:
    """What went wrong on purpose; and when somebody was killed who may have been mailing, so that the mail that was on
    its way comes again."""

    happened: list[str] = field(default_factory=list)
    killed: list[tuple[datetime, datetime]] = field(default_factory=list)

    def bring(self, what: str, how: Callable[[], object]) -> None:
        began = datetime.now(UTC)
        how()
        self.happened.append(what)
        if "worker" in what or "Postgres" in what:
            self.killed.append((began, datetime.now(UTC)))

    def interrupted(self, received: datetime) -> bool:
        """Whether the one who sent what was received then may have been killed before it was written down: between the
        server's answer and the commit there are milliseconds, on a busy machine some more."""
        return any(began - timedelta(seconds=2) <= received <= ended for began, ended in self.killed)


def reindex() -> None:
    """Begin a new index of each kind, unless one is being built."""
    for kind in generations.KINDS:
        with suppress(Conflict), transaction() as session:
            rebuild.begin(session, kind)


def retire() -> None:
    """What nobody asks for is retired now, not in ten minutes, while others may be about to ask for it."""
    with transaction() as session:
        session.execute(text("UPDATE owed SET due_at = vahti_now() WHERE job = 'retire_criteria'"))


def let_loose(storm: Storm, services: Services, watch: Watch) -> Disasters:
    """Disasters in turn, each at its share of the work, until all is done."""
    disasters = Disasters()
    stack = services.stack
    # OpenSearch takes longest to come back, so it dies first: then there is matching again for the others to die in.
    plan: list[tuple[float, str, Callable[[], object]]] = [
        (0.10, "reindex begun", reindex),
        (0.11, "OpenSearch killed", lambda: stack.kill("opensearch")),
        (0.20, "Redis emptied", lambda: queues.redis().flushall()),
        (0.28, "worker killed", lambda: watch.kill("work-1")),
        (0.34, "criteria retired", retire),
        (0.40, "relay killed", lambda: watch.kill("relay")),
        (0.50, "other worker killed", lambda: watch.kill("work-2")),
        (0.60, "Redis killed", lambda: stack.kill("redis")),
        (0.66, "reindex begun again", reindex),
        (0.72, "Postgres killed", lambda: stack.restart("postgres")),
        (0.80, "criteria retired again", retire),
        (0.88, "both workers killed", lambda: [watch.kill(name) for name in ("work-1", "work-2")]),  # type: ignore[func-returns-value]
    ]
    for share, what, how in plan:
        until(lambda share=share: storm.share() >= share or not storm.under_way)  # type: ignore[misc]
        disasters.bring(what, how)
    until(lambda: not storm.under_way)
    reindex()
    return disasters


def until(condition: Callable[[], object], within: float = 240, what: str = "it") -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {within} seconds"
        time.sleep(0.05)


def owed_now() -> list[tuple[object, ...]]:
    """What is still to be done, but for digests and for the work of another day."""
    with transaction() as session:
        rows = session.execute(
            text(
                "SELECT o.job, count(*), max(attempts), max(last_error) FROM owed o "
                "LEFT JOIN alerts a ON o.job = 'mail_alert' AND a.id::text = o.subject_id "
                "WHERE o.job <> ALL(:later) AND (a.frequency IS NULL OR a.frequency = 'instant') GROUP BY o.job"
            ),
            {"later": list(LATER)},
        )
        return [tuple(row) for row in rows]


@pytest.mark.invariant(1, 2, 3, 7, 8)
@pytest.mark.promise("W3", "W6", "L1", "S1", "S2", "S3")
@pytest.mark.parametrize("seed", [int(one) for one in os.environ.get("VAHTI_STORM_SEEDS", "1").split(",")])
def test_in_a_storm_every_pair_arrives_once(seed: int, clean: Services, mails: Mails, tmp_path: Path) -> None:
    storm = Storm(seed)
    with transaction() as session:
        others = session.scalar(text("SELECT coalesce(max(id), 0) FROM generations")) or 0
    began = time.monotonic()
    with processes(tmp_path) as watch:
        storm.begin()
        try:
            disasters = let_loose(storm, clean, watch)
        finally:
            storm.stopped.set()
            storm.end()
        stormed = time.monotonic()
        clean.stack.wait("opensearch")
        try:
            until(lambda: not owed_now(), what="an end of what is owed")
        except AssertionError as error:
            raise AssertionError(f"{error}: {owed_now()}") from None
        drained = time.monotonic()
    wanted = expected(storm)
    print(
        f"\nseed {seed}: {len(storm.alerts)} alerts, {len(storm.listings)} listings, {storm.operations} changes "
        f"({storm.interruptions} interrupted) in {stormed - began:.0f} s, settled {drained - stormed:.0f} s later; "
        f"{len(wanted.must)} pairs must arrive ({wanted.overlapping} of changes that overlap), {len(wanted.may)} may; "
        f"{', '.join(disasters.happened)}"
    )
    assert len(wanted.must) > len(wanted.may), "most of what arrives must"
    Outcome(storm, wanted, mails(), disasters).check()
    for kind in generations.KINDS:
        check_index(kind, others)


def check_index(kind: str, others: int) -> None:
    """The index that is read is the live one, and agrees with the database; no build failed but those up to number
    `others`, of tests before this one that take an index away."""
    with transaction() as session:
        live = generations.live(session, kind)
        assert live is not None
        unfinished = generations.in_state(session, kind, ("planned", "building", "failed"))
        left = [one for one in unfinished if one.state != "failed" or one.id > others]
        assert left == [], [(one.id, one.state, one.error, one.differences, one.done, one.total) for one in left]
    assert list(client().indices.get_alias(name=alias(kind))) == [live.index_name]
    assert verify.differences(KINDS[kind], live.index_name) == []


JOB = re.compile(r"^(Job ((?:l\d+n|t)\d+)v\d+)\s*$", re.M)


class Outcome:
    """What arrived, held against what was to arrive."""

    def __init__(self, storm: Storm, wanted: Expected, received: list[EmailMessage], disasters: Disasters) -> None:
        self.storm, self.wanted, self.disasters = storm, wanted, disasters
        self.questions = [mail for mail in received if "List-Unsubscribe" not in mail]
        self.told = [mail for mail in received if "List-Unsubscribe" in mail]
        self.listings: dict[str, list[ListingLog]] = defaultdict(list)
        for log in storm.listings.values():
            self.listings[log.reference].append(log)

    def check(self) -> None:
        self.check_each_mail()
        self.check_questions()
        self.check_repetitions()
        self.check_pairs()

    def check_each_mail(self) -> None:
        """Nobody got a mail that was not wanted at that very moment, nor after the end, nor of a closed listing."""
        for mail in self.told:
            alert, at = self.storm.alerts[str(mail["To"])], received_at(mail)
            assert alert.confirmed is not None
            assert alert.confirmed.began <= at
            if alert.ended is not None:
                assert at <= alert.ended.committed, f"{alert.address} got a mail after the end"
            for title, reference in jobs(mail):
                logs = self.listings[reference]
                assert any(justified(alert, log, title, at) for log in logs), (
                    f"{alert.address} was told of {title} at {at}:\n{history(alert, logs)}"
                )

    def check_questions(self) -> None:
        """The question whether an alert is wanted came once for each, and not once it was answered."""
        for mail in self.questions:
            alert = self.storm.alerts[str(mail["To"])]
            if alert.confirmed is not None and len(alert.ids) == 1:
                assert received_at(mail) <= alert.confirmed.committed
        self.check_once(self.questions)

    def check_repetitions(self) -> None:
        self.check_once(self.told)

    def check_once(self, received: list[EmailMessage]) -> None:
        """A Message-ID arrives again only where a kill fell between the server's answer and the commit."""
        times: dict[str, list[datetime]] = defaultdict(list)
        for mail in received:
            times[str(mail["Message-ID"])].append(received_at(mail))
        for message_id, moments in times.items():
            for moment in sorted(moments)[:-1]:
                assert self.disasters.interrupted(moment), f"{message_id} came at {moments}"

    def check_pairs(self) -> None:
        ledger, waiting = self.ledger()
        arrived = Counter({pair: len(ids) for pair, ids in self.arrivals().items()})
        twice = [pair for pair, count in arrived.items() if count > 1]
        assert not twice, self.explain(twice)
        lost = {pair for pair in arrived if pair not in ledger}
        # The ledger may have forgotten what a kill kept from being entered, and what then was wanted no more.
        assert all(self.disasters.interrupted(moment) for pair in lost for moment in self.times(pair)), self.explain(
            lost
        )
        assert ledger <= set(arrived), self.explain(ledger - set(arrived))
        delivered = set(arrived) | waiting
        assert self.wanted.must <= delivered, self.explain(self.wanted.must - delivered)
        assert delivered <= self.wanted.must | self.wanted.may, self.explain(
            delivered - self.wanted.must - self.wanted.may
        )
        print(f"    {len(self.told)} mails of {len(arrived)} pairs, {len(waiting)} wait for digests")

    def arrivals(self) -> dict[tuple[str, str], set[str]]:
        """The Message-IDs that told of each pair."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for mail in self.told:
            for _, reference in jobs(mail):
                found[str(mail["To"]), reference].add(str(mail["Message-ID"]))
        return found

    def times(self, pair: tuple[str, str]) -> list[datetime]:
        return [
            received_at(mail)
            for mail in self.told
            if mail["To"] == pair[0] and pair[1] in [reference for _, reference in jobs(mail)]
        ]

    def ledger(self) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """The pairs of the ledger: those sent, and those that wait for a digest."""
        addresses = {one: log.address for log in self.storm.alerts.values() for one in log.ids}
        with transaction() as session:
            rows = session.execute(
                text(
                    "SELECT d.alert_id, l.reference, d.sent_at IS NOT NULL, a.frequency FROM deliveries d "
                    "JOIN listings l ON l.id = d.listing_id JOIN alerts a ON a.id = d.alert_id"
                )
            ).all()
        unsent = {(addresses[one], reference) for one, reference, was_sent, _ in rows if not was_sent}
        assert all(frequency == "daily" for _, _, was_sent, frequency in rows if not was_sent), unsent
        return {(addresses[one], reference) for one, reference, was_sent, _ in rows if was_sent}, unsent

    def explain(self, pairs: object) -> str:
        """The history of the first few of these pairs."""
        lines = []
        for address, reference in sorted(pairs)[:3]:  # type: ignore[call-overload]
            lines.append(f"{address} {reference}: arrived {self.times((address, reference))}")
            lines.append(history(self.storm.alerts[address], self.listings[reference]))
        return f"{len(list(pairs))} pairs:\n" + "\n".join(lines)  # type: ignore[call-overload]


def received_at(mail: EmailMessage) -> datetime:
    return datetime.fromisoformat(str(mail["X-Received-At"]))


def jobs(mail: EmailMessage) -> list[tuple[str, str]]:
    """Title and reference of each listing that a mail tells of."""
    part = mail.get_body(("plain",))
    assert part is not None
    return JOB.findall(str(part.get_content()))


def history(alert: AlertLog, listings: list[ListingLog]) -> str:
    states = [f"    {one.at.began:%S.%f}-{one.at.committed:%S.%f} {one}" for one in alert.states]
    for log in listings:
        states += [f"    {one.at.began:%S.%f}-{one.at.committed:%S.%f} {log.feed} {one}" for one in log.states]
    return f"  {alert.ids}\n" + "\n".join(states)
