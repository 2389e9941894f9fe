"""The fields that an expression can name, what a place in one means, and what somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from store import languages, places
from store.taxonomy import as_compared

# Each field by its name, then as Finnish and Swedish recruiters may call it.
NAMES = {
    "title": ("nimike", "titel"),
    "skill": ("taito", "kompetens"),
    "employer": ("työnantaja", "arbetsgivare"),
    "education": ("koulutus", "utbildning"),
    "language": ("kieli", "språk"),
    "place": ("paikka", "ort"),
}
FIELDS = {name: field for field, others in NAMES.items() for name in (field, *others)}
# Names longer than this are no names: comparing them with every place would only take time.
LONGEST = 60


@cache
def _language_names() -> tuple[str, ...]:
    return tuple(sorted(languages.names()))


@cache
def _place_names() -> tuple[str, ...]:
    written = {name for place in places.all() for name in (*place.names().values(), *place.other_names)}
    return tuple(sorted(as_compared(name) for name in written))


def place_codes(name: str) -> tuple[str, ...]:
    """The codes of the places that an official code or a name means, sorted; none if there is no such place.

    Of a town and the region called after it the town is meant; of namesakes in both countries, both.
    """
    if places.known(name):
        return (name,)
    found = places.find(name)
    return tuple(sorted(place.code for place in found if place.kind == found[0].kind))


def nearest_field(name: str) -> str | None:
    """The field name that somebody may have meant."""
    return _nearest(name, FIELDS)


def nearest_language(name: str) -> str | None:
    """The name of a language that somebody may have meant, in lower case."""
    return _nearest(name, _language_names())


def nearest_place(name: str) -> str | None:
    """The name of a place that somebody may have meant, in lower case."""
    return _nearest(as_compared(name), _place_names())


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name, list(known), n=1)), None) if len(name) <= LONGEST else None
