"""A storm: many hands that ask, edit and end alerts while others publish, edit and close listings, and a log of it all.

Nothing here asks the product what matches. The words are their own stems in every language, so that a few lines decide
it; the log says when each state of each subject was committed, in transaction numbers and in time.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from store import alerts, criteria, employers, listings
from store.database import transaction
from tests.making import ask, publish

WORDS = (
    "zork", "blint", "gromp", "frenk", "plund", "drask", "klomb", "vrint", "skolp", "trand", "glurk", "pront",
    "stelk", "brogd", "flimp", "krund", "snork", "twelm", "quilt", "morph", "lurp", "gask",
)  # fmt: skip
# Each place with what it lies in.
PLACES = {
    "fi-837": {"fi-837", "fi-r06", "fi"},
    "fi-211": {"fi-211", "fi-r06", "fi"},
    "fi-091": {"fi-091", "fi-r01", "fi"},
    "fi-049": {"fi-049", "fi-r01", "fi"},
    "se-0180": {"se-0180", "se-01", "se"},
    "se-0136": {"se-0136", "se-01", "se"},
}
EMPLOYMENT = ("full_time", "part_time", "seasonal")
WISHES = 120
FEEDS = ("First feed", "Second feed")
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """What an alert asks for."""

    words: frozenset[str]
    without: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    employment: frozenset[str] = frozenset()

    def outward(self) -> dict[str, object]:
        given: dict[str, object] = {"text": " ".join(sorted(self.words))}
        if self.without:
            given["exclude"] = " ".join(sorted(self.without))
        if self.places:
            given["places"] = sorted(self.places)
        if self.employment:
            given["employment"] = sorted(self.employment)
        return given


def wish(chance: random.Random) -> Wanted:
    """Something that one listing in fifty to a hundred is."""
    few = chance.random() < 0.3
    words = frozenset(chance.sample(WORDS, 1 if few else 2))
    others = [word for word in WORDS if word not in words]
    places = ["fi-837", "fi-091", "se-0180", "fi-r06", "fi-r01", "se-01"]
    return Wanted(
        words,
        frozenset(chance.sample(others, 1)) if chance.random() < 0.2 else frozenset(),
        frozenset(chance.sample(places, 1)) if few or chance.random() < 0.3 else frozenset(),
        frozenset({"part_time"}) if chance.random() < 0.1 else frozenset(),
    )


@dataclass(frozen=True)
class Ad:
    """What a listing says; `name` is its title, which no other text of any listing has."""

    name: str
    words: frozenset[str]
    place: str
    employment: str


def meets(wanted: Wanted, ad: Ad) -> bool:
    """Whether the ad is one that is wanted: the whole of matching, for these words."""
    return (
        wanted.words <= ad.words
        and not wanted.without & ad.words
        and (not wanted.places or bool(wanted.places & PLACES[ad.place]))
        and (not wanted.employment or ad.employment in wanted.employment)
    )


@dataclass(frozen=True)
class Moment:
    """One committed change. It took effect between the snapshots, and was committed between the times.

    After an interrupted attempt (its commit may have been lost or not) `before` and `began` are of the first one.
    """

    before: str
    after: str
    began: datetime
    committed: datetime


@dataclass(frozen=True)
class AlertState:
    """From one change of an alert to the next: what it asks for, and whether it is active, and since when."""

    wanted: Wanted
    active: bool
    at: Moment
    activated: Moment


@dataclass(frozen=True)
class ListingState:
    """From one change of a listing to the next: what it says while it is open, None while it is closed.

    `opened` is the transaction since which it says that, `opened_at` that change."""

    ad: Ad | None
    at: Moment
    opened: int
    opened_at: Moment


@dataclass
class AlertLog:
    """All that happened to one address."""

    address: str
    frequency: str
    ids: list[UUID] = field(default_factory=list)
    states: list[AlertState] = field(default_factory=list)
    confirmed: Moment | None = None
    ended: Moment | None = None


@dataclass
class ListingLog:
    """All that happened to one listing."""

    reference: str
    feed: str
    id: UUID | None = None
    states: list[ListingState] = field(default_factory=list)

    @property
    def twin(self) -> bool:
        """Whether it is one of two ads for one vacancy."""
        return self.reference.startswith("t")


@dataclass
class Storm:
    """Who does what: alerts and listings, each subject in one hand, so that its own changes have an order."""

    seed: int
    alert_hands: int = 4
    listing_hands: int = 4
    alerts_each: int = 70
    listings_each: int = 65
    twins: int = 20
    pause: float = 0.09
    alerts: dict[str, AlertLog] = field(default_factory=dict)
    listings: dict[tuple[str, str], ListingLog] = field(default_factory=dict)
    interruptions: int = 0
    operations: int = 0
    failures: list[BaseException] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Let all hands work."""
        for number in range(self.alert_hands):
            hand = _AlertHand(self, "alerts", number)
            self._threads.append(threading.Thread(target=self._watched(hand.work), name=f"alerts-{number}"))
        for number in range(self.listing_hands):
            worker = _ListingHand(self, number)
            self._threads.append(threading.Thread(target=self._watched(worker.work), name=f"listings-{number}"))
        for thread in self._threads:
            thread.start()

    def share(self) -> float:
        """How much of the work is done, from 0 to 1, roughly."""
        with self._lock:
            return self.operations / self.planned

    @property
    def planned(self) -> int:
        """About how many changes there will be."""
        return self.alert_hands * self.alerts_each * 3 + self.listing_hands * self.listings_each * 2

    @property
    def under_way(self) -> bool:
        """Whether any hand still works; raises what one of them failed with."""
        if self.failures:
            raise self.failures[0]
        return any(thread.is_alive() for thread in self._threads)

    def end(self) -> None:
        """Return when all hands rest; raises what one of them failed with."""
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def change(self, make: Callable[[Session], T], hold: float = 0) -> tuple[T, Moment]:
        """One transaction, held open for so many seconds; again until it is known to be committed, as whoever is told
        of an error asks again."""
        first: tuple[str, datetime] | None = None
        while True:
            try:
                with transaction() as session:
                    began = datetime.now(UTC)
                    before = _snapshot(session)
                    first = first or (before, began)
                    made = make(session)
                    session.flush()
                    after = _snapshot(session)
                    self.stopped.wait(hold)
                break
            except OperationalError as error:
                # The database went away; anything else that it says is a failure of whoever asked.
                code = getattr(error.orig, "sqlstate", None) or ""
                if code and code[:2] not in {"08", "57"}:
                    raise
                with self._lock:
                    self.interruptions += 1
                if self.stopped.wait(0.05):
                    raise
        with self._lock:
            self.operations += 1
        return made, Moment(first[0], after, first[1], datetime.now(UTC))

    def _watched(self, work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                if not self.stopped.is_set():
                    self.failures.append(error)
                    raise

        return run


def _snapshot(session: Session) -> str:
    return str(session.execute(text("SELECT pg_current_snapshot()::text")).scalar_one())


def seen(transaction_id: int, snapshot: str) -> bool:
    """Whether a committed transaction is among what a snapshot shows (PostgreSQL 18, 9.28.8)."""
    least, most, running = snapshot.split(":")
    if transaction_id < int(least):
        return True
    return transaction_id < int(most) and str(transaction_id) not in running.split(",")


class _Hand:
    """What all hands have in common: chance, and that a transaction may stay open while others come and go."""

    def __init__(self, storm: Storm, kind: str, number: int) -> None:
        self.storm, self.number = storm, number
        self.random = random.Random(f"{storm.seed} {kind} {number}")

    def change(self, make: Callable[[Session], T]) -> tuple[T, Moment]:
        return self.storm.change(make, self.random.uniform(0, 0.2) if self.random.random() < 0.3 else 0)


class _AlertHand(_Hand):
    def work(self) -> None:
        waiting = [f"a{self.number}n{n}@mail.example" for n in range(self.storm.alerts_each)]
        mine: list[AlertLog] = []
        while waiting and not self.storm.stopped.wait(self.random.uniform(0, self.storm.pause * 2)):
            if waiting and (self.random.random() < 0.75 or not mine):
                log = AlertLog(waiting.pop(), "daily" if self.random.random() < 0.08 else "instant")
                self.storm.alerts[log.address] = log
                mine.append(log)
                self.ask_and_confirm(log)
            else:
                standing = [log for log in mine if log.states and not log.ended]
                if standing:
                    self.touch(self.random.choice(standing))

    def wanted(self) -> Wanted:
        """One of a number of wishes, so that several ask for the same."""
        return wish(random.Random(f"{self.storm.seed} wish {self.random.randrange(WISHES)}"))

    def ask_and_confirm(self, log: AlertLog) -> None:
        wanted = self.wanted()
        # Some fill in the form twice and follow both links.
        times = 2 if self.random.random() < 0.1 else 1
        asked = [
            self.change(
                lambda session: ask(session, log.address, frequency=log.frequency, language="en", **wanted.outward()).id
            )[0]
            for _ in range(times)
        ]
        log.ids += asked
        if self.random.random() < 0.05:
            return  # never confirmed
        for one in asked:
            _, moment = self.change(lambda session, one=one: alerts.confirm(session, one).id)  # type: ignore[misc]
            if log.confirmed is None:
                log.confirmed = moment
                log.states.append(AlertState(wanted, True, moment, moment))

    def touch(self, log: AlertLog) -> None:
        state, chance = log.states[-1], self.random.random()
        if chance < 0.25:
            _, log.ended = self.change(lambda session: alerts.end(session, self.row(session, log), "unsubscribed"))
            log.states.append(AlertState(state.wanted, False, log.ended, state.activated))
        elif chance < 0.7:
            wanted = self.wanted()

            def edit(session: Session) -> None:
                alerts.change(session, self.row(session, log), criteria=criteria.read(wanted.outward()))

            _, moment = self.change(edit)
            log.states.append(AlertState(wanted, state.active, moment, state.activated))
        elif state.active:
            _, moment = self.change(lambda session: alerts.pause(session, self.row(session, log)))
            log.states.append(AlertState(state.wanted, False, moment, state.activated))
        else:
            _, moment = self.change(lambda session: alerts.resume(session, self.row(session, log)))
            log.states.append(AlertState(state.wanted, True, moment, moment))

    def row(self, session: Session, log: AlertLog) -> alerts.Alert:
        return alerts.look_up(session, log.ids[0], lock=True)


class _Error(Exception):
    """What ends a transaction that must leave nothing behind."""


class _ListingHand(_Hand):
    def __init__(self, storm: Storm, number: int) -> None:
        super().__init__(storm, "listings", number)
        self.feed = FEEDS[number % 2] if number < 2 else f"Employer {number}"

    def work(self) -> None:
        waiting = [f"l{self.number}n{n}" for n in range(self.storm.listings_each)]
        if self.number < 2:
            waiting += [f"t{n}" for n in range(self.storm.twins)]
        self.random.shuffle(waiting)
        mine: list[ListingLog] = []
        while waiting and not self.storm.stopped.wait(self.random.uniform(0, self.storm.pause * 2)):
            if waiting and (self.random.random() < 0.65 or not mine):
                log = ListingLog(waiting.pop(), self.feed)
                self.storm.listings[log.feed, log.reference] = log
                mine.append(log)
                self.publish(log, self.ad(log))
            else:
                self.touch(self.random.choice(mine))

    def ad(self, log: ListingLog) -> Ad:
        """What the listing says now, if it changes: both ads of a vacancy say the same."""
        chosen = random.Random(f"{self.storm.seed} {log.reference}") if log.twin else self.random
        return Ad(
            f"Job {log.reference}v{len(log.states)}",
            frozenset(chosen.sample(WORDS, 3)),
            chosen.choice(sorted(PLACES)),
            chosen.choice(EMPLOYMENT),
        )

    def publish(self, log: ListingLog, ad: Ad, *, address: str = "https://one.example/") -> None:
        """Publish, correct or open again; now and then first rolled back, as a feed with an error at its end is."""

        def make(session: Session) -> tuple[UUID, int]:
            row = publish(
                session,
                log.reference,
                by=log.feed,
                title=ad.name,
                description=f"<p>{' '.join(sorted(ad.words))}</p>",
                language="en",
                employer="One employer",
                places=(ad.place,),
                employment=(ad.employment,),
                apply_url=address,
            )
            session.refresh(row)
            return row.id, int(str(row.opened_xid))

        if self.random.random() < 0.05:
            with suppress(_Error, OperationalError), transaction() as session:
                make(session)
                raise _Error
        (log.id, opened), moment = self.change(make)
        last = log.states[-1] if log.states else None
        same = last is not None and last.ad is not None and last.opened == opened
        log.states.append(ListingState(ad, moment, opened, last.opened_at if last and same else moment))

    def touch(self, log: ListingLog) -> None:
        state, chance = log.states[-1], self.random.random()
        if log.twin:
            self.touch_twin(log, state, chance)
        elif state.ad is None:
            # Open again, half the time with another text.
            earlier = next(one.ad for one in reversed(log.states) if one.ad is not None)
            self.publish(log, self.ad(log) if chance < 0.5 else earlier)
        elif chance < 0.4:
            self.publish(log, self.ad(log))
        elif chance < 0.65:
            self.publish(log, state.ad, address=f"https://other.example/{self.random.random()}")
        else:
            self.close(log, state)

    def touch_twin(self, log: ListingLog, state: ListingState, chance: float) -> None:
        other = self.storm.listings.get((FEEDS[1], log.reference))
        if state.ad is not None and log.feed == FEEDS[0] and chance < 0.5 and other is not None and other.states:
            self.close(log, state)
        elif state.ad is not None:
            self.publish(log, state.ad, address=f"https://other.example/{self.random.random()}")

    def close(self, log: ListingLog, state: ListingState) -> None:
        _, moment = self.change(
            lambda session: listings.close(session, employers.named(session, log.feed), log.reference).id
        )
        log.states.append(ListingState(None, moment, state.opened, state.opened_at))


@dataclass(frozen=True)
class Period:
    """A state and when it may have held at the widest: from when its change began until the next was committed."""

    begin: datetime
    end: datetime


def period(states: Sequence[AlertState] | Sequence[ListingState], number: int) -> Period:
    """When the state of this number may have held."""
    end = states[number + 1].at.committed if number + 1 < len(states) else datetime.max.replace(tzinfo=UTC)
    return Period(states[number].at.began, end)


def together(one: Period, other: Period) -> bool:
    """Whether two states may have held at the same moment."""
    return one.begin <= other.end and other.begin <= one.end


Pair = tuple[str, str]


@dataclass(frozen=True)
class Expected:
    """Pairs of address and listing (the two ads of a vacancy count as one): `must` arrive, and `may` besides."""

    must: frozenset[Pair]
    may: frozenset[Pair]
    overlapping: int


def expected(storm: Storm) -> Expected:
    """What must come of the storm, from the log alone.

    A listing must reach an alert when both are there at the end, it is wanted, and its present text is not among what
    had been committed when the alert last changed. It may reach it when it was wanted at some moment.
    """
    must: set[Pair] = set()
    may: set[Pair] = set()
    overlapping = 0
    for alert in storm.alerts.values():
        for listing in storm.listings.values():
            if not alert.states or not listing.states:
                continue
            pair = (alert.address, listing.reference)
            last, final = alert.states[-1], listing.states[-1]
            if (
                last.active
                and final.ad is not None
                and meets(last.wanted, final.ad)
                and not seen(final.opened, last.at.after)
            ):
                must.add(pair)
                overlapping += final.opened_at.began < last.at.committed
            elif _met(alert, listing):
                may.add(pair)
    return Expected(frozenset(must), frozenset(may - must), overlapping)


def _met(alert: AlertLog, listing: ListingLog) -> bool:
    for number, state in enumerate(alert.states):
        if not state.active:
            continue
        for other, ad_state in enumerate(listing.states):
            if ad_state.ad is None or not meets(state.wanted, ad_state.ad):
                continue
            new = not seen(ad_state.opened, state.activated.before)
            if new and together(period(alert.states, number), period(listing.states, other)):
                return True
    return False


def justified(alert: AlertLog, listing: ListingLog, title: str, received: datetime) -> bool:
    """Whether a mail that arrived at this moment told this alert of a listing that said this then, and was wanted."""
    wanted = [
        state.wanted
        for number, state in enumerate(alert.states)
        if state.active and _holds(period(alert.states, number), received)
    ]
    said = [
        state.ad
        for number, state in enumerate(listing.states)
        if state.ad is not None and state.ad.name == title and _holds(period(listing.states, number), received)
    ]
    return any(meets(one, ad) for one in wanted for ad in said)


def _holds(of: Period, moment: datetime) -> bool:
    return of.begin <= moment <= of.end
