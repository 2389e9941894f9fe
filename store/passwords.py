"""Passwords: which may be chosen, how they are kept, and a check that takes as long where there is none."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from zxcvbn import zxcvbn

from store.errors import Invalid, Problem

SHORTEST, LONGEST = 10, 200
# Fewer guesses than this take no longer than an attack through the sign-in that goes unnoticed for a year.
FEWEST_GUESSES = 10**6
# zxcvbn looks at no more; what is longer is hard to guess unless its beginning is all there is to it.
_LOOKED_AT = 72
# What people here choose first; zxcvbn knows the English ones.
_USUAL = (
    "salasana",
    "tunnussana",
    "sanasala",
    "lösenord",
    "hejsan",
    "kissa",
    "koira",
    "suomi",
    "sverige",
    "vahti",
    "perkele",
)

# OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane. Some 30 ms, and little memory for many at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def normalised(password: str) -> str:
    """The password as it is hashed: NFC, so that it is the same from every keyboard (RFC 8265, section 4.2.2)."""
    return unicodedata.normalize("NFC", password)


def check(password: str, email: str, field: str = "password") -> str:
    """The password, normalised. Raises Invalid, about `field`, for one that may not be chosen by this address.

    As NIST SP 800-63B, section 5.1.1.2: a length and what is guessed first; nothing about kinds of characters.
    """
    chosen = normalised(password)
    length = f"{SHORTEST} to {LONGEST} characters"
    if len(chosen) < SHORTEST:
        raise Invalid([Problem(field, "is too short", length)])
    if len(chosen) > LONGEST:
        raise Invalid([Problem(field, "is too long", length)])
    address = email.strip().lower()
    if chosen.lower() in {address, address.partition("@")[0]}:
        raise Invalid([Problem(field, "is the e-mail address", f"something else, {length}")])
    told = [*_USUAL, address, *address.replace("@", ".").split(".")]
    if zxcvbn(chosen[:_LOOKED_AT], user_inputs=told)["guesses"] < FEWEST_GUESSES:
        raise Invalid(
            [Problem(field, "is among those that are guessed first", "something less usual: several words, say")]
        )
    return chosen


def hashed(password: str) -> str:
    """What is kept of a password: Argon2id with its parameters and a salt of its own."""
    return _hasher.hash(normalised(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password of which `kept` is left. Without one it is never, after the same work."""
    try:
        _hasher.verify(kept or _nobodys(), normalised(password))
    except VerifyMismatchError:
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than are in use now: at the next sign-in it is hashed anew."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return hashed("nobody has this password")
