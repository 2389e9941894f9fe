"""An account whose address nobody confirmed leaves nothing behind that would count against the owner of the address."""

from __future__ import annotations

from store import accounts, erasures
from store.database import transaction
from tests.conftest import Services


def test_an_address_that_nobody_confirmed_is_not_erased(clean: Services) -> None:
    with transaction() as session:
        made = accounts.create(session, accounts.PERSON, "owner@mail.example")
    with transaction() as session:
        accounts.lapse(session, made.id)
    with transaction() as session:
        assert accounts.by_email(session, "owner@mail.example") is None
        assert not erasures.is_erased(session, "owner@mail.example")


def test_one_that_was_confirmed_does_not_lapse(clean: Services) -> None:
    from store import clock

    with transaction() as session:
        made = accounts.create(session, accounts.PERSON, "owner@mail.example")
        made.confirmed_at = clock.now()
    with transaction() as session:
        accounts.lapse(session, made.id)
    with transaction() as session:
        kept = accounts.get(session, made.id)
        assert kept.address == accounts.digest_of("owner@mail.example")
