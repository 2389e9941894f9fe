"""The languages that people speak: ISO 639-1 codes, and how people write them in Finnish, Swedish and English."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from store.taxonomy import as_compared

# Where one word names two languages, what it means in the first of these counts.
NAMED_IN = ("en", "sv", "fi")
_REMARK = re.compile(r"\s*[(\[].*$")
_REGION = re.compile(r"([a-z]{2})[-_][a-z0-9_-]+", re.IGNORECASE)


@cache
def _names() -> dict[str, dict[str, str]]:
    """Names by language and code; Unicode CLDR, as Babel holds it."""
    return {
        language: {
            code: name
            for code, name in sorted(Locale(language).languages.items())
            # Withdrawn from ISO 639-1: its speakers say Serbian, Croatian or Bosnian.
            if len(code) == 2 and code != "sh"
        }
        for language in NAMED_IN
    }


@cache
def _codes() -> dict[str, str]:
    codes = {code: code for code in _names()["en"]}
    for names in _names().values():
        for code, name in names.items():
            if code in _names()["en"]:
                codes.setdefault(as_compared(name), code)
    return codes


def code_of(written: str) -> str | None:
    """The code of a language given by its code (also with a region, "en-GB") or by its name in Finnish, Swedish or
    English, remarks in brackets aside; None for an unknown one."""
    regional = _REGION.fullmatch(written.strip())
    return _codes().get(as_compared(regional[1] if regional else _REMARK.sub("", written)))


def names() -> set[str]:
    """Every name that `code_of` reads, in lower case."""
    return set(_codes()) - set(_names()["en"])


def name_of(code: str, language: str) -> str:
    """What a language is called in `fi`, `sv` or `en`, as it stands inside a sentence: "suomi", "svenska", "English";
    the code itself where it has no name."""
    return _names()[language].get(code, code)
