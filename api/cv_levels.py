"""How well somebody knows a language, as people write it in a CV, read as a level of the CEFR."""

from __future__ import annotations

# The Common European Framework of Reference, and what it leaves out: the language somebody grew up with.
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
_NATIVE = (
    *("native", "native speaker", "mother tongue", "mother-tongue", "first language", "bilingual"),
    *("native or bilingual", "native or bilingual proficiency", "native / bilingual"),
    *("äidinkieli", "äidinkielenä", "modersmål", "förstaspråk"),
)


def level(written: str) -> str | None:
    """One of `LEVELS` by its code ("B2", "b2") or by words for a native speaker; None for all other words, since what
    one calls "good" another calls "fluent"."""
    plain = " ".join(written.split())
    if plain.upper() in LEVELS:
        return plain.upper()
    return "native" if plain.casefold() in _NATIVE else None
