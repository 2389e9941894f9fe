"""The accounts that `make run` prints: they open, are made once, and never where others could reach them."""

from __future__ import annotations

import pytest

from stack.commands import welcome
from store import accounts, employers, passwords, sessions
from store.database import transaction
from tests.conftest import Services


def test_each_signs_in_and_is_made_once(clean: Services) -> None:
    first = welcome.sign_ins()
    assert [one.role for one in first] == ["person", "recruiter", "admin"]
    assert welcome.sign_ins() == first
    for one in first:
        assert one.password is not None
        with transaction() as session:
            account = sessions.sign_in(session, one.email, one.password)
            assert account is not None
            assert account.role == one.role
            if account.employer_id is not None:
                assert employers.get(session, account.employer_id).approval == employers.APPROVED
                assert not account.waits
    assert welcome.sign_in_page().startswith("http")


def test_a_changed_password_and_a_withdrawn_approval_stay(clean: Services) -> None:
    welcome.sign_ins()
    with transaction() as session:
        changed = accounts.by_email(session, welcome.ACCOUNTS["person"][0])
        assert changed is not None
        changed.password_hash = passwords.hashed("something of my own")
        employers.withdraw(session, employers.named(session, welcome.EMPLOYER))
    assert [one.password is None for one in welcome.sign_ins()] == [True, False, False]
    with transaction() as session:
        assert employers.named(session, welcome.EMPLOYER).approval == employers.WITHDRAWN


@pytest.mark.promise("S5")
@pytest.mark.parametrize(
    ("embedded", "base_url", "may"),
    [
        ({"postgres": 1, "mail": 2, "redis": 3}, "http://127.0.0.1:8080", True),
        ({"mail": 2}, "http://127.0.0.1:8080", False),
        ({"postgres": 1}, "http://127.0.0.1:8080", False),
        ({}, "http://127.0.0.1:8080", False),
        ({"postgres": 1, "mail": 2}, "https://vahti.example", False),
        ({"postgres": 1, "mail": 2}, "http://127.0.0.1.vahti.example", False),
    ],
)
def test_known_passwords_are_for_this_machine_alone(embedded: dict[str, int], base_url: str, may: bool) -> None:
    assert welcome.may_be_known(embedded, base_url) == may
