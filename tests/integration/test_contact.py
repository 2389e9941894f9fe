"""Contact details are shown as the person chose, to whom the person chose, and for as long, and not a moment longer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from matcher import smtp
from store import accounts, clock, consents, contact_requests, cvs, employers, visibility
from store.accounts import Account
from store.contact_requests import ContactRequest
from store.cvs import Cv
from store.database import transaction
from store.errors import Conflict, NotFound
from tests.conftest import Services
from tests.integration.by_hand import do, standing
from tests.recruiting import CONTACT, person, recruiter

pytestmark = pytest.mark.promise("R3")

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]
Refuse = Callable[[dict[str, str]], None]

HELLO = "Hei,\nolisitko kiinnostunut yötöistä?"


@pytest.fixture
def aino(clean: Services) -> Cv:
    with transaction() as session:
        return person(session)


@pytest.fixture
def rita(clean: Services) -> Account:
    with transaction() as session:
        return recruiter(session)


def seen(cv: Cv, by: Account) -> dict[str, str] | None:
    """The contact details that a recruiter sees now."""
    with transaction() as session:
        return contact_requests.contact_for(session, cv, by)


def ask(cv: Cv, by: Account, message: str = HELLO) -> UUID:
    with transaction() as session:
        row, _ = contact_requests.ask(session, by, cv.id, message)
        return row.id


def answer(cv: Cv, request: UUID, grant: bool) -> None:
    with transaction() as session:
        row, _ = contact_requests.get(session, request, cv.account_id, lock=True)
        contact_requests.answer(session, row, grant)


def revoke(cv: Cv, request: UUID) -> None:
    with transaction() as session:
        row, _ = contact_requests.get(session, request, cv.account_id, lock=True)
        contact_requests.revoke(session, row)


def change(cv: Cv, by: Callable[..., None], *given: object) -> None:
    with transaction() as session:
        by(session, session.get_one(Cv, cv.id), *given)


def state(request: UUID) -> str:
    with transaction() as session:
        return session.get_one(ContactRequest, request).state_now


def later(**by: float) -> None:
    clock.set_ahead(clock.ahead() + timedelta(**by))


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_open_details_are_shown_and_others_only_when_handed_over(aino: Cv, rita: Account) -> None:
    assert seen(aino, rita) is None
    change(aino, cvs.choose_contact, cvs.OPEN)
    assert seen(aino, rita) == CONTACT
    with pytest.raises(Conflict):
        ask(aino, rita)
    change(aino, cvs.choose_contact, cvs.ON_REQUEST)
    assert seen(aino, rita) is None
    request = ask(aino, rita)
    assert seen(aino, rita) is None
    answer(aino, request, True)
    assert seen(aino, rita) == CONTACT


def test_what_is_handed_over_is_for_one_employer_and_all_of_its_recruiters(aino: Cv, rita: Account) -> None:
    with transaction() as session:
        colleague = recruiter(session, "Rekry Oy", "colleague@rekry.example")
        other = recruiter(session, "Muu Oy", "muu@muu.example")
    answer(aino, ask(aino, rita), True)
    assert seen(aino, colleague) == CONTACT
    assert seen(aino, other) is None


def test_hidden_fields_are_not_handed_over(aino: Cv, rita: Account) -> None:
    answer(aino, ask(aino, rita), True)
    change(aino, cvs.hide_fields, ["contact.phone", "contact.email"])
    assert seen(aino, rita) == {"name": "Aino Esimerkki"}
    change(aino, cvs.hide_fields, ["contact"])
    assert seen(aino, rita) == {}


def test_a_request_and_a_grant_have_their_time(aino: Cv, rita: Account) -> None:
    request = ask(aino, rita)
    later(days=13, hours=23)
    assert state(request) == "asked"
    later(hours=2)
    assert state(request) == "expired"
    with pytest.raises(Conflict):
        answer(aino, request, True)
    assert ask(aino, rita) == request
    assert state(request) == "asked"
    answer(aino, request, True)
    later(days=89, hours=23)
    assert seen(aino, rita) == CONTACT
    later(hours=2)
    assert state(request) == "expired"
    assert seen(aino, rita) is None
    assert ask(aino, rita) == request
    assert state(request) == "asked"


def test_who_said_no_is_left_alone_for_a_while(aino: Cv, rita: Account) -> None:
    request = ask(aino, rita)
    answer(aino, request, False)
    assert state(request) == "declined"
    with pytest.raises(Conflict):
        ask(aino, rita)
    later(days=29, hours=23)
    with pytest.raises(Conflict):
        ask(aino, rita)
    later(hours=2)
    ask(aino, rita)
    answer(aino, request, True)
    revoke(aino, request)
    assert state(request) == "revoked"
    assert seen(aino, rita) is None
    with pytest.raises(Conflict):
        ask(aino, rita)


def test_the_last_answer_counts(aino: Cv, rita: Account) -> None:
    request = ask(aino, rita)
    answer(aino, request, False)
    answer(aino, request, True)
    assert seen(aino, rita) == CONTACT
    answer(aino, request, False)
    assert state(request) == "revoked"
    answer(aino, request, True)
    assert seen(aino, rita) == CONTACT
    revoke(aino, request)
    revoke(aino, request)
    assert state(request) == "revoked"


@pytest.mark.promise("A8")
def test_a_blocked_employer_loses_what_it_was_given(aino: Cv, rita: Account) -> None:
    answer(aino, ask(aino, rita), True)
    change(aino, cvs.block, [visibility.name_key("Rekry")])
    assert seen(aino, rita) is None
    with pytest.raises(NotFound):
        ask(aino, rita)
    change(aino, cvs.choose_contact, cvs.OPEN)
    assert seen(aino, rita) is None


@pytest.mark.promise("A3")
def test_a_hidden_cv_shows_nobody_whatever_was_granted(aino: Cv, rita: Account) -> None:
    answer(aino, ask(aino, rita), True)
    change(aino, cvs.show, False)
    assert seen(aino, rita) is None
    with pytest.raises(NotFound):
        ask(aino, rita)
    change(aino, cvs.show, True)
    assert seen(aino, rita) == CONTACT


@pytest.mark.promise("R1")
def test_an_employer_whose_approval_is_withdrawn_sees_nothing(aino: Cv, rita: Account) -> None:
    answer(aino, ask(aino, rita), True)
    with transaction() as session:
        assert rita.employer_id is not None
        employers.withdraw(session, employers.get(session, rita.employer_id))
    assert seen(aino, rita) is None
    with pytest.raises(NotFound):
        ask(aino, rita)


def test_withdrawn_terms_show_nobody(aino: Cv, rita: Account) -> None:
    answer(aino, ask(aino, rita), True)
    with transaction() as session:
        consents.withdraw(session, aino.account_id, consents.TERMS)
    assert seen(aino, rita) is None


def test_nobody_answers_for_somebody_else(aino: Cv, rita: Account) -> None:
    with transaction() as session:
        other = person(session, "toinen@mail.example")
    request = ask(aino, rita)
    with pytest.raises(NotFound):
        answer(other, request, True)
    with transaction() as session:
        assert contact_requests.of_person(session, other.account_id) == []
        [(row, employer)] = contact_requests.of_person(session, aino.account_id)
        assert (row.id, employer.name) == (request, "Rekry Oy")


def test_two_recruiters_ask_at_once_and_the_person_is_asked_once(aino: Cv, rita: Account) -> None:
    with transaction() as session:
        colleague = recruiter(session, "Rekry Oy", "colleague@rekry.example")
    met = threading.Barrier(2, timeout=20)
    made: list[tuple[UUID, bool]] = []

    def at_once(by: Account) -> None:
        with transaction() as session:
            met.wait()
            row, new = contact_requests.ask(session, by, aino.id, HELLO)
            made.append((row.id, new))

    both = [threading.Thread(target=at_once, args=(one,)) for one in (rita, colleague)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(new for _, new in made) == [False, True]
    assert len({number for number, _ in made}) == 1
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(ContactRequest)) == 1
    assert len(standing("mail_contact_request")) == 1


def test_who_revokes_while_a_recruiter_looks_is_obeyed_from_the_commit_on(aino: Cv, rita: Account) -> None:
    """The recruiter's transaction has seen the CV and the details; after the commit of the other it sees none."""
    request = ask(aino, rita)
    answer(aino, request, True)
    with transaction() as looking:
        cv = cvs.get_seen(looking, aino.id, visibility.sql(visibility.viewer(looking, rita)))
        assert contact_requests.contact_for(looking, cv, rita) == CONTACT
        with transaction() as revoking:
            row, _ = contact_requests.get(revoking, request, aino.account_id, lock=True)
            contact_requests.revoke(revoking, row)
            revoking.flush()
            assert contact_requests.contact_for(looking, cv, rita) == CONTACT, "not committed"
        assert contact_requests.contact_for(looking, cv, rita) is None
        change(aino, cvs.choose_contact, cvs.OPEN)
        change(aino, cvs.hide_fields, ["contact.email"])
        assert "email" not in (contact_requests.contact_for(looking, cv, rita) or {"email": ""})
        change(aino, cvs.show, False)
        assert contact_requests.contact_for(looking, cv, rita) is None


def test_who_hides_the_cv_while_somebody_asks_waits_for_the_request(aino: Cv, rita: Account) -> None:
    hidden = threading.Event()

    def hide() -> None:
        change(aino, cvs.show, False)
        hidden.set()

    hiding = threading.Thread(target=hide)
    with transaction() as asking:
        contact_requests.ask(asking, rita, aino.id, HELLO)
        hiding.start()
        assert not hidden.wait(0.3)
    hiding.join(30)
    assert hidden.is_set()


def test_the_person_is_mailed_in_the_persons_language_with_nothing_of_the_cv(
    aino: Cv, rita: Account, work: Work, mails: Mails
) -> None:
    request = ask(aino, rita)
    work()
    [message] = mails()
    assert message["To"] == "aino@mail.example"
    assert message["Content-Language"] == "fi"
    assert message["Subject"] == "Rekry Oy pyytää yhteystietojasi"
    said = plain(message)
    assert "olisitko kiinnostunut yötöistä?" in said
    assert f"/fi/yhteydenotto/{request}" in said
    assert message["Message-ID"].startswith(f"<asked.{request}.")
    html = message.get_body(("html",))
    assert html is not None
    for part in (said, html.get_content()):
        for word in ("Sairaanhoitaja", "Ensihoito", "+358401234567", "aino@kirje.example", "Aino Esimerkki"):
            assert word not in part
    work()
    assert len(mails()) == 1


def test_the_recruiter_is_mailed_a_link_and_no_details(aino: Cv, rita: Account, work: Work, mails: Mails) -> None:
    request = ask(aino, rita)
    answer(aino, request, True)
    work()
    [message] = [one for one in mails() if one["To"] == "rita@rekry.example"]
    assert message["Content-Language"] == "sv"
    text_ = message.as_string() + plain(message)
    assert f"/sv/kontaktuppgifter/{aino.id}" in plain(message)
    for word in ("Sairaanhoitaja", "+358401234567", "aino@kirje.example", "Aino", "aino@mail.example"):
        assert word not in text_
    assert len(mails()) == 1, "the request was answered before it was mailed"


def test_a_message_is_text_whatever_it_holds(aino: Cv, rita: Account, work: Work, mails: Mails) -> None:
    ask(aino, rita, "<b>Hei</b> & <script>alert(1)</script>")
    work()
    [message] = mails()
    html = message.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


@pytest.mark.promise("C3")
@pytest.mark.parametrize(
    "meanwhile",
    ["answered", "expired", "hidden", "blocked", "no terms", "no address", "unconfirmed", "erased", "recruiter gone"],
)
def test_nothing_is_mailed_of_what_stands_no_more(
    meanwhile: str, aino: Cv, rita: Account, work: Work, mails: Mails
) -> None:
    request = ask(aino, rita)
    with transaction() as session:
        account = accounts.get(session, aino.account_id, lock=True)
        if meanwhile == "no terms":
            consents.withdraw(session, account.id, consents.TERMS)
        elif meanwhile == "no address":
            account.email = None
        elif meanwhile == "unconfirmed":
            account.confirmed_at = None
        elif meanwhile == "erased":
            session.delete(account)
        elif meanwhile == "recruiter gone":
            session.delete(session.get_one(Account, rita.id))
    if meanwhile == "answered":
        answer(aino, request, False)
    elif meanwhile == "expired":
        later(days=15)
    elif meanwhile == "hidden":
        change(aino, cvs.show, False)
    elif meanwhile == "blocked":
        change(aino, cvs.block, [visibility.name_key("Rekry Oy")])
    work()
    assert mails() == []
    assert standing("mail_contact_request") == []


@pytest.mark.parametrize("meanwhile", ["revoked", "expired", "hidden", "no terms"])
def test_a_recruiter_is_not_told_of_what_is_not_shown(
    meanwhile: str, aino: Cv, rita: Account, work: Work, mails: Mails
) -> None:
    request = ask(aino, rita)
    answer(aino, request, True)
    if meanwhile == "revoked":
        revoke(aino, request)
    elif meanwhile == "expired":
        later(days=91)
    elif meanwhile == "hidden":
        change(aino, cvs.show, False)
    else:
        with transaction() as session:
            consents.withdraw(session, rita.id, consents.TERMS)
    work()
    assert mails() == []
    assert standing("mail_contact_answer") == []


def test_a_refused_mail_is_tried_again_and_an_outage_loses_none(
    aino: Cv, rita: Account, mails: Mails, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask(aino, rita)
    refuse({"aino@mail.example": "450 later"})
    do("mail_contact_request")
    [debt] = standing("mail_contact_request")
    assert debt.attempts == 1
    refuse({})

    def down(*_: object) -> None:
        raise smtp.Unreachable

    later(hours=2)
    with monkeypatch.context() as patch:
        patch.setattr(smtp, "send", down)
        do("mail_contact_request")
    assert len(standing("mail_contact_request")) == 1
    later(hours=2)
    do("mail_contact_request")
    assert len(mails()) == 1
    answer(aino, request, True)
    refuse({"rita@rekry.example": "550 no such user"})
    do("mail_contact_answer")
    assert standing("mail_contact_answer") == []
    assert len(mails()) == 1


def test_erasing_the_person_leaves_no_request(aino: Cv, rita: Account) -> None:
    ask(aino, rita)
    with transaction() as session:
        session.delete(accounts.get(session, aino.account_id, lock=True))
    with transaction() as session:
        assert session.execute(text("SELECT count(*) FROM contact_requests")).scalar_one() == 0
