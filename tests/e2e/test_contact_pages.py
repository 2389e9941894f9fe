"""The pages about contact details: whoever they are for answers and sees, and nobody else; looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from store import accounts, clock, contact_requests, cvs, employers, tokens
from store.contact_requests import ContactRequest
from store.cvs import Cv
from store.database import transaction
from tests.e2e.conftest import Answer, client_of
from tests.recruiting import noted, person, recruiter

pytestmark = pytest.mark.promise("R3")


def browser(account_id: UUID) -> FlaskClient:
    """A browser in which the holder of an account is signed in."""
    from api.app import create_app

    with transaction() as session:
        expires_at = clock.now() + timedelta(days=14)
        token = tokens.issue(session, accounts.get(session, account_id), tokens.SESSION, expires_at)
    client = client_of(create_app())
    client.set_cookie("vahti-session", token)
    return client


def send(client: FlaskClient, path: str, answer: str) -> Answer:
    """Press a button of the page at this address."""
    [guard] = set(re.findall(r'name="csrf_token" value="([^"]+)"', html(client.get(path))))
    sent = client.post(path, data={"csrf_token": guard, "answer": answer})
    assert sent.status_code == 303
    return client.get(sent.location)  # type: ignore[return-value]


def html(answer: object) -> str:
    assert isinstance(answer, Answer)
    assert answer.status_code == 200, answer.status_code
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.get_data(as_text=True)


@pytest.fixture
def asked(app_client: FlaskClient) -> tuple[Cv, UUID, UUID]:
    """A CV, the recruiter who asks its owner, and the request."""
    with transaction() as session:
        cv = person(session)
        rita = recruiter(session)
    with transaction() as session:
        row, _ = contact_requests.ask(session, rita, cv.id, "Hei <b>Aino</b>,\nsoittaisinko?")
        return cv, rita.id, row.id


def state(request: UUID) -> str:
    with transaction() as session:
        return session.get_one(ContactRequest, request).state_now


def test_a_person_reads_answers_and_takes_back(asked: tuple[Cv, UUID, UUID]) -> None:
    cv, _, request = asked
    aino = browser(cv.account_id)
    there = f"/fi/yhteydenotto/{request}"
    page = html(aino.get(there))
    assert "Rekry Oy pyytää yhteystietojasi" in page
    assert "soittaisinko?" in page
    assert "<b>Aino" not in page
    assert "+358401234567" in page
    assert state(request) == "asked"
    assert "Peru lupa" in html(send(aino, there, "grant"))
    assert state(request) == "granted"
    assert "Rekry Oy" in html(aino.get("/fi/yhteydenotto"))
    html(send(aino, there, "decline"))
    assert state(request) == "revoked"
    assert "Anna yhteystiedot" in html(aino.get(there))


def test_each_language_has_its_address(asked: tuple[Cv, UUID, UUID]) -> None:
    cv, _, request = asked
    aino = browser(cv.account_id)
    assert "ber om dina kontaktuppgifter" in html(aino.get(f"/sv/kontaktforfragan/{request}"))
    assert "asks for your contact details" in html(aino.get(f"/en/contact-request/{request}"))
    assert "Nobody has asked" not in html(aino.get("/en/contact-request"))


def test_a_form_that_expired_meanwhile_says_so(asked: tuple[Cv, UUID, UUID]) -> None:
    cv, _, request = asked
    aino = browser(cv.account_id)
    there = f"/en/contact-request/{request}"
    [guard] = set(re.findall(r'name="csrf_token" value="([^"]+)"', html(aino.get(there))))
    clock.set_ahead(timedelta(days=13, hours=23, minutes=59))
    html(aino.get(there))
    clock.set_ahead(timedelta(days=14, minutes=1))
    with transaction() as session:
        longer = tokens.issue(
            session, accounts.get(session, cv.account_id), tokens.SESSION, clock.now() + timedelta(days=1)
        )
    aino.set_cookie("vahti-session", longer)
    late = aino.post(there, data={"csrf_token": guard, "answer": "grant"})
    assert late.status_code == 409
    assert state(request) == "expired"
    page = html(aino.get(there))
    assert page == late.get_data(as_text=True)
    assert "The time is over" in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]


def test_nobody_else_reads_or_answers(asked: tuple[Cv, UUID, UUID], app_client: FlaskClient) -> None:
    cv, rita, request = asked
    with transaction() as session:
        timo = person(session, "timo@mail.example").account_id
    there = f"/fi/yhteydenotto/{request}"
    for other in (browser(timo), browser(rita)):
        assert other.get(there).status_code == 404
        assert "Rekry Oy" not in html(other.get("/fi/yhteydenotto"))
    strange = app_client.get(there)
    assert strange.status_code == 303
    assert strange.location.startswith("/fi/kirjaudu?next=")
    assert browser(cv.account_id).post(there, data={"answer": "grant"}).status_code == 400, "a forged form"
    assert state(request) == "asked"


def test_a_recruiter_sees_what_was_handed_over_and_it_is_noted(asked: tuple[Cv, UUID, UUID]) -> None:
    cv, rita, request = asked
    there = f"/sv/kontaktuppgifter/{cv.id}"
    client = browser(rita)
    assert "+358401234567" not in html(client.get(there))
    assert noted(cv.id) == []
    send(browser(cv.account_id), f"/fi/yhteydenotto/{request}", "grant")
    assert "+358401234567" in html(client.get(there))
    assert noted(cv.id) == [("Rekry Oy", "contact")]


@pytest.mark.promise("R1", "A3")
def test_who_may_not_see_the_cv_finds_no_page(asked: tuple[Cv, UUID, UUID]) -> None:
    cv, rita, request = asked
    send(browser(cv.account_id), f"/fi/yhteydenotto/{request}", "grant")
    there = f"/en/contact-details/{cv.id}"
    assert browser(cv.account_id).get(there).status_code == 404
    client = browser(rita)
    assert client.get(f"/en/contact-details/{uuid4()}").status_code == 404

    def change(by: Callable[..., None], *given: object) -> None:
        with transaction() as session:
            by(session, session.get_one(Cv, cv.id), *given)

    change(cvs.show, False)
    assert client.get(there).status_code == 404
    assert "hidden at present" in html(browser(cv.account_id).get(f"/en/contact-request/{request}"))
    change(cvs.show, True)
    assert client.get(there).status_code == 200
    with transaction() as session:
        employers.withdraw(session, employers.named(session, "Rekry Oy"))
    assert client.get(there).status_code == 404
