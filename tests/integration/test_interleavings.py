"""Any order of anything: Hypothesis chooses who does what next, which piece of work is done, again, or half; the real
services run, and what arrives is what a few lines say must arrive."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import text

from indexer import rebuild, verify
from indexer.kinds import KINDS
from mappings.client import client
from mappings.indexes import alias
from matcher import percolate
from store import alerts, clock, criteria, employers, generations, listings, owed, queues
from store.alerts import Alert
from store.claims import take_up
from store.database import transaction
from store.errors import Conflict, NotFound
from tests.conftest import TABLES, Services
from tests.integration.by_hand import HOUR
from tests.making import ask, publish

PEOPLE = ("instant@mail.example", "daily@mail.example", "other@mail.example")
REFERENCES = ("l0", "l1", "l2", "l3")
# Two listings that say the same are one vacancy.
TEXTS = ({"zork"}, {"zork", "blint"}, {"blint", "gromp"}, {"gromp"})
WISHES = ({"zork"}, {"blint"}, {"gromp"}, {"zork", "blint"})
LATER = ("lapse_alert", "retire_criteria", "drop_generation")
LINK = re.compile(r"/jobs/([0-9a-f-]{36})")


@dataclass
class Person:
    """An address with its alert: what is asked for, and the moment since which listings are new to it."""

    alert: UUID | None = None
    state: str = "none"
    wish: set[str] = field(default_factory=set)
    since: int = 0


@dataclass
class Ad:
    """A listing: what it says while it is open, and when it last came to say that."""

    open: bool = False
    said: set[str] = field(default_factory=set)
    since: int = 0
    transaction: int = 0


@dataclass
class Told:
    """A listing that an alert was told of, with what it said then, and until when it said that."""

    alert: UUID
    reference: str
    said: set[str]
    until: int | None = None


class Orders(RuleBasedStateMachine):
    """The model beside the services: every change is made in both, and every mail is held against it."""

    clean: Services

    def __init__(self) -> None:
        super().__init__()
        reset(self.clean)
        self.people = {address: Person() for address in PEOPLE}
        self.ads = {reference: Ad() for reference in REFERENCES}
        self.due: set[tuple[str, str]] = set()
        self.told: list[Told] = []
        self.handed: list[tuple[str, str]] = []
        self.read: set[str] = set()
        self.now = 0

    # What people and employers do.

    @rule(who=st.sampled_from(PEOPLE), wish=st.sampled_from(WISHES))
    def confirm(self, who: str, wish: set[str]) -> None:
        person = self.people[who]
        if person.state in {"active", "paused"}:
            return
        with transaction() as session:
            frequency = "daily" if who.startswith("daily") else "instant"
            asked = ask(session, who, frequency=frequency, language="en", text=" ".join(sorted(wish)))
            person.alert = alerts.confirm(session, asked.id).id
        self.activate(who, wish)

    @rule(who=st.sampled_from(PEOPLE), wish=st.sampled_from(WISHES))
    def edit(self, who: str, wish: set[str]) -> None:
        person = self.people[who]
        if person.state not in {"active", "paused"}:
            return
        unmatched = {reference for (reference,) in rows("SELECT reference FROM listings WHERE matched_at IS NULL")}
        self.change(person, lambda session, row: alerts.change(session, row, criteria=read(wish)))
        person.wish = wish
        if person.state == "active":
            # What is not matched yet finds these criteria, and what waits is kept if they want it.
            looked_at = {one for one, ad in self.ads.items() if one in unmatched or (who, one) in self.due}
            self.due -= {(who, reference) for reference in REFERENCES}
            self.due |= {(who, reference) for reference in looked_at if self.wanted(who, reference)}

    @rule(who=st.sampled_from(PEOPLE), how=st.sampled_from(["pause", "resume", "end"]))
    def turn(self, who: str, how: str) -> None:
        person = self.people[who]
        if person.state not in {"active", "paused"}:
            return
        if how == "resume":
            self.change(person, alerts.resume)
            if person.state == "paused":
                self.activate(who, person.wish)
            return
        if how == "pause":
            self.change(person, alerts.pause)
            person.state = "paused"
        else:
            self.change(person, lambda session, row: alerts.end(session, row, "unsubscribed"))
            person.state = "ended"
        self.due -= {(who, reference) for reference in REFERENCES}

    @rule(reference=st.sampled_from(REFERENCES), said=st.sampled_from(TEXTS), later=st.booleans())
    def publish(self, reference: str, said: set[str], later: bool) -> None:
        """Publish, correct or open again; or, where it is not open, hand in for ten minutes from now."""
        at = clock.now() + timedelta(minutes=10) if later and not self.ads[reference].open else None
        with transaction() as session:
            publish(session, reference, by=reference, published_at=at, **saying(said))
        self.observe()

    @rule(reference=st.sampled_from(REFERENCES))
    def close(self, reference: str) -> None:
        with suppress(NotFound), transaction() as session:
            listings.close(session, employers.named(session, reference), reference)
        self.observe()

    # What the machines do.

    @rule(number=st.integers(0, 30))
    def work(self, number: int) -> None:
        """One piece of work that is due."""
        if due := self.waiting():
            self.perform(*due[number % len(due)])

    @rule(names=st.sampled_from([("match_listing",), ("sync_listing", "sync_criteria"), ("match_alert",)]))
    def work_in_a_batch(self, names: tuple[str, ...]) -> None:
        """All that is due of one kind together."""
        for name in names:
            self.perform(name, *[subject for job, subject in self.waiting() if job == name])

    @rule(number=st.integers(0, 30), data=st.data())
    def work_meanwhile(self, number: int, data: st.DataObject) -> None:
        """Something changes while a listing is percolated."""
        matching = [one for one in self.waiting() if one[0] in {"match_listing", "match_alert"}]
        if not matching:
            return
        change = data.draw(st.sampled_from(["edit", "publish", "close", "turn", "confirm"]))
        before = data.draw(st.booleans())
        who, reference = data.draw(st.sampled_from(PEOPLE)), data.draw(st.sampled_from(REFERENCES))
        wish, said = data.draw(st.sampled_from(WISHES)), data.draw(st.sampled_from(TEXTS))
        how = data.draw(st.sampled_from(["pause", "resume", "end"]))
        changes: dict[str, Callable[[], None]] = {
            "edit": lambda: self.edit(who=who, wish=wish),
            "publish": lambda: self.publish(reference=reference, said=said, later=False),
            "close": lambda: self.close(reference=reference),
            "turn": lambda: self.turn(who=who, how=how),
            "confirm": lambda: self.confirm(who=who, wish=wish),
        }
        with during_percolation(changes[change], before):
            self.perform(*matching[number % len(matching)])

    @rule(number=st.integers(0, 30))
    def work_again(self, number: int) -> None:
        """A batch that was handed out earlier, because its lease ended, is only begun now."""
        if self.handed:
            self.perform(*self.handed[number % len(self.handed)])

    @rule(number=st.integers(0, 30))
    def die(self, number: int) -> None:
        """A worker does all of its work, and dies before it can settle it."""
        due = self.waiting()
        if not due:
            return

        def dead(*_: object) -> None:
            raise Died

        with pytest.MonkeyPatch.context() as patch, suppress(Died):
            patch.setattr(owed, "settle", dead)
            self.perform(*due[number % len(due)])
        self.observe()
        self.look_at_mails()

    @rule(kind=st.sampled_from(generations.KINDS))
    def reindex(self, kind: str) -> None:
        """Begin a new index; what takes it further is work like any other."""
        with suppress(Conflict), transaction() as session:
            rebuild.begin(session, kind)

    @rule(minutes=st.sampled_from([2, 15]))
    def time_passes(self, minutes: int) -> None:
        clock.set_ahead(clock.ahead() + timedelta(minutes=minutes))

    # The model.

    def activate(self, who: str, wish: set[str]) -> None:
        self.now += 1
        person = self.people[who]
        person.state, person.wish, person.since = "active", wish, self.now
        self.due -= {(who, reference) for reference in REFERENCES}

    def wanted(self, who: str, reference: str) -> bool:
        """Whether the listing is one for this person now."""
        person, ad = self.people[who], self.ads[reference]
        return person.state == "active" and ad.open and ad.since > person.since and person.wish <= ad.said

    def observe(self) -> None:
        """Take over what became of the listings: which are open, and which of them anew."""
        found = rows("SELECT reference, state, title, opened_xid::text FROM listings")
        for reference, state, title, opened in found:
            ad, is_open, said = self.ads[reference], state == "published", set(title.split()[1:])
            if is_open and int(opened) != ad.transaction:
                self.leave(reference)
                ad.open, ad.said, ad.since, ad.transaction = True, said, self.now, int(opened)
                self.due -= {(who, reference) for who in PEOPLE}
                self.due |= {(who, reference) for who in PEOPLE if self.wanted(who, reference)}
            elif ad.open and not is_open:
                self.leave(reference)
                ad.open = False
                self.due -= {(who, reference) for who in PEOPLE}

    def leave(self, reference: str) -> None:
        """From now on the listing does not say any more what it said, if it said anything."""
        self.now += 1
        for one in self.told:
            if one.reference == reference and one.until is None:
                one.until = self.now

    def waiting(self) -> list[tuple[str, str]]:
        """What is due, whoever may have had it in hand."""
        with transaction() as session:
            found = session.execute(
                text("SELECT job, subject_id FROM owed WHERE due_at <= :now ORDER BY job, subject_id"),
                {"now": clock.now()},
            )
            return [(job, subject) for job, subject in found]

    def perform(self, job: str, *subjects: str) -> None:
        """As a worker does; a failure is one of the test."""
        if not subjects:
            return
        self.handed += [(job, subject) for subject in subjects]
        with transaction() as session:
            debts = take_up(session, job, subjects, HOUR)
        if debts:
            owed.jobs()[job].work(debts)
        self.observe()
        self.look_at_mails()

    def look_at_mails(self) -> None:
        """Each new mail tells a person of listings that are wanted at this moment, none twice, and no twin of one."""
        for file in sorted(self.clean.mail_dir.glob("*.eml")):
            if file.name in self.read:
                continue
            self.read.add(file.name)
            mail = message_from_bytes(file.read_bytes(), policy=default)
            if "List-Unsubscribe" in mail:
                self.look_at(mail)

    def look_at(self, mail: EmailMessage) -> None:
        who = str(mail["To"])
        person = self.people[who]
        assert person.alert is not None
        references = [
            str(reference)
            for one in sorted(set(LINK.findall(plain(mail))))
            for (reference,) in rows("SELECT reference FROM listings WHERE id = :id", id=one)
        ]
        assert references
        for reference in references:
            assert self.wanted(who, reference), f"{who} was told of {reference}: {person}, {self.ads[reference]}"
            for one in self.told:
                if one.alert == person.alert:
                    assert one.reference != reference, f"{who} was told of {reference} again"
                    other = self.ads[one.reference]
                    assert not (other.open and other.said == self.ads[reference].said), f"{who} was told of a twin"
            self.told.append(Told(person.alert, reference, self.ads[reference].said))
            self.due.discard((who, reference))

    def excused(self, who: str, reference: str) -> bool:
        """Whether this person knows the vacancy by another listing: one that says the same now, or that was told when
        it did and said so until after this one was opened."""
        ad = self.ads[reference]
        return any(
            one.alert == self.people[who].alert
            and (
                one.reference == reference
                or (self.ads[one.reference].open and self.ads[one.reference].said == ad.said)
                or (one.said == ad.said and (one.until is None or one.until > ad.since))
            )
            for one in self.told
        )

    def change(self, person: Person, how: Callable[[Any, Alert], None]) -> None:
        assert person.alert is not None
        with transaction() as session:
            how(session, alerts.get(session, person.alert, lock=True))

    def teardown(self) -> None:
        """Do all there is to do, digests included; then nobody misses anything, and the indexes agree."""
        if sys.exc_info()[0] is not None:
            return  # it failed before
        for _ in range(1000):
            due = [one for one in self.waiting() if one[0] not in LATER]
            if due:
                self.perform(*due[0])
                continue
            [(later,)] = rows("SELECT min(due_at) FROM owed WHERE job <> ALL(:later)", later=list(LATER))
            if later is None:
                break
            clock.set_ahead(clock.ahead() + max(later - clock.now(), timedelta(0)) + timedelta(milliseconds=1))
        assert rows("SELECT job FROM owed WHERE job <> ALL(:later)", later=list(LATER)) == []
        missed = {pair for pair in self.due if not self.excused(*pair)}
        assert not missed, f"{missed} never arrived: {self.people}, {self.ads}, {self.told}"
        for kind in generations.KINDS:
            [live] = client().indices.get_alias(name=alias(kind))
            assert verify.differences(KINDS[kind], live) == []


class Died(BaseException):
    """A worker is no more."""


def during_percolation(change: Callable[[], None], before: bool) -> Any:
    """Inside the block, the first percolation has the change happen before it or after it."""
    real, patch = percolate.find, pytest.MonkeyPatch()

    def find(*given: Any, **named: Any) -> Any:
        patch.undo()
        if before:
            change()
        found = real(*given, **named)
        if not before:
            change()
        return found

    patch.setattr(percolate, "find", find)
    return undone(patch)


@contextmanager
def undone(patch: pytest.MonkeyPatch) -> Iterator[None]:
    try:
        yield
    finally:
        patch.undo()


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


def read(wish: set[str]) -> criteria.Criteria:
    return criteria.read({"text": " ".join(sorted(wish))})


def saying(said: set[str]) -> dict[str, str]:
    """A listing that says this; who says the same offers the same job."""
    words = " ".join(sorted(said))
    return {"title": f"Job {words}", "description": f"<p>{words}</p>", "language": "en", "employer": "One employer"}


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def reset(clean: Services) -> None:
    """As the fixture does before each test; a build that an example left is ended, and its old indexes go."""
    clock.set_ahead(timedelta(0))
    for generation, index, state in rows("SELECT id, index_name, state FROM generations"):
        while state in {"planned", "building"} and not rebuild.build(generation):
            pass
        if state == "retired":
            client().indices.delete(index=index, params={"ignore_unavailable": "true"})
    with transaction() as session:
        session.execute(text(f"TRUNCATE {TABLES} CASCADE"))
    for kind in generations.KINDS:
        client().delete_by_query(
            index=alias(kind), body={"query": {"match_all": {}}}, params={"refresh": "true", "conflicts": "proceed"}
        )
    queues.redis().flushdb()
    for file in clean.mail_dir.glob("*.eml"):
        file.unlink()


@pytest.mark.invariant(2, 3, 7, 8)
@pytest.mark.promise("W3", "W6", "L1")
def test_in_any_order_every_pair_arrives_once(clean: Services) -> None:
    run_state_machine_as_test(
        type("Orders", (Orders,), {"clean": clean}),
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
