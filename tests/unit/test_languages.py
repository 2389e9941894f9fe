"""Languages as people write them, and what they are called."""

from __future__ import annotations

import pytest

from store import languages


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("fi", "fi"),
        ("FI", "fi"),
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        (" Ruotsi ", "sv"),
        ("svenska", "sv"),
        ("Swedish (fluent)", "sv"),
        ("norja [hyvä]", "no"),
        ("sh", None),
        ("klingon", None),
        ("", None),
        ("fin", None),
    ],
)
def test_a_language_by_its_code_or_name(written: str, code: str | None) -> None:
    assert languages.code_of(written) == code


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_what_a_language_is_called_is_read_again(language: str) -> None:
    for code in ("fi", "sv", "en", "se", "de", "ar", "nb", "ru", "so"):
        assert languages.code_of(languages.name_of(code, language)) == code
    assert languages.name_of("xx", language) == "xx"


def test_every_name_is_read() -> None:
    assert all(languages.code_of(name) for name in languages.names())
