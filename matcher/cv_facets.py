"""The words for the values by which found CVs are counted."""

from __future__ import annotations

from store import languages, occupations, places, wording


def label(name: str, value: str, language: str) -> str:
    """One value of the facet `name`, in `fi`, `sv` or `en`."""
    if name == "place":
        return places.label(value, language)
    if name == "occupation":
        return occupations.label(value, language)
    if name == "employment":
        return wording.employment(value, language)
    if name in ("spoken", "language"):
        return languages.name_of(value, language)
    return value
