"""Links in mails open what they were made for and nothing else."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from store import links, settings
from store.errors import Forbidden
from store.settings import Settings

OURS = Settings(secret="s" * 32, mail_domain="vahti.example")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "get", lambda: OURS)


def test_a_link_names_its_alert() -> None:
    alert = uuid4()
    assert links.read(links.MANAGE, links.sign(links.MANAGE, alert)) == alert


def test_a_link_is_for_one_purpose() -> None:
    token = links.sign(links.CONFIRM, uuid4())
    with pytest.raises(Forbidden):
        links.read(links.MANAGE, token)


@pytest.mark.parametrize("token", ["", "x", "a.b", "é", "IjEi.AAAA"])
def test_what_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(Forbidden, match="not one of ours"):
        links.read(links.MANAGE, token)


def test_a_changed_link_is_refused() -> None:
    said, _, signature = links.sign(links.MANAGE, uuid4()).rpartition(".")
    # Its first letter: of the bits of the last one some are padding, and changing those changes nothing.
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    with pytest.raises(Forbidden):
        links.read(links.MANAGE, f"{said}.{changed}")


def test_links_of_the_secret_before_go_on_working(monkeypatch: pytest.MonkeyPatch) -> None:
    alert = uuid4()
    token = links.sign(links.MANAGE, alert)
    monkeypatch.setattr(settings, "get", lambda: replace(OURS, secret="n" * 32, previous_secret=OURS.secret))
    assert links.read(links.MANAGE, token) == alert
    monkeypatch.setattr(settings, "get", lambda: replace(OURS, secret="n" * 32))
    with pytest.raises(Forbidden):
        links.read(links.MANAGE, token)


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "get", lambda: Settings(secret="short"))
    with pytest.raises(ValueError, match="32 characters"):
        links.sign(links.MANAGE, uuid4())


def test_a_return_address_is_ours_and_short_enough() -> None:
    alert = uuid4()
    mark = links.bounce_mark(alert)
    assert links.read_bounce_mark(mark) == alert
    assert len(mark) <= 64, "RFC 5321, 4.5.3.1.1"
    with pytest.raises(Forbidden):
        links.read_bounce_mark(mark[:-1] + "x")
    with pytest.raises(Forbidden):
        links.read_bounce_mark("bounce+nobody")
