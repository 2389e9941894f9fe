"""Settings come from the environment, each of its type."""

from __future__ import annotations

import pytest

from store.faults import describe
from store.settings import Settings, read


def test_settings_are_read_by_name_and_type() -> None:
    found = read({"VAHTI_LEASE": "5", "VAHTI_SMTP_STARTTLS": "yes", "VAHTI_SMTP_TIMEOUT": "2.5", "VAHTI_SECRET": ""})
    assert (found.lease, found.smtp_starttls, found.smtp_timeout, found.secret) == (5, True, 2.5, "")
    assert read({}) == Settings()


def test_a_setting_that_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match="VAHTI_LEASE must be a int"):
        read({"VAHTI_LEASE": "soon"})


def test_a_fault_is_described_without_its_message() -> None:
    try:
        try:
            raise ValueError("kaisa@mail.example")
        except ValueError as error:
            raise KeyError("kaisa") from error
    except KeyError as error:
        described = describe(error)
    assert described.startswith("KeyError from ValueError at tests/unit/test_settings.py:")
    assert "kaisa" not in described
