"""Keeps one employer from filling the first page: the rest of its listings come after everybody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mappings.search import Demoted
from matcher.cursor import MOST_DEMOTED, OF_AN_EMPLOYER

# Hits looked at for one page: mostly enough to fill it with others, so that the engine is asked once.
WINDOW = 3
# How often the engine is asked again where it is not.
TRIES = 2

Kept = Mapping[str, tuple[str, ...]]
Hits = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """Hits of one page in their order, whether there are `more` after it, and what the engine counted besides."""

    hits: Hits
    more: bool
    total: int
    counts: dict[str, Any]
    demoted: Kept


class Ask(Protocol):
    """Asks the engine for hits with these employers demoted, and with these members of the request instead."""

    def __call__(self, demoted: Demoted, **more: Any) -> dict[str, Any]: ...


def cut(answer: dict[str, Any], size: int, demoted: Kept) -> Page:
    """The page that an answer holds, of which one hit more than a page was asked."""
    hits = answer["hits"]["hits"]
    return Page(
        hits[:size], len(hits) > size, answer["hits"]["total"]["value"], answer.get("aggregations", {}), demoted
    )


def first(ask: Ask, size: int) -> Page:
    """The first page, on which no employer has more than `OF_AN_EMPLOYER` listings where others have any to fill it;
    `demoted` of it is how the pages after it go on.

    Listings of a demoted employer that kept their place stay where they were. As many as `MOST_DEMOTED` employers are.
    """
    window: dict[str, Any] = {"from": 0, "size": max(size * WINDOW, size + 1), "docvalue_fields": ["employer"]}
    answer = ask({}, **window)
    total, counts = answer["hits"]["total"]["value"], answer.get("aggregations", {})
    demoted: Kept = {}
    for left in range(TRIES, -1, -1):
        hits: Hits = answer["hits"]["hits"]
        more_demoted = _crowding(hits, size, demoted)
        if more_demoted == demoted:
            break
        # The scores of these hits are the same whoever else is demoted, so the page can end at any of them.
        ahead = [hit for hit in hits if not _is_moved(hit, more_demoted)]
        if len(ahead) >= size:
            return Page(ahead[:size], total > size, total, counts, more_demoted)
        if not left:
            break
        demoted = more_demoted
        answer = ask(demoted, **window, aggs={})
    return Page(hits[:size], total > size, total, counts, demoted)


def _crowding(hits: Hits, size: int, demoted: Kept) -> Kept:
    """The employers that have more listings on the page than they may, with those that they keep; the ones that were
    demoted before stay so, as they were."""
    found: dict[str, tuple[str, ...]] = dict(demoted)
    kept: dict[str, tuple[str, ...]] = {}
    on_page = 0
    for hit in hits:
        if on_page == size:
            break
        employer = _employer(hit)
        if _is_moved(hit, found):
            # Behind everybody else's already, or to come there.
            continue
        if employer not in found and len(kept.get(employer, ())) == OF_AN_EMPLOYER and len(found) < MOST_DEMOTED:
            found[employer] = kept[employer]
            continue
        kept[employer] = (*kept.get(employer, ()), hit["_id"])
        on_page += 1
    return found


def _is_moved(hit: dict[str, Any], demoted: Kept) -> bool:
    employer = _employer(hit)
    return employer in demoted and hit["_id"] not in demoted[employer]


def _employer(hit: dict[str, Any]) -> str:
    return str(hit["fields"]["employer"][0])
