"""Signing in with an outside provider, which really runs: it is believed where it may be, and takes over no account."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
from oidc_provider_mock import run_server_in_thread  # type: ignore[import-untyped]
from werkzeug.test import TestResponse

from store import accounts, cvs
from store.database import transaction
from tests.conftest import Services
from tests.e2e.browsing import Browser
from tests.e2e.conftest import Chosen
from tests.e2e.test_account_pages import REGISTER, text_of
from tests.e2e.test_api_accounts import KAISA, OTHER, PASSWORD, token_in

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]

AGED = {"day": "31", "month": "5", "year": "1990", "accept_terms": "1"}
CLAIMS = {"email": KAISA, "email_verified": True, "given_name": "Kaisa", "family_name": "Virtanen"}


class Provider:
    """The provider that runs, and what it says of people."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._http = urllib3.PoolManager(retries=False)

    def knows(self, subject: str, **claims: object) -> None:
        body = json.dumps({**CLAIMS, **claims})
        headers = {"Content-Type": "application/json"}
        assert self._http.request("PUT", f"{self.issuer}/users/{subject}", body=body, headers=headers).status == 204

    def signs_in(self, address: str, subject: str) -> str:
        """Somebody signs in there; the address to which the provider leads back."""
        answer = self._http.request("POST", address, fields={"sub": subject}, encode_multipart=False, redirect=False)
        assert answer.status in (302, 303), answer.data
        return str(answer.headers["Location"])


@pytest.fixture
def provider(clean: Services) -> Iterator[Provider]:
    with run_server_in_thread(require_nonce=True) as server:
        yield Provider(f"http://localhost:{server.server_port}")


Make = Callable[[], Browser]


@pytest.fixture
def another(chosen: Chosen, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes browsers at a service that knows the provider."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    client = chosen(
        oidc_issuer=provider.issuer, oidc_client_id="vahti", oidc_client_secret="secret", oidc_name="Tunnistaja"
    )
    return lambda: Browser(client.application.test_client())


@pytest.fixture
def browser(another: Make) -> Browser:
    return another()


def arrive(browser: Browser, provider: Provider, subject: str = "1") -> TestResponse:
    """The page to which the provider led back."""
    there = browser.open("provider").headers["Location"]
    back = urlsplit(provider.signs_in(there, subject))
    assert back.path == "/sign-in/callback"
    answer = browser.open(f"{back.path}?{back.query}")
    assert answer.status_code == 303
    return browser.open(answer.headers["Location"])


def register(browser: Browser, work: Work, mails: Mails) -> None:
    browser.send("register", **REGISTER)
    work()
    browser.send(f"/en/register/confirm?token={token_in(mails()[-1])}")


@pytest.mark.promise("A1")
def test_a_new_account_with_what_the_provider_told(browser: Browser, provider: Provider, another: Make) -> None:
    provider.knows("1")
    asked = parse_qs(urlsplit(browser.open("provider").headers["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    page = arrive(browser, provider)
    assert "Kaisa Virtanen" in text_of(page)
    assert KAISA in text_of(page)
    with transaction() as session:
        assert accounts.by_email(session, KAISA) is None, "leading back is a GET, and changes nothing"
    assert browser.open("account").status_code == 303
    assert browser.send("provided").status_code == 422
    assert browser.send("provided", **{**AGED, "year": "2020"}).status_code == 422
    with transaction() as session:
        assert accounts.by_email(session, KAISA) is None
    assert browser.send("provided", **AGED).status_code == 303
    assert KAISA in text_of(browser.open("account"))
    with transaction() as session:
        account = accounts.by_email(session, KAISA)
        assert account is not None
        assert account.password_hash is None
        cv = cvs.of(session, account.id)
        assert cv.body["contact"] == {"name": "Kaisa Virtanen", "email": KAISA}
        assert not cv.visible
    # The same person again, on another device and with another address: issuer and subject say who it is.
    provider.knows("1", email="uusi@mail.example")
    there = another()
    assert "says that you are" in text_of(arrive(there, provider))
    assert there.send("provided").status_code == 303
    assert KAISA in text_of(there.open("account"))


@pytest.mark.promise("A1", "S5")
def test_an_account_is_linked_by_its_password_alone(
    browser: Browser, provider: Provider, another: Make, work: Work, mails: Mails
) -> None:
    register(browser, work, mails)
    provider.knows("1")
    page = arrive(browser, provider)
    assert "There is an account for" in text_of(page)
    assert browser.send("provided", password=OTHER).status_code == 422
    assert browser.send("provided", password="").status_code == 422
    assert browser.open("account").status_code == 303
    # Not even with everything that makes a new account.
    assert browser.send("provided", **AGED).status_code == 200
    assert browser.open("account").status_code == 303
    assert browser.send("provided", password=PASSWORD).status_code == 303
    assert browser.open("account").status_code == 200
    there = another()
    arrive(there, provider)
    assert there.send("provided").status_code == 303
    assert KAISA in text_of(there.open("account"))


@pytest.mark.promise("A1", "S5")
@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_the_provider_did_not_verify_opens_nothing(
    browser: Browser, provider: Provider, work: Work, mails: Mails, verified: object
) -> None:
    register(browser, work, mails)
    provider.knows("2", email_verified=verified)
    assert "does not say that it has checked" in text_of(arrive(browser, provider, "2"))
    for fields in ({"password": PASSWORD}, AGED, {}):
        assert posted(browser, **fields).status_code == 200
        assert browser.open("account").status_code == 303


def posted(browser: Browser, **fields: str) -> TestResponse:
    """The form that the page does not have, sent all the same, with the guard of another form of ours."""
    return browser.send("provided", "sign_in", **fields)


@pytest.mark.promise("S5")
def test_what_comes_back_must_be_of_this_browser_and_once(browser: Browser, provider: Provider, another: Make) -> None:
    provider.knows("1")
    stranger = another()
    back = urlsplit(provider.signs_in(stranger.open("provider").headers["Location"], "1"))
    came_back = f"{back.path}?{back.query}"
    failed = "/en/sign-in?failed=1"
    assert browser.open(came_back).headers["Location"].endswith("?failed=1"), "another browser's state"
    assert stranger.open(came_back).headers["Location"] == "/en/sign-in/continue"
    assert stranger.open(came_back).headers["Location"].endswith("?failed=1"), "a code is good for once"
    for wrong in ("", "?state=x&code=y", "?error=access_denied", f"?{back.query}&state=x"):
        browser.open("provider")
        assert browser.open(f"/sign-in/callback{wrong}").headers["Location"] == failed
    assert "did not work" in text_of(browser.open(failed))
    assert browser.open("provided").headers["Location"] == failed


@pytest.mark.promise("S5")
def test_a_token_of_another_issuer_is_not_believed(
    chosen: Chosen, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    provider.knows("1")
    # The provider calls itself by another name than the one that we know.
    issuer = provider.issuer.replace("localhost", "127.0.0.1")
    client = chosen(oidc_issuer=issuer, oidc_client_id="vahti", oidc_client_secret="secret", oidc_name="Tunnistaja")
    browser = Browser(client)
    at = browser.open("provider").headers["Location"].replace("127.0.0.1", "localhost")
    back = urlsplit(provider.signs_in(at, "1"))
    assert browser.open(f"{back.path}?{back.query}").headers["Location"] == "/en/sign-in?failed=1"


def test_a_provider_that_does_not_answer(chosen: Chosen) -> None:
    client = chosen(
        oidc_issuer="http://localhost:9", oidc_client_id="vahti", oidc_client_secret="x", oidc_name="Kadonnut"
    )
    browser = Browser(client)
    assert "Sign in with Kadonnut" in text_of(browser.open("sign_in"))
    assert browser.open("provider").headers["Location"] == "/en/sign-in?failed=1"


def test_without_a_provider_there_is_no_such_page(chosen: Chosen) -> None:
    browser = Browser(chosen())
    assert "Sign in with" not in text_of(browser.open("sign_in"))
    assert browser.open("provider").status_code == 404
    assert browser.open("/sign-in/callback").status_code == 404
