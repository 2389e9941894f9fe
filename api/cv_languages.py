"""Languages and levels as people write them in a CV, read as ISO 639-1 codes and levels of the CEFR."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from store.taxonomy import as_compared

# The Common European Framework of Reference, and what it leaves out: the language somebody grew up with.
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
_NATIVE = (
    *("native", "native speaker", "mother tongue", "mother-tongue", "first language", "bilingual"),
    *("native or bilingual", "native or bilingual proficiency", "native / bilingual"),
    *("äidinkieli", "äidinkielenä", "modersmål", "förstaspråk"),
)
_REMARK = re.compile(r"\s*[(\[].*$")
_REGION = re.compile(r"([a-z]{2})[-_][a-z0-9_-]+", re.IGNORECASE)


@cache
def _names() -> dict[str, str]:
    codes = {str(code) for code in Locale("en").languages if len(str(code)) == 2} - {"sh"}
    named = {code: code for code in codes}
    for speaking in ("en", "sv", "fi"):
        for code in sorted(codes):
            if name := Locale(speaking).languages.get(code):
                named.setdefault(as_compared(name), code)
    return named


def code(written: str) -> str | None:
    """The ISO 639-1 code of a language given by its code (also with a region, "en-GB") or by its name in Finnish,
    Swedish or English, remarks in brackets aside; None where it is none."""
    regional = _REGION.fullmatch(written.strip())
    return _names().get(as_compared(regional[1] if regional else _REMARK.sub("", written)))


def known(code_: str) -> bool:
    """Whether this is a code that `code` gives."""
    return _names().get(code_) == code_


def name(code_: str, language: str) -> str:
    """What a language is called in `fi`, `sv` or `en`, as it stands inside a sentence: "suomi", "svenska", "English".
    Raises KeyError for what is no code."""
    return str(Locale(language).languages[code_])


def level(written: str) -> str | None:
    """One of `LEVELS` by its code ("B2", "b2") or by words for a native speaker; None for all other words, since what
    one calls "good" another calls "fluent"."""
    plain = " ".join(written.split())
    if plain.upper() in LEVELS:
        return plain.upper()
    return "native" if plain.casefold() in _NATIVE else None
