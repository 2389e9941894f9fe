"""Copies, shortlists, the log that the person reads, and unusual use: rows that show no more than they may."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from store import (
    access_log,
    accounts,
    clock,
    consents,
    copies,
    cvs,
    employers,
    settings,
    shortlists,
    unusual_use,
    visibility,
)
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from store.errors import Conflict, Invalid, NotFound, TooMany
from store.shortlists import Shortlist
from store.unusual_use import UnusualUse
from tests.conftest import Services
from tests.making import publish
from tests.recruiting import CONTACT, noted, person, recruiter


@pytest.fixture
def aino(clean: Services) -> Cv:
    with transaction() as session:
        return person(session)


@pytest.fixture
def rita(clean: Services) -> Account:
    with transaction() as session:
        return recruiter(session)


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Chooses settings for a test."""

    def choose(**given: Any) -> None:
        made = replace(settings.get(), **given)
        monkeypatch.setattr(settings, "get", lambda: made)

    return choose


def change(cv: Cv, by: Callable[..., None], *given: object) -> None:
    with transaction() as session:
        by(session, session.get_one(Cv, cv.id), *given)


def later(**by: float) -> None:
    clock.set_ahead(clock.ahead() + timedelta(**by))


# Copies


def hand(cv: Cv, name: str = "Rekry Oy", listing: UUID | None = None) -> UUID:
    with transaction() as session:
        person_ = accounts.get(session, cv.account_id)
        return copies.hand_over(session, person_, copies.employer_of(session, name), listing).id


def body(copy: UUID) -> dict[str, Any]:
    with transaction() as session:
        return session.get_one(copies.Copy, copy).body


@pytest.mark.promise("A4")
def test_a_private_cv_is_handed_over_as_it_was_to_one_employer(clean: Services, rita: Account) -> None:
    with transaction() as session:
        aino = person(session, visible=False, summary="Hetu 131052-308T.")
        other = recruiter(session, "Muu Oy", None)
    change(aino, cvs.hide_fields, ["skills", "contact.phone"])
    copy = hand(aino)
    handed = body(copy)
    assert handed["contact"] == {"name": "Aino Esimerkki", "email": "aino@kirje.example"}
    assert handed["headline"] == "Sairaanhoitaja"
    assert not {"skills", "references", "self_stated"} & set(handed)
    assert "131052" not in handed["summary"]
    with transaction() as session:
        cvs.save(session, aino.account_id, {"headline": "Kokki", "contact": CONTACT})
    assert body(copy) == handed
    with transaction() as session:
        assert copies.get(session, copy, rita.employer_id).id == copy
        with pytest.raises(NotFound):
            copies.get(session, copy, other.employer_id)
        assert copies.of_employer(session, other.employer_id, None, 10) == []
        [(mine, employer)] = copies.of_person(session, aino.account_id)
        assert (mine.id, employer.name) == (copy, "Rekry Oy")


@pytest.mark.promise("A4")
def test_a_blocked_employer_can_be_handed_a_copy(aino: Cv, rita: Account) -> None:
    change(aino, cvs.block, [visibility.name_key("Rekry Oy")])
    with transaction() as session:
        assert copies.get(session, hand(aino), rita.employer_id).body["headline"] == "Sairaanhoitaja"


def test_an_employer_is_named_by_id_business_id_or_name(aino: Cv, rita: Account) -> None:
    with transaction() as session:
        own = employers.get(session, rita.employer_id or uuid4())
        own.business_id = "fi:01120389"
    for name in ("Rekry Oy", " Rekry Oy ", str(rita.employer_id), "0112038-9", "fi:01120389"):
        assert body(hand(aino, name))
    with transaction() as session:
        employers.named(session, "Without a business id Oy")
    for name in ("Rekry", str(uuid4()), "0112038-8", "'; --"):
        with pytest.raises(Invalid) as wrong:
            hand(aino, name)
        assert wrong.value.problems[0].field == "employer"


def test_a_copy_is_for_a_listing_of_that_employer_only(aino: Cv, rita: Account) -> None:
    with transaction() as session:
        theirs = publish(session, "a", by="Rekry Oy").id
        others = publish(session, "b", by="Muu Oy").id
    with transaction() as session:
        assert copies.get(session, hand(aino, listing=theirs), rita.employer_id).listing_id == theirs
    for wrong in (others, uuid4()):
        with pytest.raises(Invalid):
            hand(aino, listing=wrong)


def test_without_terms_or_without_measure_nothing_is_handed_over(
    aino: Cv, rita: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "DAILY", 2)
    hand(aino)
    hand(aino)
    with pytest.raises(Conflict):
        hand(aino)
    later(hours=25)
    hand(aino)
    with transaction() as session:
        consents.withdraw(session, aino.account_id, consents.TERMS)
    with pytest.raises(Conflict):
        hand(aino)


@pytest.mark.promise("D2")
def test_copies_go_with_the_account_and_outlive_the_cv(aino: Cv, rita: Account) -> None:
    copy = hand(aino)
    with transaction() as session:
        cvs.delete(session, cvs.of(session, aino.account_id))
    with transaction() as session:
        kept = copies.get(session, copy, rita.employer_id)
        assert copies.cv_of(session, kept) is None
    with transaction() as session:
        session.delete(accounts.get(session, aino.account_id, lock=True))
    with transaction() as session, pytest.raises(NotFound):
        copies.get(session, copy, rita.employer_id)


def test_copies_are_listed_in_parts_the_newest_first(aino: Cv, rita: Account) -> None:
    made = [hand(aino) for _ in range(5)]
    with transaction() as session:
        first = copies.of_employer(session, rita.employer_id, None, 3)
        rest = copies.of_employer(session, rita.employer_id, first[-1].id, 3)
    assert [one.id for one in [*first, *rest]] == made[::-1]


# Shortlists


def shortlist(by: Account, name: str = "Yövuoro") -> Shortlist:
    with transaction() as session:
        assert by.employer_id is not None
        return shortlists.create(session, by.employer_id, name)


def put(on: Shortlist, cv: Cv, by: Account, note: str = "") -> bool:
    with transaction() as session:
        return shortlists.put(session, on, cv.id, note, by, visibility.sql(visibility.viewer(session, by)))


def on(listed: Shortlist, by: Account) -> list[tuple[UUID, str]]:
    with transaction() as session:
        rule = visibility.sql(visibility.viewer(session, by))
        return [(cv.id, entry.note) for entry, cv in shortlists.entries(session, listed, rule)]


@pytest.mark.promise("R2", "A3", "A8")
def test_a_shortlist_shows_whom_the_rule_shows_now(aino: Cv, rita: Account) -> None:
    with transaction() as session:
        timo = person(session, "timo@mail.example")
    listed = shortlist(rita)
    assert put(listed, aino, rita, "soita")
    later(seconds=1)
    assert put(listed, timo, rita)
    assert not put(listed, aino, rita, "soitettu")
    assert on(listed, rita) == [(timo.id, ""), (aino.id, "soitettu")]
    change(aino, cvs.show, False)
    assert on(listed, rita) == [(timo.id, "")]
    with pytest.raises(NotFound):
        put(listed, aino, rita)
    change(timo, cvs.block, [visibility.name_key("Rekry Oy")])
    assert on(listed, rita) == []
    change(aino, cvs.show, True)
    assert on(listed, rita) == [(aino.id, "soitettu")]
    with transaction() as session:
        employers.withdraw(session, employers.get(session, rita.employer_id or uuid4()))
    assert on(listed, rita) == []


def test_the_limit_of_a_shortlist_does_not_count_the_hidden(
    aino: Cv, rita: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortlists, "ENTRIES", 1)
    with transaction() as session:
        timo = person(session, "timo@mail.example")
    listed = shortlist(rita)
    put(listed, aino, rita)
    with pytest.raises(Conflict):
        put(listed, timo, rita)
    put(listed, aino, rita, "one who is there can be noted of")
    change(aino, cvs.show, False)
    put(listed, timo, rita)


def test_shortlists_are_an_employers_own(aino: Cv, rita: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        other = recruiter(session, "Muu Oy", None)
    listed = shortlist(rita)
    with pytest.raises(Conflict):
        shortlist(rita)
    shortlist(other)
    with transaction() as session:
        assert shortlists.get(session, listed.id, rita.employer_id or uuid4()).name == "Yövuoro"
        with pytest.raises(NotFound):
            shortlists.get(session, listed.id, other.employer_id or uuid4())
    monkeypatch.setattr(shortlists, "MOST", 1)
    with pytest.raises(Conflict):
        shortlist(rita, "toinen")
    put(listed, aino, rita)
    with transaction() as session:
        shortlists.take_off(session, listed, aino.id)
        shortlists.take_off(session, listed, uuid4())
    assert on(listed, rita) == []
    put(listed, aino, rita)
    with transaction() as session:
        shortlists.remove(session, session.get_one(Shortlist, listed.id))
    with transaction() as session:
        assert shortlists.of(session, rita.employer_id or uuid4()) == []


# The log


def look(cv: Cv, by: Account, action: str, asked: dict[str, Any] | None = None) -> None:
    with transaction() as session:
        if asked is None:
            access_log.note(session, by, action, [cv.id])
        else:
            access_log.note_search(session, by, asked, 1, [cv.id])


def log_of(cv: Cv, before: int | None = None, size: int = 100, zone: str = "UTC") -> list[access_log.Look]:
    with transaction() as session:
        return access_log.of_person(session, session.get_one(Cv, cv.id), before, size, zone)


@pytest.mark.promise("A9")
def test_the_person_reads_who_found_and_opened_the_cv_with_which_search(aino: Cv, rita: Account) -> None:
    with transaction() as session:
        other = recruiter(session, "Muu Oy", None)
        timo = person(session, "timo@mail.example")
    clock.set_ahead(datetime(2027, 3, 9, 9, tzinfo=UTC) - datetime.now(UTC))
    nurse = {"text": "sairaanhoitaja", "places": ["fi-837"]}
    look(aino, rita, access_log.FOUND, nurse)
    look(aino, rita, access_log.FOUND, {**nurse, "page": 2})
    look(aino, rita, access_log.FOUND, {"text": "kokki"})
    look(aino, rita, access_log.OPENED)
    look(aino, rita, access_log.OPENED)
    look(aino, other, access_log.OPENED)
    look(timo, rita, access_log.OPENED)
    later(days=1)
    look(aino, rita, access_log.OPENED)
    log = log_of(aino)
    assert [(one.employer, one.action, one.times, one.asked) for one in log] == [
        ("Rekry Oy", "opened", 1, None),
        ("Muu Oy", "opened", 1, None),
        ("Rekry Oy", "opened", 2, None),
        ("Rekry Oy", "found", 1, {"text": "kokki"}),
        ("Rekry Oy", "found", 2, nurse),
    ]
    assert log[0].at - log[2].at > timedelta(hours=23)
    assert log[2].first_at < log[2].at
    first = log_of(aino, size=2)
    assert [*first, *log_of(aino, before=first[-1].number)] == log


def test_a_day_is_one_where_the_person_is(aino: Cv, rita: Account) -> None:
    """Half past ten in the evening and one o'clock UTC are both of 10 March in Helsinki."""
    clock.set_ahead(datetime(2027, 3, 9, 22, 30, tzinfo=UTC) - datetime.now(UTC))
    look(aino, rita, access_log.OPENED)
    later(hours=2, minutes=30)
    look(aino, rita, access_log.OPENED)
    assert [one.times for one in log_of(aino)] == [1, 1]
    assert [one.times for one in log_of(aino, zone="Europe/Helsinki")] == [2]


@pytest.mark.promise("A9")
def test_a_recruiter_who_is_gone_leaves_the_employer_in_the_log(aino: Cv, rita: Account) -> None:
    look(aino, rita, access_log.OPENED)
    with transaction() as session:
        session.delete(accounts.get(session, rita.id, lock=True))
    assert [one.employer for one in log_of(aino)] == ["Rekry Oy"]
    assert noted(aino.id) == [("Rekry Oy", "opened")]


# Unusual use


def check(by: Account, kind: str, amount: int = 1) -> None:
    with transaction() as session:
        unusual_use.check(session, by, kind, amount)


def note_and_check(cv: Cv, by: Account) -> None:
    """A call that notes first and is refused then."""
    with transaction() as session:
        access_log.note(session, by, access_log.OPENED, [cv.id])
        unusual_use.check(session, by, unusual_use.OPENED, 1)


def uses() -> list[UnusualUse]:
    with transaction() as session:
        return list(session.scalars(select(UnusualUse).order_by(UnusualUse.id)))


@pytest.mark.promise("R1")
def test_beyond_a_limit_a_recruiter_waits_and_an_admin_hears_of_it(
    aino: Cv, rita: Account, chosen: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    chosen(searches_hourly=3)
    for minute in range(3):
        check(rita, unusual_use.SEARCHES)
        look(aino, rita, access_log.FOUND, {"text": f"salainen{minute}"})
        later(minutes=10)
    with caplog.at_level(logging.WARNING, logger="vahti"), pytest.raises(TooMany) as refused:
        check(rita, unusual_use.SEARCHES)
    assert 29 * 60 < refused.value.seconds <= 30 * 60, "until the first of them is an hour old"
    [use] = uses()
    assert (use.kind, use.amount, use.allowed, use.account_id) == ("searches_hourly", 4, 3, rita.id)
    for word in ("rita", "Rekry", "salainen", str(rita.id)):
        assert word not in caplog.text
    assert "searches_hourly" in caplog.text
    with pytest.raises(TooMany):
        check(rita, unusual_use.SEARCHES)
    [use] = uses()
    assert use.amount == 5
    with transaction() as session:
        assert unusual_use.count_open(session) == 1
        check(recruiter(session, "Muu Oy", None), unusual_use.SEARCHES)
    later(minutes=30, seconds=1)
    check(rita, unusual_use.SEARCHES)


@pytest.mark.promise("R1")
@pytest.mark.parametrize(
    ("kind", "setting", "action", "window"),
    [
        (unusual_use.SEARCHES, "found_daily", access_log.FOUND, timedelta(hours=24)),
        (unusual_use.OPENED, "opened_hourly", access_log.OPENED, timedelta(hours=1)),
        (unusual_use.OPENED, "opened_daily", access_log.OPENED, timedelta(hours=24)),
        (unusual_use.EXPORTED, "exported_daily", access_log.EXPORTED, timedelta(hours=24)),
    ],
)
def test_cvs_count_once_each(
    kind: str, setting: str, action: str, window: timedelta, rita: Account, chosen: Callable[..., None]
) -> None:
    chosen(**{setting: 2})
    with transaction() as session:
        made = [person(session, None) for _ in range(2)]
    for _ in range(3):
        look(made[0], rita, action)
    check(rita, kind)
    later(minutes=1)
    look(made[1], rita, action)
    with pytest.raises(TooMany) as refused:
        check(rita, kind)
    assert window - timedelta(seconds=65) < timedelta(seconds=refused.value.seconds) < window
    assert [(use.kind, use.allowed) for use in uses()] == [(setting, 2)]
    later(seconds=refused.value.seconds)
    check(rita, kind)
    chosen(**{setting: 0})
    look(made[0], rita, action)
    check(rita, kind)


def test_more_than_is_ever_allowed_waits_for_a_whole_window(rita: Account, chosen: Callable[..., None]) -> None:
    chosen(exported_daily=2)
    with pytest.raises(TooMany) as refused:
        check(rita, unusual_use.EXPORTED, 3)
    assert refused.value.seconds == 24 * 3600
    check(rita, unusual_use.EXPORTED, 2)


@pytest.mark.promise("R1")
def test_the_note_outlives_the_call_that_is_refused_and_is_one_a_day(
    aino: Cv, rita: Account, chosen: Callable[..., None]
) -> None:
    chosen(opened_hourly=1)
    look(aino, rita, access_log.OPENED)
    with pytest.raises(TooMany):
        note_and_check(aino, rita)
    assert noted(aino.id) == [("Rekry Oy", "opened")], "the call is rolled back"
    later(days=1)
    look(aino, rita, access_log.OPENED)
    with pytest.raises(TooMany):
        check(rita, unusual_use.OPENED)
    assert len({use.day for use in uses()}) == 2
    number = uses()[0].id
    with transaction() as session:
        admin = accounts.create(session, accounts.ADMIN, None)
        first, employer = unusual_use.see(session, number, admin.id)
        assert (first.seen_by, employer.name) == (admin.id, "Rekry Oy")
        with pytest.raises(NotFound):
            unusual_use.see(session, 10**9, admin.id)
    with transaction() as session:
        assert [row.id for row, _ in unusual_use.listed(session, unseen=True, before=None, size=9)] == [uses()[1].id]
        everything = unusual_use.listed(session, unseen=False, before=None, size=9)
        assert [row.id for row, _ in everything] == [use.id for use in reversed(uses())]
        assert len(unusual_use.listed(session, unseen=False, before=uses()[1].id, size=9)) == 1
        assert unusual_use.count_open(session) == 1


def test_counting_uses_the_index(clean: Services, rita: Account) -> None:
    with transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            session.scalars(
                text("EXPLAIN SELECT max(at) FROM access_log WHERE account_id = :a AND at > now() GROUP BY cv_id"),
                {"a": rita.id},
            )
        )
    assert "access_log_account" in plan
