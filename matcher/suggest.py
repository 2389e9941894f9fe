"""Suggestions while somebody types: what occupations are called, and titles of open listings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from mappings import client, search
from mappings.indexes import alias
from matcher.fitting import require_askable
from matcher.outage import asking
from store import clock, listings, occupations, terms
from store.occupations import Occupation

MOST = 10
# Listings looked at for titles: many share one.
TITLES = 50


@dataclass(frozen=True)
class Suggestion:
    """A text to search for; of an occupation also its code, which finds it in every language."""

    kind: Literal["occupation", "title"]
    text: str
    code: str | None = None


def suggest(session: Session, text: str, language: str) -> list[Suggestion]:
    """At most `MOST` suggestions for the beginning of a text: occupations first, half of them at most where there are
    titles as well. Raises SearchDown when the engine does not answer."""
    require_askable(session, "listings")
    begun = terms.plain(text)
    if not any(letter.isalnum() for letter in begun):
        return []
    titles = _titles(session, begun)
    called = _occupations(begun, language)
    room = max(MOST - len(titles), MOST // 2)
    return [*called[:room], *titles][:MOST]


@cache
def _names(language: str) -> tuple[tuple[str, str, Occupation], ...]:
    """Every name of an occupation in a language, as it is compared and as it is written, preferred ones first."""
    preferred, others = [], []
    for occupation in occupations.all():
        label = occupations.label(occupation.code, language)
        preferred.append((terms.plain(label), label, occupation))
        others += [
            (terms.plain(name), name, occupation) for name in occupations.alternatives(occupation.code, language)
        ]
    return (*preferred, *others)


def _occupations(begun: str, language: str) -> list[Suggestion]:
    found: dict[str, Suggestion] = {}
    for compared, written, occupation in _names(language):
        if compared.startswith(begun) and occupation.code not in found:
            found[occupation.code] = Suggestion("occupation", written, occupation.code)
    # Shorter names are the more general ones.
    return sorted(found.values(), key=lambda one: (len(one.text), one.text))


def _titles(session: Session, begun: str) -> list[Suggestion]:
    body = {
        "query": search.titles_beginning(begun, clock.now()),
        "sort": search.order("newest"),
        "size": TITLES,
        "_source": False,
        "track_total_hits": False,
    }
    with asking():
        hits = client.search(alias("listings"), body)["hits"]["hits"]
    ids = [UUID(hit["_id"]) for hit in hits]
    rows = listings.open_by_ids(session, ids)
    titles = {terms.plain(rows[one].title): rows[one].title for one in reversed(ids) if one in rows}
    return [Suggestion("title", title) for title in reversed(titles.values())][:MOST]
