"""The form's field of places: names that people type, turned into codes and back, with what was perhaps meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

from store import places, wording
from store.places import Place
from store.taxonomy import as_compared

_SEPARATORS = re.compile(r"[,;\n]")
# "Övertorneå (Sverige)": namesakes carry their country.
_WITH_COUNTRY = re.compile(r"(.+?)\s*\((.+)\)")
_SIMILAR, _SUGGESTIONS = 0.6, 3
_LONGEST_SHOWN = 60


def names(language: str) -> tuple[str, ...]:
    """Every place by its name in this language, in alphabetical order, for a list to choose from."""
    return tuple(_labels(language).values())


def written(codes: Sequence[str], language: str) -> str:
    """The codes as somebody would have typed them; `read` gives the same codes back. Codes must be known."""
    labels = _labels(language)
    return ", ".join(labels[code] for code in codes)


def read(typed: str, language: str) -> tuple[list[str], list[str]]:
    """The codes of the places that were typed, and for each name that stands for none a sentence about it."""
    codes, mistakes = [], []
    for name in filter(None, (" ".join(part.split()) for part in _SEPARATORS.split(typed))):
        found = _named(name, language)
        if len(found) == 1:
            codes.append(found[0].code)
        else:
            mistakes.append(_mistake(name, found, language))
    return codes, mistakes


@cache
def _labels(language: str) -> dict[str, str]:
    labelled = {}
    for place in places.all():
        name = place.names()[language]
        alone = len(places.find(name, language)) == 1
        labelled[place.code] = name if alone else f"{name} ({places.label(_country(place), language)})"
    return dict(sorted(labelled.items(), key=lambda item: as_compared(item[1])))


def _country(place: Place) -> str:
    return places.ancestors(place.code)[-1]


def _named(name: str, language: str) -> tuple[Place, ...]:
    """The places meant by a name: in the reader's language, or else in any; one place, or namesakes to choose from."""
    if with_country := _WITH_COUNTRY.fullmatch(name):
        alike = _named(with_country[1], language)
        countries = {country.code for country in places.find(with_country[2])}
        return tuple(place for place in alike if _country(place) in countries)
    found = places.find(name, language) or places.find(name)
    # Who writes "Stockholm" means the town, which comes before the county; two towns are a question.
    return tuple(place for place in found if place.kind == found[0].kind) if found else ()


def _mistake(name: str, namesakes: Sequence[Place], language: str) -> str:
    _ = wording.translator(language).gettext
    shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
    labels = _labels(language)
    if namesakes:
        options = wording.either([labels[place.code] for place in namesakes], language)
        return _("There is more than one %(name)s: write %(options)s.") % {"name": shown, "options": options}
    said = _("We do not know a place called %(name)s.") % {"name": shown}
    similar = get_close_matches(as_compared(shown), _compared(language), _SUGGESTIONS, _SIMILAR)
    suggestions = list(dict.fromkeys(labels[_compared(language)[name]] for name in similar))
    if not suggestions:
        return said
    meant = _("Did you mean %(suggestions)s?") % {"suggestions": wording.either(suggestions, language)}
    return f"{said} {meant}"


@cache
def _compared(language: str) -> dict[str, str]:
    """Codes by every name that a typing error could have started from; names of the reader's language win."""
    by_name: dict[str, str] = {}
    for place in places.all():
        for name in (*place.names().values(), *place.other_names):
            by_name.setdefault(as_compared(name), place.code)
    return by_name | {as_compared(place.names()[language]): place.code for place in places.all()}
