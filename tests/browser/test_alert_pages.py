"""An alert's life in a real browser, on a phone and without JavaScript: from the form to the mail to its end."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from matcher import addresses
from store import settings
from store.database import transaction
from store.wording import LANGUAGES
from tests.conftest import Services
from tests.making import publish

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]

PHONE = {"width": 320, "height": 640}
ASKED = {
    "fi": ("sairaanhoitaja", "Tampere", "fi-837", "sairaanhoitaja, Tampere"),
    "sv": ("sjuksköterska", "Göteborg", "se-1480", "sjuksköterska, Göteborg"),
    "en": ("nurse", "Helsinki", "fi-091", "nurse, Helsinki"),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; as root it has no sandbox to make, and it opens our own pages alone."""
    with sync_playwright() as playwright:
        args = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=args)
        yield browser
        browser.close()


@pytest.fixture
def base(clean: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application on a port of its own, which links in mails lead to."""
    from api.app import create_app

    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    there = replace(settings.get(), base_url=address)
    monkeypatch.setattr(settings, "get", lambda: there)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page at the width of a small phone, in a browser that runs no script."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    box = page.locator("body").bounding_box()
    return box is not None and box["width"] <= PHONE["width"]


def links(mail: EmailMessage) -> list[str]:
    part = mail.get_body(("plain",))
    assert part is not None
    return re.findall(r"http\S+token=\S+", part.get_content())


@pytest.mark.promise("W1", "W2", "W4", "W6")
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_form_to_the_mail_to_its_end(base: str, phone: Page, language: str, work: Work, mails: Mails) -> None:
    words, place, code, why = ASKED[language]
    phone.goto(base + addresses.path("alert", language))
    assert fits(phone)
    submit = phone.locator("form button:not([formaction])")
    submit.click()
    assert phone.locator("[role=alert] li").count() >= 2, "the address and the terms are missed at once"
    assert fits(phone)
    phone.fill("#text", words)
    phone.fill("#places", place)
    phone.fill("#email", "kaisa@mail.example")
    phone.check("#accept_terms")
    phone.locator("form button:not([formaction])").click()
    assert phone.url == base + addresses.path("asked", language)

    work()
    [question] = mails()
    phone.goto(links(question)[0])
    assert fits(phone)
    phone.click("main button")
    work()
    with transaction() as session:
        publish(session, title="A1", description=f"<p>{words}</p>", language=language, places=(code,))
    work()
    _, told = mails()
    part = told.get_body(("html",))
    assert part is not None
    phone.goto("about:blank")  # a page of ours would have its own policy apply to the mail's styles
    phone.set_content(part.get_content())
    assert why in phone.inner_text("body")
    assert fits(phone)

    edit, pause, unsubscribe = links(told)
    for address in (edit, pause):
        phone.goto(address)
        assert phone.locator("main form").count() == 1
        assert fits(phone)
    phone.goto(unsubscribe)
    phone.click("main button")
    work()
    with transaction() as session:
        publish(session, "a-2", title="A2", description=f"<p>{words}</p>", language=language, places=(code,))
    work()
    assert len(mails()) == 2


def test_the_form_is_used_by_keyboard_alone(base: str, phone: Page, mails: Mails, work: Work) -> None:
    phone.goto(base + addresses.path("alert", "en"))
    phone.focus("#text")
    phone.keyboard.type("nurse")
    for _ in range(60):
        phone.keyboard.press("Tab")
        focused = phone.locator("*:focus")
        if focused.count() and focused.get_attribute("id") == "email":
            break
    phone.keyboard.type("kaisa@mail.example")
    for _ in range(20):
        phone.keyboard.press("Tab")
        focused = phone.locator("*:focus")
        if focused.count() and focused.get_attribute("id") == "accept_terms":
            break
    phone.keyboard.press("Space")
    phone.keyboard.press("Enter")
    phone.wait_for_url(base + addresses.path("asked", "en"))
    work()
    assert [str(mail["To"]) for mail in mails()] == ["kaisa@mail.example"]
