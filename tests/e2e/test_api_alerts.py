"""Alerts over HTTP: from asking to the mail to the end, and every way to ask wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from store import alerts, clock, links
from store.database import transaction
from tests.conftest import Services
from tests.e2e.conftest import Api, problems
from tests.making import alert as confirmed
from tests.making import ask as asked

Mails = Callable[[], list[EmailMessage]]
Work = Callable[[], int]
Publish = Callable[..., str]

ASK: dict[str, Any] = {
    "email": "kaisa@mail.example",
    "language": "fi",
    "frequency": "instant",
    "criteria": {"text": "sairaanhoitaja", "places": ["fi-r06"]},
    "accept_terms": True,
}


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token_in(mail: EmailMessage, word: str) -> str:
    """The token of the first link whose path or text holds a word."""
    for url in re.findall(r"https?://\S+", text_of(mail)):
        if word in url and (token := parse_qs(urlsplit(url).query).get("token")):
            return str(token[0])
    raise AssertionError(f"no link with {word}")


@pytest.mark.promise("W1", "W2", "W3")
def test_from_asking_to_the_mail_to_the_end(api: Api, published: Publish, work: Work, mails: Mails) -> None:
    answer = api.post("/alerts", ASK)
    assert answer.status_code == 202
    assert set(answer.json) == {"id", "state"}
    assert answer.json["state"] == "unconfirmed"
    work()
    (question,) = mails()
    assert question["X-Envelope-To"] == "kaisa@mail.example"
    confirmed = api.post("/alerts/confirm", {"token": token_in(question, "vahvista")})
    assert confirmed.status_code == 200, confirmed.json
    assert confirmed.json["state"] == "active"
    assert confirmed.json["id"] == answer.json["id"]
    work()
    published("a-1", title="Sairaanhoitaja Tampereelle")
    _, told = mails()
    assert "Sairaanhoitaja Tampereelle" in text_of(told)
    manage = confirmed.json["manage"]
    ended = api.post("/alerts/unsubscribe", {"token": manage})
    assert ended.json == {"id": answer.json["id"], "state": "ended"}
    assert api.post("/alerts/unsubscribe", {"token": manage}).json == ended.json
    published("a-2", title="Toinen sairaanhoitaja")
    assert len(mails()) == 2


@pytest.mark.promise("W2")
def test_a_known_address_gets_the_same_answer(api: Api) -> None:
    first, second = api.post("/alerts", ASK), api.post("/alerts", ASK)
    assert first.status_code == second.status_code == 202
    assert set(first.json) == set(second.json)
    assert first.json["state"] == second.json["state"]
    assert dict(first.headers).keys() == dict(second.headers).keys()


def test_an_address_is_kept_normalised(api: Api) -> None:
    answer = api.post("/alerts", ASK | {"email": "  Kaisa@MAIL.Example "})
    assert answer.status_code == 202
    with transaction() as session:
        assert alerts.get(session, answer.json["id"]).email == "Kaisa@mail.example"


@pytest.mark.parametrize("email", ["kaisa@shop.test", "k+vahti@mail.example", "kaisa.öst@mail.example"])
def test_addresses_that_can_be_mailed(api: Api, email: str) -> None:
    assert api.post("/alerts", ASK | {"email": email}).status_code == 202


@pytest.mark.parametrize(
    "email",
    [
        "",
        "kaisa",
        "kaisa@",
        "@mail.example",
        "kaisa@mail",
        "kaisa@localhost",
        "kaisa@printer.local",
        "kaisa@shop.invalid",
        "kaisa@[127.0.0.1]",
        "kaisa@mail..example",
        "kai sa@mail.example",
        "kaisa@mail.example\nBcc: other@mail.example",
        "k" * 65 + "@mail.example",
        "kaisa@mail.example, other@mail.example",
        7,
        None,
        ["kaisa@mail.example"],
    ],
)
def test_an_address_that_cannot_be_mailed(api: Api, email: object) -> None:
    found = problems(api.post("/alerts", ASK | {"email": email}))
    reason, right = found["email"]
    assert reason in ("is not an e-mail address that can be mailed", "is not text", "is null")
    assert right == "an address such as kaisa@mail.example"
    assert not email or str(email) not in reason


@pytest.mark.parametrize(
    ("given", "field", "reason", "right"),
    [
        ({"accept_terms": False}, "accept_terms", "without the terms", "true"),
        ({"accept_terms": "true"}, "accept_terms", "neither true nor false", "true"),
        ({"language": "no"}, "language", "not known", "fi, sv, en"),
        ({"frequency": "hourly"}, "frequency", "not known", "instant, daily, weekly"),
        ({"site": "nowhere"}, "site", "no site has this key", "vahti"),
        ({"criteria": {}}, "criteria", "nearly every listing", "add a word, a place or an occupation"),
        ({"criteria": {"places": ["fi"]}}, "criteria", "nearly every listing", "add a word"),
        ({"criteria": {"languages": ["fi"]}}, "criteria", "nearly every listing", "add a word"),
        ({"criteria": []}, "criteria", "is not an object", "members of criteria"),
        ({"criteria": None}, "criteria", "is null", "members of criteria"),
        ({"criteria": {"text": "x" * 301}}, "criteria.text", "too long", "300"),
        ({"criteria": {"text": "a b c d e f g h i j k l m"}}, "criteria.text", "too many words", "12"),
        ({"criteria": {"text": "!!"}}, "criteria.text", "holds no word", "letter or digit"),
        ({"criteria": {"text": "kokki", "exclude": "kokki"}}, "criteria.exclude", "excludes what", "other words"),
        ({"criteria": {"text": ["kokki"]}}, "criteria.text", "not a text", "words"),
        ({"criteria": {"places": ["fi-837", "fi-999"]}}, "criteria.places[1]", "not a known value", "fi-091"),
        ({"criteria": {"places": "fi-837"}}, "criteria.places", "not a list", "fi-091"),
        ({"criteria": {"places": ["fi-837"] * 31}}, "criteria.places", "too many", "30"),
        ({"criteria": {"occupations": ["isco-99"]}}, "criteria.occupations[0]", "not a known value", "isco-2512"),
        (
            {"criteria": {"employment": ["forever"]}},
            "criteria.employment[0]",
            "not a known value",
            "full_time, part_time",
        ),
        (
            {"criteria": {"text": "kokki", "languages": ["no"]}},
            "criteria.languages[0]",
            "not a known value",
            "fi, sv, en",
        ),
        ({"criteria": {"text": "kokki", "salary_min": -1}}, "criteria.salary_min", "not a monthly salary", "EUR"),
        ({"criteria": {"text": "kokki", "salary_min": "3000"}}, "criteria.salary_min", "not a monthly salary", "EUR"),
        ({"criteria": {"text": "kokki", "salary_currency": "GBP"}}, "criteria.salary_currency", "currency", "EUR, USD"),
        ({"criteria": {"text": "kokki", "remote": "yes"}}, "criteria.remote", "neither true nor false", "true"),
        ({"criteria": {"text": "kokki", "town": "Turku"}}, "criteria.town", "", "text"),
        ({"criteria": {"text": "ko\0kki"}}, "criteria.text", "no text", "without it"),
        ({"name": "Kaisa"}, "name", "is not a known field", "email"),
    ],
)
def test_what_is_wrong_is_named(api: Api, given: dict[str, Any], field: str, reason: str, right: str) -> None:
    found = problems(api.post("/alerts", ASK | given))
    assert list(found) == [field]
    assert reason in found[field][0]
    assert right in found[field][1]


def test_everything_that_is_wrong_is_named_at_once(api: Api) -> None:
    found = problems(api.post("/alerts", {"email": "kaisa", "criteria": {"places": ["x"], "employment": ["y"]}}))
    assert set(found) == {
        "email",
        "language",
        "frequency",
        "accept_terms",
        "criteria.places[0]",
        "criteria.employment[0]",
    }


@pytest.mark.promise("W6")
def test_pause_and_resume(api: Api, published: Publish, work: Work, mails: Mails) -> None:
    with transaction() as session:
        token = links.sign(links.MANAGE, confirmed(session).id)
    for _ in range(2):
        assert api.post("/alerts/pause", {"token": token}).json["state"] == "paused"
    published("a-1")
    assert mails() == []
    for _ in range(2):
        assert api.post("/alerts/resume", {"token": token}).json["state"] == "active"
    work()
    assert mails() == []
    published("a-2")
    assert len(mails()) == 1


@pytest.mark.promise("W5")
def test_see_and_change(api: Api) -> None:
    with transaction() as session:
        token = links.sign(links.MANAGE, confirmed(session, text="kokki", places=["fi-837"]).id)
    shown = api.get("/alerts/manage", token=token)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.json["email"] == "k•••@mail.example"
    assert shown.json["criteria"] == {"text": "kokki", "places": ["fi-837"]}
    assert shown.json["state"] == "active"
    assert shown.json["next_digest_at"] is None
    changed = api.patch(
        f"/alerts/manage?token={token}",
        {"criteria": {"text": "leipuri"}, "frequency": "daily", "language": "sv", "digest_hour": 18},
    )
    assert changed.status_code == 200, changed.json
    assert changed.json["criteria"] == {"text": "leipuri"}
    assert changed.json["frequency"] == "daily"
    assert changed.json["language"] == "sv"
    assert changed.json["digest_hour"] == 18
    assert changed.json["next_digest_at"] is not None
    assert api.get("/alerts/manage", token=token).json == changed.json


@pytest.mark.parametrize(
    ("given", "field"),
    [({}, ""), ({"digest_hour": 24}, "digest_hour"), ({"digest_hour": True}, "digest_hour"), ({"email": "x"}, "email")],
)
def test_a_change_that_is_none(api: Api, given: dict[str, Any], field: str) -> None:
    with transaction() as session:
        token = links.sign(links.MANAGE, confirmed(session).id)
    assert field in problems(api.patch(f"/alerts/manage?token={token}", given))


def test_an_alert_cannot_be_changed_into_another_of_the_same_address(api: Api) -> None:
    with transaction() as session:
        confirmed(session, text="kokki")
        token = links.sign(links.MANAGE, confirmed(session, text="leipuri").id)
    answer = api.patch(f"/alerts/manage?token={token}", {"criteria": {"text": "kokki"}})
    problems(answer, 409)


@pytest.mark.invariant(9)
def test_looking_changes_nothing(api: Api) -> None:
    with transaction() as session:
        alert = asked(session)
        confirm, manage = links.sign(links.CONFIRM, alert.id), links.sign(links.MANAGE, alert.id)
    assert api.get("/alerts/confirm", token=confirm).status_code == 405
    assert api.get("/alerts/unsubscribe", token=manage).status_code == 405
    assert api.get("/alerts/manage", token=manage).json["state"] == "unconfirmed"


def test_a_link_that_has_expired(api: Api, clean: Services) -> None:
    with transaction() as session:
        token = links.sign(links.CONFIRM, asked(session).id)
    clock.set_ahead(timedelta(hours=49))
    answer = api.post("/alerts/confirm", {"token": token})
    problems(answer, 403)
    assert "expired" in answer.json["detail"]


def test_an_alert_that_lapsed(api: Api, work: Work) -> None:
    with transaction() as session:
        token = links.sign(links.CONFIRM, asked(session).id)
    clock.set_ahead(timedelta(hours=49))
    work()
    answer = api.post("/alerts/confirm", {"token": token})
    problems(answer, 404)
    assert "create it again" in answer.json["detail"]


def test_a_link_that_was_used(api: Api) -> None:
    with transaction() as session:
        alert = asked(session)
        confirm, manage = links.sign(links.CONFIRM, alert.id), links.sign(links.MANAGE, alert.id)
    first = api.post("/alerts/confirm", {"token": confirm})
    assert api.post("/alerts/confirm", {"token": confirm}).json == first.json
    api.post("/alerts/unsubscribe", {"token": manage})
    answer = api.post("/alerts/confirm", {"token": confirm})
    problems(answer, 409)
    assert "ended" in answer.json["detail"]
    problems(api.post("/alerts/resume", {"token": manage}), 409)
    assert api.get("/alerts/manage", token=manage).json["email"] is None


def test_the_same_alert_twice_is_one(api: Api) -> None:
    with transaction() as session:
        first = confirmed(session)
        token = links.sign(links.CONFIRM, asked(session, frequency="weekly").id)
    answer = api.post("/alerts/confirm", {"token": token})
    assert answer.json["id"] == str(first.id)
    assert api.get("/alerts/manage", token=answer.json["manage"]).json["frequency"] == "weekly"


@pytest.mark.parametrize("path", ["confirm", "unsubscribe", "pause", "resume"])
def test_tokens_that_are_not_for_this(api: Api, path: str) -> None:
    with transaction() as session:
        alert = confirmed(session)
        other = links.MANAGE if path == "confirm" else links.CONFIRM
        foreign = links.sign(other, alert.id)
    for token in (foreign, foreign[:-1], "x", "eyJ", "ä" * 20):
        answer = api.post(f"/alerts/{path}", {"token": token})
        problems(answer, 403)
        assert "copy it whole" in answer.json["detail"]
    assert "token" in problems(api.post(f"/alerts/{path}", {"token": ""}))
    assert "token" in problems(api.post(f"/alerts/{path}", {}))
    assert "token" in problems(api.get("/alerts/manage"))


@pytest.mark.promise("W5")
def test_a_preview_counts_exactly(api: Api, published: Publish) -> None:
    ids = [published(f"a-{number}", title=f"Sairaanhoitaja {number}") for number in range(7)]
    published("b-1", title="Kokki", description="<p>Ruokaa.</p>")
    clock.set_ahead(clock.ahead() + timedelta(seconds=1))
    found = api.post("/alerts/preview", {"criteria": {"text": "sairaanhoitaja"}, "language": "sv"}).json
    assert found["open"] == 7
    assert found["per_week"] == 1.8
    assert len(found["examples"]) == 5
    assert {one["id"] for one in found["examples"]} <= set(ids)
    assert found["examples"][0]["labels"]["places"] == ["Tammerfors"]
    assert api.post("/alerts/preview", {"criteria": {"text": "astronautti"}}).json == {
        "open": 0,
        "per_week": 0,
        "examples": [],
    }
    assert "criteria" in problems(api.post("/alerts/preview", {"criteria": {}}))
