"""The pages about accounts: registering, signing in and out, passwords, cookies, and forms that nobody can forge."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matcher import addresses
from matcher.addresses import PATHS, Page
from store import accounts, consents, employers, tokens
from store.database import transaction
from store.wording import LANGUAGES
from tests.e2e.browsing import Browser
from tests.e2e.conftest import Api, Chosen, problems
from tests.e2e.test_api_accounts import KAISA, NOBODY, OTHER, PASSWORD, token_in

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]

REGISTER = {
    "email": KAISA,
    "password": PASSWORD,
    "day": "31",
    "month": "5",
    "year": "1990",
    "accept_terms": "1",
}
OPEN: tuple[Page, ...] = ("sign_in", "register", "registered", "forgotten", "forgotten_sent")


def text_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def browser(app_client: FlaskClient) -> Browser:
    return Browser(app_client)


@pytest.fixture
def kaisa(browser: Browser, work: Work, mails: Mails) -> Browser:
    """Somebody who registered, confirmed and signed in by the pages."""
    assert browser.send("register", **REGISTER).status_code == 303
    work()
    link = f"{addresses.path('confirm_account', 'en')}?token={token_in(mails()[-1])}"
    assert browser.send(link).status_code == 200
    signed_in = browser.send("sign_in", email=KAISA, password=PASSWORD)
    assert signed_in.headers["Location"] == "/en/account"
    return browser


@pytest.mark.promise("A1")
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_registering_to_signing_out(app_client: FlaskClient, language: str, work: Work, mails: Mails) -> None:
    browser = Browser(app_client, language)
    assert browser.send("register", **REGISTER).headers["Location"] == addresses.path("registered", language)
    work()
    [mail] = mails()
    assert mail["Content-Language"] == language
    link = f"{addresses.path('confirm_account', language)}?token={token_in(mail)}"
    for _ in range(2):
        assert browser.open(link).status_code == 200, "opening changes nothing"
    refused = browser.send("sign_in", email=KAISA, password=PASSWORD)
    assert refused.status_code == 422
    assert browser.send(link).status_code == 200
    assert browser.open(link).status_code == 403
    assert browser.open("account").headers["Location"].startswith(addresses.path("sign_in", language))
    assert browser.send("sign_in", email=KAISA, password=PASSWORD).status_code == 303
    page = browser.open("account")
    assert KAISA in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    assert browser.send("sign_out", "account").status_code == 303
    assert browser.open("account").status_code == 303
    with transaction() as session:
        account = accounts.by_email(session, KAISA)
        assert account is not None
        assert account.language == language
        [agreed] = consents.history(session, account.id)
        assert agreed.source == f"page {addresses.path('register', language)}"


@pytest.mark.promise("A1", "W2")
def test_pages_tell_nothing_of_an_address(kaisa: Browser, app_client: FlaskClient, work: Work, mails: Mails) -> None:
    sent = len(mails())
    stranger = Browser(app_client.application.test_client())

    def same(page: Page, **fields: str) -> None:
        known = stranger.send(page, **{"email": KAISA, **fields})
        unknown = stranger.send(page, **{"email": NOBODY, **fields})
        assert known.status_code == unknown.status_code
        assert known.headers.get("Location") == unknown.headers.get("Location")
        said, also_said = (re.sub(r'value="[^"]*"', "", one.get_data(as_text=True)) for one in (known, unknown))
        assert said == also_said

    same("sign_in", password=OTHER)
    same("register", **{name: value for name, value in REGISTER.items() if name != "email"} | {"password": OTHER})
    same("forgotten")
    work()
    assert sorted(str(mail["To"]) for mail in mails()[sent:]) == [KAISA, KAISA, NOBODY, NOBODY]


@pytest.mark.promise("A1")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "kaisa"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": ""}, "password"),
        ({"password": "password123"}, "password"),
        ({"year": "2025"}, "born_on"),
        ({"day": "31", "month": "2"}, "born_on"),
        ({"day": "x"}, "born_on"),
        ({"day": ""}, "born_on"),
        ({"accept_terms": None}, "accept_terms"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    app_client: FlaskClient, language: str, given: dict[str, str | None], field: str
) -> None:
    fields = {name: value for name, value in {**REGISTER, **given}.items() if value is not None}
    answer = Browser(app_client, language).send("register", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert f'href="#{field}"' in page
    assert 'value="1990"' in page or given.get("year")
    assert PASSWORD not in page
    with transaction() as session:
        assert accounts.by_email(session, KAISA) is None


@pytest.mark.promise("R1")
def test_a_recruiter_registers_and_waits(browser: Browser, work: Work, mails: Mails) -> None:
    form = f"{addresses.path('register', 'en')}?as=recruiter"
    fields = {"email": "rea@hoiva.example", "password": PASSWORD, "accept_terms": "1"}
    wrong = browser.send(form, **fields, employer="", business_id="0112038-8")
    assert wrong.status_code == 422
    assert {'id="employer-error"', 'id="business_id-error"'} <= set(re.findall(r'id="\w+-error"', wrong.text))
    assert browser.send(form, **fields, employer="Pohjolan  hoiva", business_id="0112038-9").status_code == 303
    work()
    browser.send(f"{addresses.path('confirm_account', 'en')}?token={token_in(mails()[0])}")
    browser.send("sign_in", email="rea@hoiva.example", password=PASSWORD)
    assert "waits for our approval" in text_of(browser.open("account"))
    with transaction() as session:
        employer = employers.named(session, "Pohjolan hoiva")
        employers.approve(session, employer)
        accounts.admit(session, employer.id)
    assert "approved" in text_of(browser.open("account"))
    with transaction() as session:
        employers.withdraw(session, employers.named(session, "Pohjolan hoiva"))
    assert "withdrawn" in text_of(browser.open("account"))


@pytest.mark.promise("A1", "S5")
def test_a_forgotten_password(kaisa: Browser, app_client: FlaskClient, work: Work, mails: Mails) -> None:
    there = Browser(app_client.application.test_client())
    assert there.send("forgotten", email=KAISA).headers["Location"] == "/en/forgotten-password/requested"
    work()
    link = f"{addresses.path('reset', 'en')}?token={token_in(mails()[-1])}"
    assert there.send(link, password="short").status_code == 422
    assert there.send(link, password=OTHER).status_code == 200
    assert there.open(link).status_code == 403
    assert kaisa.open("account").status_code == 303, "every session has ended"
    assert there.send("sign_in", email=KAISA, password=PASSWORD).status_code == 422
    assert there.send("sign_in", email=KAISA, password=OTHER).status_code == 303


@pytest.mark.promise("A1")
def test_changing_the_password_and_signing_out_everywhere(kaisa: Browser, app_client: FlaskClient) -> None:
    there = Browser(app_client.application.test_client())
    there.send("sign_in", email=KAISA, password=PASSWORD)
    assert kaisa.send("password", "account", old=OTHER, new=OTHER).status_code == 422
    assert kaisa.send("password", "account", old=PASSWORD, new="short").status_code == 422
    assert there.open("account").status_code == 200
    changed = kaisa.send("password", "account", old=PASSWORD, new=OTHER)
    assert changed.headers["Location"] == "/en/account?done=password"
    assert kaisa.open("account").status_code == 200
    assert there.open("account").status_code == 303
    there.send("sign_in", email=KAISA, password=OTHER)
    assert there.send("sign_out_everywhere", "account").status_code == 303
    for browser in (kaisa, there):
        assert browser.open("account").status_code == 303


@pytest.mark.promise("S5")
def test_no_form_of_an_account_can_be_forged(kaisa: Browser) -> None:
    client = kaisa.client
    for page in ("sign_out", "sign_out_everywhere", "password", "sign_in", "register", "forgotten", "provided"):
        path = PATHS[page]["en"]
        for fields in ({}, {"csrf_token": "x"}):
            answer = client.post(path, data={"email": KAISA, **fields})
            assert answer.status_code == 400, page
            assert "This form has expired" in text_of(answer)
    assert kaisa.open("account").status_code == 200


@pytest.mark.promise("S5")
def test_a_cookie_opens_no_call_of_the_api(kaisa: Browser) -> None:
    api = Api(kaisa.client)
    problems(api.get("/me"), 401)
    problems(api.post("/sign-out/everywhere"), 401)
    assert kaisa.open("account").status_code == 200


@pytest.mark.promise("S5", "C5")
def test_cookies_are_for_this_host_and_out_of_reach_of_scripts(chosen: Chosen, kaisa: Browser) -> None:
    assert set(kaisa.cookies()) <= {"vahti-session", "vahti-form"}
    browser = Browser(chosen(base_url="https://vahti.example"), base="https://vahti.example")
    assert browser.send("sign_in", email=KAISA, password=OTHER).status_code == 422
    before = browser.cookies()
    answer = browser.send("sign_in", email=KAISA, password=PASSWORD)
    assert answer.status_code == 303
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-vahti-")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert part in cookie
        assert "Domain" not in cookie
    after = browser.cookies()
    assert "__Host-vahti-session" in after
    assert before.get("__Host-vahti-form") != after.get("__Host-vahti-form"), "what was there before is worth nothing"


@pytest.mark.promise("C5")
def test_without_an_account_there_is_no_cookie(browser: Browser) -> None:
    """Only pages with a form that has to be guarded set one, and it is of this form."""
    for page in PATHS:
        answer = browser.open(page)
        names = {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}
        assert names <= ({"vahti-form"} if page in ("sign_in", "register", "forgotten") else set()), page


@pytest.mark.promise("S5")
def test_signing_in_leads_back_to_pages_of_ours_alone(kaisa: Browser) -> None:
    for to, led in [
        ("/en/account", "/en/account"),
        ("/fi/tili", "/fi/tili"),
        ("//evil.example/", "/en/account"),
        ("/en//evil.example", "/en/account"),
        ("https://evil.example/", "/en/account"),
        ("/en/\\evil", "/en/account"),
    ]:
        assert kaisa.send("sign_in", email=KAISA, password=PASSWORD, next=to).headers["Location"] == led


@pytest.mark.promise("S5")
def test_signing_in_again_ends_the_session_before(kaisa: Browser) -> None:
    before = kaisa.cookies()["vahti-session"]
    kaisa.send("sign_in", email=KAISA, password=PASSWORD)
    assert kaisa.cookies()["vahti-session"] != before
    with transaction() as session:
        assert tokens.bearer(session, before) is None
        assert tokens.bearer(session, kaisa.cookies()["vahti-session"]) is not None


@pytest.mark.promise("S5")
def test_failing_too_often_is_a_page_that_says_when_to_go_on(chosen: Chosen, kaisa: Browser) -> None:
    browser = Browser(chosen(account_limit="2 per hour"))
    for _ in range(2):
        assert browser.send("sign_in", email=KAISA, password=OTHER).status_code == 422
    answer = browser.send("sign_in", email=KAISA, password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("page", OPEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_kept_and_indexed_by_nobody(app_client: FlaskClient, page: Page, language: str) -> None:
    answer = Browser(app_client, language).open(page)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert f'lang="{language}"' in answer.get_data(as_text=True)
