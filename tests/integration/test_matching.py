"""Listings find their alerts, alerts their listings: each pair once, in the ledger."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from store.database import transaction
from tests.making import alert, publish

Work = Callable[[], int]


def ledger() -> set[tuple[str, str]]:
    """The pairs of the ledger: address and reference."""
    with transaction() as session:
        rows = session.execute(
            text(
                "SELECT a.email, l.reference FROM deliveries d JOIN alerts a ON a.id = d.alert_id "
                "JOIN listings l ON l.id = d.listing_id"
            )
        )
        return {(email, reference) for email, reference in rows}


@pytest.mark.promise("W3")
def test_a_listing_finds_the_alerts_that_were_there(work: Work) -> None:
    with transaction() as session:
        alert(session, "a@mail.example", text="sairaanhoitaja", places=["fi-r06"])
        alert(session, "b@mail.example", text="sairaanhoitaja", places=["fi-091"])
        alert(session, "c@mail.example", text="kokki")
    work()
    with transaction() as session:
        publish(session)
    work()
    assert ledger() == {("a@mail.example", "a-1")}


def test_who_had_it_keeps_it(work: Work) -> None:
    with transaction() as session:
        publish(session, "old")
    work()
    with transaction() as session:
        alert(session, "a@mail.example")
    work()
    assert ledger() == set()
    with transaction() as session:
        publish(session, "new")
    work()
    assert ledger() == {("a@mail.example", "new")}


@pytest.mark.parametrize(
    ("language", "asked", "offered"),
    [
        ("fi", "sairaanhoitaja", "Haemme sairaanhoitajia Tampereelle"),
        ("fi", "opettaja", "Opettajan sijaisuus"),
        ("sv", "lärare", "Vi söker läraren"),
        ("sv", "utvecklare", "Utvecklarna bygger"),
        ("en", "nurse", "We are looking for nurses"),
    ],
)
def test_a_word_finds_its_inflected_forms(language: str, asked: str, offered: str, work: Work) -> None:
    with transaction() as session:
        alert(session, "a@mail.example", text=asked)
        alert(session, "b@mail.example", text="kuljettaja")
    work()
    with transaction() as session:
        publish(session, title=offered, description="<p>x</p>", language=language)
    work()
    assert ledger() == {("a@mail.example", "a-1")}
