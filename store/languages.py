"""The languages that people speak: ISO 639-1 codes, and their names in Finnish, Swedish and English."""

from __future__ import annotations

from functools import cache

from babel import Locale

from store.terms import plain

NAMED_IN = ("fi", "sv", "en")


@cache
def _names() -> dict[str, dict[str, str]]:
    """Names by language and code; Unicode CLDR, as Babel holds it."""
    return {
        language: {code: name for code, name in Locale(language).languages.items() if len(code) == 2}
        for language in NAMED_IN
    }


@cache
def _codes() -> dict[str, str]:
    codes = {plain(name): code for names in _names().values() for code, name in names.items()}
    return codes | {code: code for code in _names()["en"]}


def code_of(name: str) -> str | None:
    """The code of a language by its code or its name in Finnish, Swedish or English; None for an unknown one."""
    return _codes().get(plain(name))


def name_of(code: str, language: str) -> str:
    """The name of a language in `fi`, `sv` or `en`; the code itself where it has none."""
    return _names()[language].get(code, code)
