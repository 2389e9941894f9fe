"""Each listing is mailed once, when it is due, and not any more once somebody withdrew, closed or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from matcher import match, smtp
from store import alerts, claims, clock, consents, criteria, deliveries, employers, links, listings, owed, settings
from store.alerts import Alert
from store.database import transaction
from store.errors import Forbidden, NotFound
from tests.conftest import Services
from tests.making import alert, ask, publish

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]
Refuse = Callable[[dict[str, str]], None]


def plain(message: EmailMessage) -> str:
    """The text part."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def told(mails: list[EmailMessage]) -> list[tuple[str, str]]:
    """Address and title of every listing that the mails tell of, in order."""
    titles = re.compile(r"^(Job \w+)", re.M)
    return [(str(message["To"]), title) for message in mails for title in titles.findall(plain(message))]


def post(reference: str, **given: Any) -> None:
    with transaction() as session:
        publish(session, reference, title=f"Job {reference}", **{"description": "<p>sairaanhoitaja</p>", **given})


def close(reference: str) -> None:
    with transaction() as session:
        listings.close(session, employers.named(session, "Pohjolan hoiva"), reference)


def confirmed(email: str = "kaisa@mail.example", **given: Any) -> Alert:
    with transaction() as session:
        return alert(session, email, **given)


@pytest.mark.promise("W2")
def test_nothing_but_the_question_goes_to_an_address_that_is_not_confirmed(work: Work, mails: Mails) -> None:
    with transaction() as session:
        asked = ask(session)
    work()
    post("a")
    work()
    [question] = mails()
    assert question["To"] == "kaisa@mail.example"
    assert "List-Unsubscribe" not in question
    with transaction() as session:
        alerts.confirm(session, asked.id)
    work()
    post("b")
    work()
    assert told(mails()[1:]) == [("kaisa@mail.example", "Job b")]


@pytest.mark.promise("W3", "W4")
@pytest.mark.invariant(8)
def test_the_first_match_goes_at_once_and_the_next_ones_together(work: Work, mails: Mails) -> None:
    confirmed(text="sairaanhoitaja", places=["fi-837"])
    work()
    post("a")
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job a")]
    assert "sairaanhoitaja, Tampere" in plain(mails()[0])
    post("b")
    post("c")
    work()
    assert len(mails()) == 1, "the grouping window is still open"
    clock.set_ahead(clock.ahead() + timedelta(seconds=61))
    work()
    assert len(mails()) == 2
    assert sorted(told(mails())) == [("kaisa@mail.example", f"Job {name}") for name in "abc"]
    work()
    assert len(mails()) == 2


def test_a_mail_is_of_one_message_id_and_can_be_left_in_one_click(work: Work, mails: Mails) -> None:
    kept = confirmed()
    work()
    post("a")
    work()
    [message] = mails()
    with transaction() as session:
        mail_id = session.execute(text("SELECT id FROM mails")).scalar_one()
    assert str(mail_id) in message["Message-ID"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [token] = re.findall(r"token=([^>]+)>", message["List-Unsubscribe"])
    assert links.read(links.MANAGE, token) == kept.id
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.promise("W3")
@pytest.mark.parametrize(
    ("frequency", "sent_at"),
    [("daily", datetime(2027, 3, 10, 5, 0, tzinfo=UTC)), ("weekly", datetime(2027, 3, 15, 5, 0, tzinfo=UTC))],
)
def test_digests_go_at_seven_where_the_person_is(frequency: str, sent_at: datetime, work: Work, mails: Mails) -> None:
    """Helsinki is two hours ahead of UTC in March; 15 March 2027 is a Monday."""
    clock.set_ahead(datetime(2027, 3, 9, 12, tzinfo=UTC) - datetime.now(UTC))
    confirmed(frequency=frequency)
    work()
    post("a")
    post("b")
    work()
    assert mails() == []
    clock.set_ahead(sent_at - timedelta(minutes=1) - datetime.now(UTC))
    work()
    assert mails() == []
    clock.set_ahead(sent_at + timedelta(seconds=1) - datetime.now(UTC))
    work()
    [message] = mails()
    assert sorted(told([message])) == [("kaisa@mail.example", "Job a"), ("kaisa@mail.example", "Job b")]


def test_a_digest_keeps_its_hour_when_the_clocks_change(clean: Services) -> None:
    """From 27 to 28 March 2027 Finland goes to summer time: seven o'clock is 5 h, then 4 h UTC."""
    with transaction() as session:
        moments = [
            session.execute(
                text("SELECT next_mail_at('daily', 'Europe/Helsinki', 7, NULL, :at)"), {"at": at}
            ).scalar_one()
            for at in (datetime(2027, 3, 26, 12, tzinfo=UTC), datetime(2027, 3, 27, 12, tzinfo=UTC))
        ]
    assert moments == [datetime(2027, 3, 27, 5, tzinfo=UTC), datetime(2027, 3, 28, 4, tzinfo=UTC)]


@pytest.mark.promise("W6")
@pytest.mark.parametrize("withdraw", ["end", "pause"])
def test_what_was_matched_and_not_sent_is_not_sent_after_withdrawing(withdraw: str, work: Work, mails: Mails) -> None:
    kept = confirmed(frequency="daily")
    work()
    post("a")
    work()
    with transaction() as session:
        row = alerts.get(session, kept.id)
        alerts.end(session, row, "unsubscribed") if withdraw == "end" else alerts.pause(session, row)
    clock.set_ahead(timedelta(days=2))
    work()
    assert mails() == []
    with transaction() as session:
        assert session.execute(text("SELECT count(*) FROM deliveries")).scalar_one() == 0
        row = alerts.get(session, kept.id)
        if withdraw == "pause":
            alerts.resume(session, row)
        else:
            assert row.email is None
    work()
    post("b")
    clock.set_ahead(timedelta(days=4))
    work()
    clock.set_ahead(timedelta(days=6))
    work()
    assert told(mails()) == ([("kaisa@mail.example", "Job b")] if withdraw == "pause" else [])


def test_a_listing_closed_before_sending_is_not_sent_and_a_reopened_one_is(work: Work, mails: Mails) -> None:
    confirmed(frequency="daily")
    work()
    post("a")
    post("b")
    work()
    close("a")
    close("b")
    work()
    post("b")
    work()
    clock.set_ahead(timedelta(days=2))
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job b")]


@pytest.mark.promise("L1")
def test_an_edit_that_is_not_material_never_mails_again_and_no_pair_is_mailed_twice(work: Work, mails: Mails) -> None:
    confirmed()
    work()
    post("a")
    work()
    assert len(mails()) == 1
    clock.set_ahead(timedelta(hours=1))
    with transaction() as session:
        before = publish(session, "a", title="Job a", description="<p>sairaanhoitaja</p>").version
    post("a", description="<p>sairaanhoitaja <br></p>", apply_url="https://other.example/")
    with transaction() as session:
        owes = session.execute(text("SELECT job FROM owed")).scalars().all()
        assert "match_listing" not in owes
        assert session.execute(text("SELECT max(version) FROM listings")).scalar_one() > before
    work()
    # A material edit is matched again: the pair stands in the ledger, and a new alert would be told.
    post("a", description="<p>sairaanhoitaja ja kokki</p>")
    work()
    assert len(mails()) == 1


def test_a_material_edit_reaches_the_alerts_that_match_only_now(work: Work, mails: Mails) -> None:
    confirmed(text="kokki")
    work()
    post("a")
    work()
    assert mails() == []
    post("a", description="<p>kokki</p>")
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job a")]


def test_a_listing_that_no_longer_matches_is_taken_out_of_the_digest(work: Work, mails: Mails) -> None:
    confirmed(text="sairaanhoitaja", places=["fi-837"], frequency="daily")
    work()
    post("a")
    post("b")
    work()
    post("a", places=("fi-091",))
    work()
    clock.set_ahead(timedelta(days=2))
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job b")]


def test_changed_criteria_hold_for_what_waits(work: Work, mails: Mails) -> None:
    kept = confirmed(text="sairaanhoitaja", frequency="daily")
    work()
    post("a", places=("fi-837",))
    post("b", places=("fi-091",))
    work()
    with transaction() as session:
        alerts.change(session, alerts.get(session, kept.id), criteria=criteria.read({"places": ["fi-091"]}))
    work()
    clock.set_ahead(timedelta(days=2))
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job b")]


def test_one_vacancy_from_two_feeds_is_mailed_once(work: Work, mails: Mails) -> None:
    confirmed()
    work()
    with transaction() as session:
        for feed in ("One feed", "Other feed"):
            publish(session, "a", by=feed, title="Job a", description="<p>sairaanhoitaja &amp; muuta</p>")
    work()
    with transaction() as session:
        publish(session, "again", by="Third feed", title="Job A", description="sairaanhoitaja &amp; <b>muuta</b>!")
    clock.set_ahead(timedelta(hours=1))
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job a")]


def test_the_twin_of_a_closed_listing_is_mailed_in_its_place(work: Work, mails: Mails) -> None:
    confirmed(frequency="daily")
    work()
    with transaction() as session:
        publish(session, "a", by="One feed", title="Job a", description="<p>sairaanhoitaja</p>")
    work()
    with transaction() as session:
        publish(session, "a", by="Other feed", title="Job a", description="<p>sairaanhoitaja</p>")
    work()
    with transaction() as session:
        listings.close(session, employers.named(session, "One feed"), "a")
    work()
    clock.set_ahead(timedelta(days=2))
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job a")]


def test_the_same_ad_a_season_later_is_a_new_vacancy(work: Work, mails: Mails) -> None:
    confirmed()
    work()
    post("summer")
    work()
    close("summer")
    clock.set_ahead(timedelta(days=300))
    with transaction() as session:
        publish(session, "next-summer", title="Job summer", description="<p>sairaanhoitaja</p>")
    work()
    assert len(told(mails())) == 2


@pytest.mark.promise("L1")
def test_a_future_publication_is_mailed_when_it_is_due(work: Work, mails: Mails) -> None:
    confirmed()
    work()
    post("a", published_at=clock.now() + timedelta(days=3))
    work()
    assert mails() == []
    clock.set_ahead(timedelta(days=3, seconds=1))
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job a")]


def test_a_listing_past_its_deadline_is_expired_and_not_mailed(work: Work, mails: Mails) -> None:
    confirmed(frequency="daily")
    work()
    post("a", deadline=clock.now() + timedelta(hours=1))
    work()
    clock.set_ahead(timedelta(days=2))
    work()
    assert mails() == []
    with transaction() as session:
        assert session.execute(text("SELECT state FROM listings")).scalar_one() == "expired"


def test_a_full_mailbox_is_asked_again_ever_more_rarely(work: Work, mails: Mails, refuse: Refuse) -> None:
    refuse({"kaisa@mail.example": "452 4.2.2 mailbox full"})
    confirmed()
    work()
    post("a")
    work()
    with transaction() as session:
        [first] = _waiting(session)
    clock.set_ahead(clock.ahead() + timedelta(seconds=6))
    work()
    with transaction() as session:
        [second] = _waiting(session)
    assert second.attempts == first.attempts + 1
    assert second.due_at - clock.now() > timedelta(seconds=8)
    assert "kaisa" not in (second.last_error or "")
    # Another listing is no reason to ask earlier.
    post("b")
    work()
    with transaction() as session:
        [third] = _waiting(session)
    assert third.due_at == second.due_at
    refuse({})
    clock.set_ahead(clock.ahead() + timedelta(seconds=20))
    work()
    clock.set_ahead(clock.ahead() + timedelta(seconds=90))
    work()
    assert sorted(told(mails())) == [("kaisa@mail.example", "Job a"), ("kaisa@mail.example", "Job b")]


def _waiting(session: Session) -> list[owed.Owed]:
    return list(session.scalars(select(owed.Owed).where(owed.Owed.job == "mail_alert")))


def test_an_address_that_does_not_exist_ends_the_alert_with_the_reason(
    work: Work, mails: Mails, refuse: Refuse
) -> None:
    refuse({"kaisa@mail.example": "550 5.1.1 no such user"})
    kept = confirmed()
    other = confirmed("other@mail.example")
    work()
    post("a")
    work()
    assert told(mails()) == [("other@mail.example", "Job a")]
    with transaction() as session:
        row = alerts.get(session, kept.id)
        assert (row.state, row.ended_reason, row.email) == ("ended", "refused 550", None)
        assert alerts.get(session, other.id).state == "active"


def test_a_policy_that_refuses_us_is_not_the_fault_of_an_address(work: Work, refuse: Refuse) -> None:
    refuse({"kaisa@mail.example": "550 5.7.1 not from you"})
    kept = confirmed()
    work()
    post("a")
    work()
    with transaction() as session:
        assert alerts.get(session, kept.id).state == "active"
        assert len(_waiting(session)) == 1


def test_a_mail_server_that_is_down_costs_nobody_an_alert(
    work: Work, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed()
    confirmed("other@mail.example", text="sairaanhoitaja")
    work()
    real = settings.get()
    smtp.close()
    monkeypatch.setattr(settings, "get", lambda: replace(real, smtp_url="smtp://127.0.0.1:1"))
    post("a")
    work()
    with transaction() as session:
        assert {row.last_error and row.last_error.split()[0] for row in _waiting(session)} == {"Unreachable"}
    monkeypatch.undo()
    clock.set_ahead(clock.ahead() + timedelta(seconds=31))
    work()
    assert sorted(told(mails())) == [("kaisa@mail.example", "Job a"), ("other@mail.example", "Job a")]


@pytest.mark.invariant(8)
def test_a_crash_after_the_server_took_the_mail_repeats_the_same_mail(
    work: Work, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one window that cannot be closed: what arrives twice has one Message-ID and one content."""
    confirmed()
    work()
    post("a")

    class Crash(BaseException):
        pass

    real = deliveries.sent

    def crash(*_: object) -> None:
        raise Crash

    monkeypatch.setattr(deliveries, "sent", crash)

    with transaction() as session:
        debts = claims.claim(session, {"match_listing": 10}, timedelta(seconds=60))
    with pytest.raises(Crash):
        match.match_listing(debts)  # a listing that comes by itself is told by the worker that matched it
    monkeypatch.setattr(deliveries, "sent", real)
    # Something else matches meanwhile: it waits for a mail of its own.
    post("b")
    clock.set_ahead(timedelta(minutes=2))  # past the lease
    work()
    clock.set_ahead(timedelta(minutes=4))
    work()
    first, second, third = mails()
    assert first["Message-ID"] == second["Message-ID"] != third["Message-ID"]
    assert plain(first) == plain(second)
    assert told([third]) == [("kaisa@mail.example", "Job b")]


@pytest.mark.promise("W2")
def test_an_address_is_asked_only_so_often_a_day(work: Work, mails: Mails) -> None:
    for _ in range(8):
        with transaction() as session:
            ask(session)
        work()
    assert len(mails()) == 5
    clock.set_ahead(timedelta(hours=25))
    with transaction() as session:
        ask(session)
    work()
    assert len(mails()) == 6


@pytest.mark.promise("W2")
def test_an_alert_that_nobody_confirmed_is_removed_with_its_address(work: Work) -> None:
    with transaction() as session:
        asked = ask(session)
    work()
    clock.set_ahead(timedelta(hours=49))
    work()
    with transaction() as session:
        assert session.execute(text("SELECT count(*) FROM alerts")).scalar_one() == 0
        with pytest.raises(NotFound):
            alerts.confirm(session, asked.id)


def test_the_same_alert_confirmed_twice_is_one(work: Work, mails: Mails) -> None:
    first = confirmed(frequency="daily")
    second = confirmed(frequency="instant", language="sv")
    assert second.id == first.id
    assert (second.frequency, second.language) == ("instant", "sv")
    work()
    post("a")
    work()
    assert told(mails()) == [("kaisa@mail.example", "Job a")]


@pytest.mark.promise("C3")
def test_the_gate_knows_no_other_purpose(clean: Services) -> None:
    kept = confirmed()
    with transaction() as session, pytest.raises(Forbidden):
        consents.require(session, kept.id, "newsletter")
    with transaction() as session, pytest.raises(Forbidden):
        consents.require(session, kept.id, consents.CONFIRMATION)
