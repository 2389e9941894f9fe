"""The order in which work is done: what dies in the middle is still owed, and nothing falls between a build of an index
and the workers beside it."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.orm import Session

from indexer import rebuild, sync, verify
from indexer.kinds import KINDS, Kind, Row
from mappings.client import client
from mappings.indexes import alias
from matcher import percolate, smtp
from store import employers, generations, listings, owed
from store.database import transaction
from store.generations import Generation
from tests.conftest import Services
from tests.integration.by_hand import do, drain, standing
from tests.making import alert, ask, publish

LISTINGS = KINDS["listings"]

# Where each kind of work asks somebody outside: there it may be dead before it hears the answer.
OUTSIDE: dict[str, tuple[ModuleType, str]] = {
    "sync_listing": (sync, "write"),
    "sync_criteria": (sync, "write"),
    "match_listing": (percolate, "find"),
    "match_alert": (percolate, "find"),
    "mail_alert": (smtp, "send"),
    "mail_confirmation": (smtp, "send"),
}


class Died(BaseException):
    """A worker is no more."""


@pytest.mark.parametrize("job", list(OUTSIDE))
def test_work_that_dies_where_it_asks_outside_is_still_owed(
    job: str, clean: Services, mails: Callable[[], list[EmailMessage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is settled before it is done is lost with whoever was doing it."""
    if job == "mail_confirmation":
        with transaction() as session:
            ask(session)
    elif job == "match_alert":
        # Neither transaction sees the other, and the listing is matched before the alert is there.
        with transaction() as session:
            with transaction() as other:
                publish(other)
                alert(session)
            do("match_listing")
        do("sync_criteria")
    else:
        with transaction() as session:
            alert(session)
        if job != "sync_criteria":
            do("sync_criteria", "match_alert")
        with transaction() as session:
            publish(session)
            publish(session, "a-2", title="Sairaanhoitaja, osasto 2")  # of two the mail is left to another worker
        if job == "mail_alert":
            do("match_listing")

    def dead(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(*OUTSIDE[job], dead)
        with pytest.raises(Died):
            do(job)
    assert standing(job), f"{job} was settled before it was done"
    drain()
    assert [mail["To"] for mail in mails()] == ["kaisa@mail.example"]
    for kind, name in live().items():
        assert verify.differences(KINDS[kind], name) == []


def live() -> dict[str, str]:
    """The index of each kind that is read."""
    found = {}
    for kind in KINDS:
        [found[kind]] = client().indices.get_alias(name=alias(kind))
    return found


def state_of(generation: Generation) -> Generation:
    with transaction() as session:
        return generations.get(session, generation.id)


def finish(generation: Generation) -> None:
    """Take the build to its end; its proof finds nothing that would have to be written again."""
    while not rebuild.build(generation.id):
        assert not state_of(generation).differences, "the build had to be repaired"
    row = state_of(generation)
    assert (row.state, row.differences, row.error) == ("live", 0, None)
    assert verify.differences(LISTINGS, generation.index_name) == []


def test_a_worker_that_has_read_its_rows_writes_to_a_build_that_begins_then(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which indexes are written is read after the rows: none that began by then is left out."""
    with transaction() as session:
        row = publish(session)
        debts = owed.read(session, "sync_listing", [str(row.id)])
        generation = rebuild.begin(session, "listings")
    read = Kind.rows

    def read_and_begin(kind: Kind, session: Session, subjects: list[str]) -> dict[str, Row]:
        found = read(kind, session, subjects)
        assert not rebuild.build(generation.id)
        assert state_of(generation).state == "building"
        return found

    monkeypatch.setattr(Kind, "rows", read_and_begin)
    sync.bring(LISTINGS, debts)
    monkeypatch.undo()
    assert client().exists(index=generation.index_name, id=str(row.id)), "the worker left out the index being built"
    finish(generation)


def test_what_changes_after_the_first_page_of_a_build_was_read_reaches_it(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build reads no row before every worker writes to it: else what it read would be old, and stay."""
    with transaction() as session:
        for number in range(3):
            publish(session, f"a-{number}")
    do("sync_listing")
    with transaction() as session:
        generation = rebuild.begin(session, "listings")
    read = Kind.page
    changed: list[str] = []

    def read_and_change(kind: Kind, session: Session, after: str | None, size: int) -> list[Any]:
        found: list[Any] = read(kind, session, after, size)
        if not changed:
            with transaction() as other:
                listings.close(other, employers.named(other, "Pohjolan hoiva"), "a-0")
                publish(other, "a-1", title="Corrected")
                publish(other, "new")
            changed.extend(["a-0", "a-1", "new"])
            assert do("sync_listing") == len(changed)
        return found

    monkeypatch.setattr(Kind, "page", read_and_change)
    finish(generation)
    assert changed
