"""Mails as they leave: headers that mail programs act on, two readable parts, three languages, nothing injected."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest

from matcher import render
from matcher.why import in_words, why
from store import criteria, links, settings
from store.alerts import Alert
from store.listings import Listing
from store.settings import Settings
from store.sites import Site
from tests.making import listing_input

OURS = Settings(secret="s" * 32, mail_domain="vahti.example", base_url="https://vahti.example")
SITE = Site(
    key="saaristo", name="Saariston työt", sender="vahti@saaristo.example", colour="#0b5c73", timezone="Europe/Helsinki"
)
MAIL, ALERT = UUID("0190a1b2-0000-7000-8000-00000000000a"), UUID("0190a1b2-0000-7000-8000-00000000000b")
MATCHES = {"fi": "osumat: ", "sv": "träffar: ", "en": "matches: "}
PLACE = {"fi": "Tampere", "sv": "Tammerfors", "en": "Tampere"}


@pytest.fixture(autouse=True)
def chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "get", lambda: OURS)


def a_listing(number: int = 1, **given: Any) -> Listing:
    whole = listing_input(str(number), **given)
    members = {key: getattr(whole, key) for key in whole.__dataclass_fields__ if key != "published_at"}
    return Listing(id=UUID(int=number), state="published", published_at=datetime(2026, 11, 1, tzinfo=UTC), **members)


def an_alert(language: str = "fi", frequency: str = "instant") -> Alert:
    return Alert(
        id=ALERT,
        language=language,
        frequency=frequency,
        timezone="Europe/Helsinki",
        confirm_by=datetime(2026, 11, 26, 9, tzinfo=UTC),
    )


def told(listings: list[Listing], language: str = "fi", frequency: str = "instant", **asked: Any) -> EmailMessage:
    """The mail, out and in again as a server passes it on."""
    message = render.listings_mail(
        site=SITE,
        alert=an_alert(language, frequency),
        email="kaisa@mail.example",
        criteria=criteria.read(asked or {"text": "sairaanhoitaja", "places": ["fi-837"]}),
        listings=listings,
        mail_id=MAIL,
    )
    return message_from_bytes(message.as_bytes(), policy=default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.promise("W4")
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_mail_says_why_it_came_and_how_to_leave_in_its_language(language: str) -> None:
    message = told([a_listing()], language)
    for kind in ("plain", "html"):
        body = part(message, kind)
        assert f"{MATCHES[language]}sairaanhoitaja, {PLACE[language]}" in body
        for purpose in re.findall(r"token=([\w.-]+)", body):
            assert links.read(links.MANAGE, purpose) == ALERT
        assert len(set(re.findall(r"https://vahti\.example[^\s\"?]*\?token=", body))) == 3, "edit, pause, unsubscribe"
    assert message["Content-Language"] == language
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_headers_are_those_that_mail_programs_act_on() -> None:
    message = told([a_listing()])
    assert message["Message-ID"] == f"<{MAIL}@vahti.example>"
    assert re.fullmatch(r"<https://vahti\.example/unsubscribe\?token=[\w.-]+>", message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "RFC 8058"
    assert str(message["List-Id"]).endswith("<alerts.saaristo.vahti.example>"), "RFC 2919"
    assert message["From"].addresses[0].addr_spec == "vahti@saaristo.example"
    assert message["From"].addresses[0].display_name == "Saariston työt"
    assert [str(one.get_content_type()) for one in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_repetition_is_the_same_mail() -> None:
    first, second = told([a_listing()]), told([a_listing()])
    assert first["Message-ID"] == second["Message-ID"]
    assert part(first, "html") == part(second, "html")


def test_every_listing_has_its_line_however_many_there_are() -> None:
    many = [a_listing(number, title=f"Job x{number}x") for number in range(1, 61)]
    message = told(many, "en", "weekly")
    for kind in ("plain", "html"):
        body = part(message, kind)
        assert set(re.findall(r"Job (x\d+x)", body)) == {f"x{number}x" for number in range(1, 61)}
        assert body.count(MATCHES["en"]) == 60
    assert "60" in part(message, "plain")


def test_strangers_words_stay_words() -> None:
    message = told([a_listing(title="Cook\r\nBcc: all@mail.example <script>alert(1)</script>")])
    assert message["Bcc"] is None
    assert "\n" not in str(message["Subject"])
    assert "<script>" not in part(message, "html")


def test_the_text_is_readable_in_eighty_columns_and_addresses_are_whole() -> None:
    message = told([a_listing(description=f"<p>{'pitkä sana ' * 60}</p>")])
    lines = part(message, "plain").splitlines()
    assert all(len(line) <= 78 or line.startswith(("http", "Muokkaa", "Keskeytä", "Lopeta")) for line in lines)


def test_the_html_brings_its_own_styles_and_loads_nothing() -> None:
    html = part(told([a_listing()]), "html")
    assert 'style="' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<(img|link|script|iframe)\b|src=|url\(", html)


@pytest.mark.promise("W2")
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_question_has_one_link_and_no_listing(language: str) -> None:
    message = render.confirmation(
        site=SITE, alert=an_alert(language), email="kaisa@mail.example", criteria=criteria.read({"text": "kokki"})
    )
    tokens = set(re.findall(r"token=([\w.-]+)", part(message, "plain") + part(message, "html")))
    assert {links.read(links.CONFIRM, token) for token in tokens} == {ALERT}
    assert message["List-Unsubscribe"] is None
    assert message["Message-ID"] == f"<confirm.{ALERT}@vahti.example>"
    assert "kokki" in str(message["Subject"])


@pytest.mark.parametrize(
    ("asked", "listing", "said"),
    [
        ({"text": "sairaanhoitaja", "places": ["fi-837"]}, {}, ["sairaanhoitaja", "Tampere"]),
        ({"places": ["fi-r06", "fi-091"]}, {}, ["Pirkanmaa"]),
        ({"text": '"yö vuoro" kokki'}, {}, ["kokki", '"yö vuoro"']),
        ({"employment": ["full_time", "seasonal"]}, {}, ["kokoaikatyö"]),
        ({"remote": True, "employers": ["POHJOLAN hoiva"]}, {"remote": True}, ["etätyö", "Pohjolan hoiva"]),
    ],
)
def test_why_names_what_was_met_and_nothing_else(
    asked: dict[str, Any], listing: dict[str, Any], said: list[str]
) -> None:
    given = criteria.read(asked)
    found = [one.lower() for one in why(given, a_listing(**listing), "fi")]
    assert found == [one.lower() for one in said]
    assert len(in_words(given, "fi")) >= len(said)


def test_a_salary_that_is_met_is_named() -> None:
    listing = a_listing(salary_min=Decimal(3200), salary_currency="EUR", salary_period="month")
    assert any(
        "3" in one and "€" in one for one in why(criteria.read({"text": "a", "salary_min": 3000}), listing, "fi")
    )
