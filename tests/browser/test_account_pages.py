"""An account in a real browser, on a phone and without JavaScript: registering, confirming, signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page

from matcher import addresses
from store.wording import LANGUAGES
from tests.browser.test_alert_pages import base, chromium, fits, links, phone

__all__ = ["base", "chromium", "phone"]

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]

KAISA = "kaisa@mail.example"
PASSWORD, OTHER = "kolme sinistä ketunhäntää", "neljä vihreää tikapuuta"


@pytest.mark.promise("A1", "S5")
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_registering_to_signing_out(base: str, phone: Page, language: str, work: Work, mails: Mails) -> None:
    def at(page: addresses.Page) -> str:
        return base + addresses.path(page, language)

    phone.goto(at("register"))
    assert fits(phone)
    phone.click("main form button")
    assert phone.locator("[role=alert] li").count() == 4, (
        "address, password, date of birth and terms are missed at once"
    )
    assert fits(phone)
    phone.fill("#email", KAISA)
    phone.fill("#password", PASSWORD)
    phone.fill("#day", "31")
    phone.fill("#month", "5")
    phone.fill("#year", "1990")
    phone.check("#accept_terms")
    phone.click("main form button")
    assert phone.url == at("registered")

    work()
    phone.goto(links(mails()[0])[0])
    assert fits(phone)
    phone.click("main form button")
    phone.click("main a.button")
    assert phone.url == at("sign_in")
    phone.fill("#email", KAISA)
    phone.fill("#password", OTHER)
    phone.click("main form button")
    assert phone.locator("#password-error").is_visible()
    assert phone.input_value("#email") == KAISA
    assert phone.input_value("#password") == ""
    phone.fill("#password", PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_url(at("account"))
    assert fits(phone)
    assert {cookie["name"]: cookie["httpOnly"] for cookie in phone.context.cookies()}["vahti-session"]

    phone.fill("#old", PASSWORD)
    phone.fill("#new", OTHER)
    phone.click("form[action$='" + addresses.path("password", language) + "'] button")
    assert phone.locator("[role=status]").is_visible()
    phone.click("form[action='" + addresses.path("sign_out", language) + "'] button")
    assert phone.url == at("sign_in")
    assert "vahti-session" not in {cookie["name"] for cookie in phone.context.cookies()}
    phone.goto(at("account"))
    assert phone.url.startswith(at("sign_in"))
