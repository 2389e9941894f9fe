"""Where a job is, from the names that feeds write: a municipality, else a region, else a country."""

from __future__ import annotations

import re

from api.schema_problems import LONGEST_SHOWN, Fault
from store import places

_COUNTRIES = {"fi": "fi", "fin": "fi", "se": "se", "swe": "se"}
_POSTAL_CODE = re.compile(r"(?:(?:fi|se|s)-)?[0-9]{3} ?[0-9]{2}\s+", re.IGNORECASE)


def code(locality: str, region: str, country: str) -> str | Fault:
    """The code of the most exact of the three names that is not empty; the others decide between namesakes. A name
    that is not known, and one that both countries have, is a Fault that names it."""
    known = _COUNTRIES.get(country.lower())
    countries = [known] if known else [one for one in _codes(country) if one in _COUNTRIES.values()]
    if country and not countries:
        return _fault(country, "not known here", "Finland or Sweden, as FI or SE")
    name = locality or region
    if not name:
        return countries[0] if countries else Fault("names no place", "a municipality, a region or a country")
    found = _codes(name) or _codes(_POSTAL_CODE.sub("", name.split(",")[0], count=1))
    there = [one for one in found if not country or places.ancestors(one)[-1] in countries]
    if not there:
        return _fault(name, "not known here", "the name of a place in Finland or Sweden, alone, or its code")
    there = [one for one in there if set(_codes(region)) & set(places.ancestors(one))] or there
    if len({places.ancestors(one)[-1] for one in there}) > 1:
        return _fault(name, "in Finland and in Sweden", "the country as well: FI or SE")
    return there[0]


def _codes(name: str) -> list[str]:
    return [name.lower()] if places.known(name.lower()) else [found.code for found in places.find(name)]


def _fault(name: str, why: str, right: str) -> Fault:
    shown = name if len(name) <= LONGEST_SHOWN and name.isprintable() else "…"
    return Fault(f'is "{shown}", which is {why}', right)
