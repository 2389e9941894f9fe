"""Which passwords are taken, and what is kept of them."""

from __future__ import annotations

import time
import unicodedata
from statistics import median

import pytest
from argon2 import PasswordHasher

from store import passwords
from store.errors import Invalid

EMAIL = "kaisa.virtanen@mail.example"


def refusal(password: str) -> str:
    with pytest.raises(Invalid) as refused:
        passwords.check(password, EMAIL)
    [problem] = refused.value.problems
    assert problem.field == "password"
    assert problem.right
    assert not password or password not in problem.reason + problem.right
    return problem.reason


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "is too short"),
        ("k4isl@-9x", "is too short"),
        ("a" * 201, "is too long"),
        (EMAIL, "is the e-mail address"),
        (EMAIL.upper(), "is the e-mail address"),
        ("kaisa.virtanen", "is the e-mail address"),
        *((easy, "is among those that are guessed first") for easy in ("password123", "1234567890", "qwertyuiop")),
        *((easy, "is among those that are guessed first") for easy in ("aaaaaaaaaaaa", "abcdefghij", "Salasana123")),
        *((easy, "is among those that are guessed first") for easy in ("lösenord123", "P@ssw0rd2026", "virtanenkaisa")),
    ],
)
def test_what_is_refused_and_why(password: str, reason: str) -> None:
    assert refusal(password) == reason


@pytest.mark.parametrize(
    "password",
    [
        "kolme sinistä ketunhäntää",
        "correct horse battery",
        "ei isoja kirjaimia",
        "zq8vbn2kxw",
        "järvenrantasauna",
        "🦊🐻🦌🐺🦉🐟🦆🐝🌲🌊",
        "x9-kvq7" * 3 + "?" * 150,
    ],
)
def test_what_is_taken_whatever_kinds_of_characters_it_has(password: str) -> None:
    assert passwords.check(password, EMAIL) == password


@pytest.mark.promise("A1")
def test_a_password_is_the_same_from_every_keyboard() -> None:
    typed = "kolme sinistä ketunhäntää"
    kept = passwords.hashed(unicodedata.normalize("NFD", typed))
    assert passwords.fits(typed, kept)
    assert passwords.check(unicodedata.normalize("NFD", typed), EMAIL) == typed
    assert not passwords.fits(typed.upper(), kept)


@pytest.mark.promise("A1")
def test_what_is_kept_is_argon2id_and_salted() -> None:
    kept = passwords.hashed("correct horse battery")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "horse" not in kept
    assert kept != passwords.hashed("correct horse battery")
    assert not passwords.outdated(kept)
    assert passwords.outdated(
        PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse battery")
    )


@pytest.mark.promise("A1", "S5")
def test_an_address_without_a_password_costs_the_same() -> None:
    kept = passwords.hashed("correct horse battery")
    passwords.fits("x", None)

    def cost(of: str | None) -> float:
        began = time.perf_counter()
        assert not passwords.fits("another one", of)
        return time.perf_counter() - began

    known, unknown = zip(*((cost(kept), cost(None)) for _ in range(9)), strict=True)
    assert 0.5 < median(known) / median(unknown) < 2


def test_nobody_signs_in_with_what_stands_for_nobody() -> None:
    assert not passwords.fits("nobody has this password", None)
