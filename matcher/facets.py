"""How many listings have which place, occupation and so on, with the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mappings.facets import FACETS
from store import listings, occupations, places, wording


@dataclass(frozen=True)
class Facet:
    """One value, as the search takes it, with its label and how many have it."""

    value: str
    label: str
    count: int


def read(session: Session, counted: Mapping[str, Any], language: str) -> dict[str, list[Facet]]:
    """The facets out of the engine's counts, the most frequent first, labelled in `fi`, `sv` or `en`.

    A count is of the listings that meet all that was asked but for what was chosen in the same facet.
    """
    names = _employers(session, counted["employer"]["values"]["buckets"])
    found: dict[str, list[Facet]] = {}
    for name in FACETS:
        facets = [
            Facet(_value(name, bucket["key"]), _label(name, bucket["key"], language, names), bucket["doc_count"])
            for bucket in counted[name]["values"]["buckets"]
        ]
        found[name] = sorted(facets, key=lambda facet: (-facet.count, facet.label))
    return found


def _value(name: str, key: str) -> str:
    return key.partition(":")[2] if name == "salary_min" else key


def _label(name: str, value: str, language: str, employers: Mapping[str, str]) -> str:
    if name == "place":
        return places.label(value, language)
    if name == "occupation":
        return occupations.label(value, language)
    if name == "employment":
        return wording.employment(value, language)
    if name == "salary_min":
        currency, _, amount = value.partition(":")
        return wording.least_salary(int(amount), currency, language)
    if name == "language":
        return wording.language_name(value, language)
    if name == "employer":
        return employers.get(value, value)
    return wording.translator(language).gettext("remote work")


def _employers(session: Session, buckets: list[dict[str, Any]]) -> dict[str, str]:
    """Names as the employers write them: the index compares them in lower case."""
    examples = {bucket["key"]: UUID(bucket["one"]["hits"]["hits"][0]["_id"]) for bucket in buckets}
    rows = listings.open_by_ids(session, list(examples.values()))
    return {key: rows[example].employer for key, example in examples.items() if example in rows}
