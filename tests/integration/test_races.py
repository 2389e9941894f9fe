"""No pair is missed and none is told twice, whoever comes first: each race is run in a chosen order.

A transaction that is open while another commits is one `with` block around another; what happens inside a job happens
in a hook around its percolation. Nothing here waits for a moment to pass.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from indexer import rebuild, verify
from mappings.client import client
from mappings.indexes import alias
from matcher import match, percolate
from store import alerts, clock, criteria, deliveries, generations, stored_criteria
from store.alerts import Alert
from store.database import transaction
from store.errors import Conflict
from store.listings import Listing
from tests.conftest import Services
from tests.integration.by_hand import do, drain, standing, take, work
from tests.integration.test_matching import ledger
from tests.making import alert, ask, publish

pytestmark = pytest.mark.invariant(7)


@pytest.fixture(autouse=True)
def _one_job_at_a_time() -> Iterator[None]:
    """A match does not go on to mail what it found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(match, "TOLD_AT_ONCE", 0)
        yield


A = "a@mail.example"
FIND = percolate.find


def edit(kept: Alert, **given: Any) -> None:
    """Other criteria for an alert, committed."""
    with transaction() as session:
        alerts.change(session, alerts.get(session, kept.id, lock=True), criteria=criteria.read(given))


def post(reference: str = "l", **given: Any) -> Listing:
    """A listing, published and committed."""
    with transaction() as session:
        return publish(session, reference, **given)


def confirmed(email: str = A, **given: Any) -> Alert:
    """A confirmed alert that is searchable."""
    with transaction() as session:
        made = alert(session, email, **given)
    do("sync_criteria", "match_alert")
    return made


@contextmanager
def while_percolating(
    monkeypatch: pytest.MonkeyPatch,
    *,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
) -> Iterator[None]:
    """Inside the block the first percolation has this happen before or after it, and others are as they are."""
    hooks = [(before, after)]

    def find(*given: Any, **named: Any) -> Any:
        first, last = hooks.pop() if hooks else (None, None)
        if first is not None:
            first()
        found = FIND(*given, **named)
        if last is not None:
            last()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(percolate, "find", find)
        yield
    assert not hooks, "the hook was never called"


STEPS = ("match_listing", "sync_criteria", "match_alert")
ORDERS = list(permutations(STEPS))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_an_alert_is_confirmed_before_a_listing_commits(order: tuple[str, ...], clean: Services) -> None:
    """Neither transaction sees the other, and the listing is new to the alert."""
    with transaction() as session:
        publish(session, "l")
        with transaction() as other:
            alert(other, A)
    do(*order)
    drain()
    assert ledger() == {(A, "l")}


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_a_listing_is_matched_before_the_confirmation_commits(order: tuple[str, ...], clean: Services) -> None:
    """The match saw no such alert and is over: only the alert can find the listing."""
    with transaction() as session:
        asked = ask(session, A)
    with transaction() as session:
        alerts.confirm(session, asked.id)
        post()
        do("match_listing")
    do(*order)
    drain()
    assert ledger() == {(A, "l")}


def test_a_listing_committed_before_the_confirmation_is_old(clean: Services) -> None:
    """However late it is matched."""
    with transaction() as session:
        asked = ask(session, A)
        post()
    with transaction() as session:
        alerts.confirm(session, asked.id)
    drain()
    assert ledger() == set()


@pytest.mark.parametrize("point", ["before", "percolating", "percolated", "after"])
@pytest.mark.parametrize("becomes", ["wanted", "unwanted"])
def test_criteria_change_while_a_listing_is_matched(
    point: str, becomes: str, clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a listing is matched, other criteria do not call it up again; until then it finds the criteria in force."""
    first, second = {"text": "kokki"}, {"text": "sairaanhoitaja"}
    if becomes == "unwanted":
        first, second = second, first
    kept = confirmed(**first)
    post()

    def change() -> None:
        edit(kept, **second)

    if point == "before":
        change()
    if point in {"before", "after"}:
        do("match_listing")
    else:
        hook = "before" if point == "percolating" else "after"
        with while_percolating(monkeypatch, **{hook: change}):
            do("match_listing")
    if point == "after":
        change()
    drain()
    assert ledger() == ({(A, "l")} if becomes == "wanted" and point != "after" else set())


@pytest.mark.parametrize("point", ["before", "after"])
def test_criteria_change_again_while_the_alert_catches_up(
    point: str, clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for the alert is wanted before, between and after: the catch-up that comes too late drops nothing."""
    kept = confirmed(text="sairaanhoitaja")
    post()
    do("match_listing")
    edit(kept, text="etsimme")
    do("sync_criteria")
    with while_percolating(monkeypatch, **{point: lambda: edit(kept, text="osastolle")}):
        do("match_alert")
    drain()
    assert ledger() == {(A, "l")}


def test_an_alert_ends_while_it_catches_up(clean: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = confirmed(text="sairaanhoitaja")
    post()
    do("match_listing")
    edit(kept, text="etsimme")
    do("sync_criteria")

    def end() -> None:
        with transaction() as session:
            alerts.end(session, alerts.get(session, kept.id, lock=True), "unsubscribed")

    with while_percolating(monkeypatch, after=end):
        do("match_alert")
    assert rows("SELECT count(*) FROM deliveries") == [(0,)]
    assert standing("mail_alert", "match_alert") == []


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


@pytest.mark.parametrize("text_", ["sairaanhoitaja", "kokki"])
def test_a_listing_is_edited_while_it_is_matched(
    text_: str, clean: Services, mails: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is of the old text: the new one is not noted as matched, and nothing is mailed until it is."""
    confirmed(text=text_)
    post()
    with while_percolating(monkeypatch, after=lambda: (post(description="<p>kokki</p>", title="Kokki"), None)[1]):
        do("match_listing")
    assert rows("SELECT matched_at FROM listings") == [(None,)]
    assert len(standing("match_listing")) == 1
    do("mail_alert")
    assert mails() == []
    drain()
    assert ledger() == ({(A, "l")} if text_ == "kokki" else set())
    assert len(mails()) == (1 if text_ == "kokki" else 0)


def test_a_match_that_saw_less_drops_nothing_that_the_alert_found(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listing's own percolation came before the stored query; the alert's catch-up enters the pair meanwhile."""
    with transaction() as session:
        publish(session, "l")
        with transaction() as other:
            alert(other, A)
    with while_percolating(monkeypatch, after=lambda: (do("sync_criteria", "match_alert"), None)[1]):
        do("match_listing")
    assert ledger() == {(A, "l")}


def test_an_edit_that_commits_before_the_mail_holds_its_listings_stops_it(
    clean: Services, mails: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed()
    post()
    do("match_listing")
    real = deliveries.to_tell

    def to_tell(*given: Any) -> list[Listing]:
        monkeypatch.undo()
        post(title="Kokki", description="<p>kokki</p>")
        return real(*given)

    monkeypatch.setattr(deliveries, "to_tell", to_tell)
    do("mail_alert")
    assert mails() == []
    drain()
    assert mails() == []


@pytest.mark.invariant(8)
def test_a_mail_that_was_taken_is_not_undone_by_a_deadlock(
    clean: Services, mails: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for the deliveries of a mail on its way may hold what is owed to the alert."""
    from matcher import smtp

    kept = confirmed()
    post()
    do("match_listing")
    real = smtp.send

    def other() -> None:
        with transaction() as session:
            # As one that has waited for longer than PostgreSQL waits before it looks for deadlocks.
            session.execute(text("SET LOCAL deadlock_timeout = '60s'"))
            session.execute(text("UPDATE owed SET version = nextval('change') WHERE job = 'mail_alert'"))
            session.execute(text("SELECT FROM deliveries WHERE alert_id = :alert FOR UPDATE"), {"alert": kept.id})

    waiting = threading.Thread(target=other)

    def send(*given: Any) -> None:
        real(*given)
        waiting.start()
        until_blocked(1)

    monkeypatch.setattr(smtp, "send", send)
    do("mail_alert")
    waiting.join()
    monkeypatch.undo()
    drain()
    assert len(mails()) == 1


def until_blocked(count: int) -> None:
    """Returns once so many transactions wait for a lock."""
    pause = threading.Event()
    for _ in range(2000):
        with transaction() as session:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            if session.execute(text(asked)).scalar_one() >= count:
                return
        pause.wait(0.005)
    raise AssertionError("nobody waits")


TWINS = ("One feed", "Other feed")


def twins(**given: Any) -> list[Listing]:
    """One vacancy in two feeds, committed together."""
    with transaction() as session:
        return [publish(session, "l", by=feed, **given) for feed in TWINS]


def told_feeds(email: str = A) -> list[str]:
    """The feeds whose ad of the vacancy stands in the ledger for this address."""
    found = rows(
        "SELECT e.name FROM deliveries d JOIN alerts a ON a.id = d.alert_id JOIN listings l ON l.id = d.listing_id "
        "JOIN employers e ON e.id = l.employer_id WHERE a.email = :email ORDER BY e.name",
        email=email,
    )
    return [name for (name,) in found]


@pytest.mark.invariant(8)
def test_twins_matched_by_two_workers_at_once_are_told_once(clean: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have found the alert and write into the ledger at the same time."""
    confirmed()
    twins()
    first, second = take("match_listing")
    both_found = threading.Barrier(2)
    one_waits = threading.Event()
    real_note = deliveries.note_matched

    def find(*given: Any) -> Any:
        found = FIND(*given)
        both_found.wait(10)
        return found

    def note(*given: Any) -> None:
        # The first to come here has entered its row and not committed; the other must be waiting for it.
        if not one_waits.is_set():
            one_waits.set()
            until_blocked(1)
        real_note(*given)

    monkeypatch.setattr(percolate, "find", find)
    monkeypatch.setattr(deliveries, "note_matched", note)
    failures: list[BaseException] = []

    def worker(debt: Any) -> None:
        try:
            work([debt])
        except BaseException as error:
            failures.append(error)
            raise

    workers = [threading.Thread(target=worker, args=(debt,)) for debt in (first, second)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert failures == []
    assert len(told_feeds()) == 1


@pytest.mark.parametrize("change", [{"employment": ("part_time",)}, {"description": "<p>kokki</p>", "title": "Kokki"}])
@pytest.mark.parametrize("feed", TWINS)
def test_when_the_twin_that_was_to_be_told_changes_the_other_is_told(
    feed: str, change: dict[str, Any], clean: Services
) -> None:
    """The one that waits in the digest is no longer wanted; its twin still is."""
    confirmed(text="sairaanhoitaja", employment=["full_time"], frequency="daily")
    with transaction() as session:
        publish(session, "l", by=feed)
    do("match_listing")
    [other] = set(TWINS) - {feed}
    with transaction() as session:
        publish(session, "l", by=other)
    do("match_listing")
    assert told_feeds() == [feed]
    with transaction() as session:
        publish(session, "l", by=feed, **change)
    drain()
    assert told_feeds() == [other]


def test_when_a_twin_that_was_told_changes_the_other_is_not_told_again(clean: Services) -> None:
    """A corrected word makes two vacancies of one; who knows of it is not told of the uncorrected one."""
    confirmed(text="sairaanhoitaja")
    confirmed("b@mail.example", text="sairaanhoitaja", frequency="daily")
    twins()
    do("match_listing", "mail_alert")
    [told] = told_feeds()
    with transaction() as session:
        publish(session, "l", by=told, description="<p>Etsimme sairaanhoitajaa osastolle heti.</p>")
    drain()
    assert told_feeds() == [told]


def test_listings_that_become_twins_while_both_wait_are_told_once(clean: Services) -> None:
    confirmed(frequency="daily")
    with transaction() as session:
        for feed in TWINS:
            publish(session, "l", by=feed, title=f"Sairaanhoitaja, {feed}")
    do("match_listing")
    assert told_feeds() == list(TWINS)
    twins()
    do("match_listing")
    assert len(told_feeds()) == 1
    drain()
    assert len(told_feeds()) == 1


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of these returned or raised, all of them begun at the same moment."""
    start = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int) -> None:
        start.wait(10)
        try:
            results[number] = acts[number]()
        except Exception as error:  # noqa: BLE001 - it is the result
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def confirm(alert_id: UUID) -> UUID:
    with transaction() as session:
        return alerts.confirm(session, alert_id).id


@pytest.mark.invariant(8)
def test_the_same_alert_asked_twice_and_confirmed_at_once_is_one(clean: Services) -> None:
    """The first to confirm has not committed when the second looks for it."""
    with transaction() as session:
        first, second = ask(session, A), ask(session, A)
    other = threading.Thread(target=confirm, args=(second.id,))
    with transaction() as session:
        alerts.confirm(session, first.id)
        other.start()
        until_blocked(1)
    other.join()
    assert rows("SELECT state, count(*) FROM alerts GROUP BY state ORDER BY state") == [("active", 1), ("ended", 1)]
    post()
    drain()
    assert len(rows("SELECT * FROM deliveries")) == 1


@pytest.mark.invariant(8)
def test_one_link_followed_twice_at_once_confirms_one_alert(clean: Services) -> None:
    with transaction() as session:
        asked = ask(session, A)
    assert at_once(*[lambda: confirm(asked.id)] * 4) == [asked.id] * 4
    assert rows("SELECT state FROM alerts") == [("active",)]


def test_an_alert_edited_into_one_that_is_being_confirmed_is_refused(clean: Services) -> None:
    """The editor learns of the other alert as soon as it is committed, by an error that says so."""
    confirmed("b@mail.example", text="sairaanhoitaja")  # so that confirming changes nothing of the criteria's row
    kept = confirmed(text="kokki")
    with transaction() as session:
        asked = ask(session, A, text="sairaanhoitaja")
    results: list[object] = []

    def edit_too() -> None:
        try:
            edit(kept, text="sairaanhoitaja")
        except Exception as error:  # noqa: BLE001 - it is the result
            results.append(error)

    editor = threading.Thread(target=edit_too)
    with transaction() as session:
        alerts.confirm(session, asked.id)
        editor.start()
        until_blocked(1)
    editor.join()
    assert [type(one) for one in results] == [Conflict]


@pytest.mark.parametrize("first", ["retire", "confirm"])
def test_criteria_are_retired_while_an_alert_with_them_is_confirmed(first: str, clean: Services) -> None:
    """The last alert with these criteria ended; another is confirmed just as their stored query is to go."""
    kept = confirmed()
    with transaction() as session:
        alerts.end(session, alerts.get(session, kept.id, lock=True), "unsubscribed")
        asked = ask(session, "b@mail.example")
    clock.set_ahead(timedelta(minutes=11))
    if first == "retire":
        with transaction() as session:
            assert stored_criteria.retire(session, kept.criteria_id)
            confirmer = threading.Thread(target=confirm, args=(asked.id,))
            confirmer.start()
            until_blocked(1)
        confirmer.join()
    else:
        with transaction() as session:
            alerts.confirm(session, asked.id)
            retirer = threading.Thread(target=lambda: do("retire_criteria"))
            retirer.start()
            until_blocked(1)
        retirer.join()
    assert rows("SELECT live FROM criteria") == [(True,)]
    drain()
    post()
    drain()
    assert ledger() == {("b@mail.example", "l")}


class Swapping:
    """A reindex of the alerts, done up to the moment when the new index is about to be read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.swap: Callable[[], None] = lambda: None
        self.patch = monkeypatch

    def until_swap(self, then: Callable[[], None]) -> None:
        """Rebuild; when everything is ready `then` happens, which calls `swap` when it is time."""
        indices = client().indices
        real = indices.update_aliases

        def update_aliases(**given: Any) -> Any:
            answers: list[Any] = []
            self.swap = lambda: answers.append(real(**given))
            self.patch.undo()
            then()
            return answers[0] if answers else real(**given)

        self.patch.setattr(indices, "update_aliases", update_aliases)
        with transaction() as session:
            generation = rebuild.begin(session, "alerts")
        while not rebuild.build(generation.id):
            pass
        with transaction() as session:
            assert generations.get(session, generation.id).state == "live"


@pytest.mark.promise("S2")
def test_the_index_is_swapped_between_the_stored_query_and_the_percolation(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alert refreshed what was read then; the percolation reads the new index, where its query is as visible."""
    reindex = Swapping(monkeypatch)

    def meanwhile() -> None:
        with transaction() as session:
            publish(session, "l")
            with transaction() as other:
                alert(other, A)
        do("match_listing", "sync_criteria")
        with monkeypatch.context() as patch:
            patch.setattr(percolate, "find", lambda *given, **named: (reindex.swap(), FIND(*given, **named))[1])
            do("match_alert")

    reindex.until_swap(meanwhile)
    assert ledger() == {(A, "l")}


def live_indexes() -> list[str]:
    """What the alias of the alerts names."""
    return list(client().indices.get_alias(name=alias("alerts")))


def build() -> None:
    """A whole reindex of the alerts."""
    with transaction() as session:
        generation = rebuild.begin(session, "alerts")
    while not rebuild.build(generation.id):
        pass


@pytest.mark.promise("S2")
def test_a_build_that_a_second_worker_finished_is_not_swapped_again(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of the first ran out while it proved its index; by the time it goes on, a later reindex is read."""
    confirmed()
    real = verify.differences
    later: list[str] = []

    def overtaken(*given: Any) -> Any:
        monkeypatch.undo()
        found = real(*given)
        [(building,)] = rows("SELECT id FROM generations WHERE state = 'building'")
        assert rebuild.build(building)
        build()
        later.extend(live_indexes())
        return found

    monkeypatch.setattr(verify, "differences", overtaken)
    build()
    assert live_indexes() == later
    assert rows("SELECT index_name FROM generations WHERE kind = 'alerts' AND state = 'live'") == [(later[0],)]


@pytest.mark.promise("S2", "S3")
def test_a_swap_that_died_before_its_rows_were_written_is_done_again(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed()
    indices = client().indices
    real = indices.update_aliases

    class Crash(BaseException):
        pass

    def swap_and_die(**given: Any) -> None:
        real(**given)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(indices, "update_aliases", swap_and_die)
        with pytest.raises(Crash):
            build()
    [(building,)] = rows("SELECT id FROM generations WHERE state = 'building'")
    while not rebuild.build(building):
        pass
    live = rows("SELECT index_name FROM generations WHERE kind = 'alerts' AND state = 'live'")
    assert [(name,) for name in live_indexes()] == live
    post()
    drain()
    assert ledger() == {(A, "l")}
