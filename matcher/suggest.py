"""Suggestions while somebody types: occupations, places and skills by their names, and titles of open listings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from mappings import client, search
from mappings.analysis import asked_phrase
from mappings.indexes import alias
from matcher import labels, misspelt, popular
from matcher.labels import Begun, Kind, Label, Use
from matcher.outage import asking
from matcher.popular import Popularity
from store import clock, listings, terms

MOST = 10
# Of one kind so many at most, so that "pr" does not show ten skills and no occupation.
OF_A_KIND: dict[str, int] = {"occupation": 6, "place": 4, "skill": 3}
# Listings looked at for titles: many share one. And things, since some share a name and there is room for each kind.
TITLES, LOOKED_AT = 30, 500
# So many names that begin as was typed are enough: what it might be a form of is not looked for beyond.
ENOUGH = 3


@dataclass(frozen=True)
class Suggestion:
    """A text to search for; of all but titles also the code, which finds it in every language."""

    kind: Kind | Literal["title"]
    text: str
    code: str | None = None


def suggest(session: Session, text: str, language: str) -> list[Suggestion]:
    """At most `MOST` suggestions for the beginning of a text, in `fi`, `sv` or `en`: what has a name that begins so,
    half of them at most where there are titles as well.

    Names in this language come first, then what more open listings have, then shorter names; those of other languages
    are found too, and shown as this language has them. What is inflected or has a slip of the keys is found where
    nothing begins as was typed. Raises SearchDown when the engine does not answer.
    """
    begun = terms.plain(text)
    if not any(letter.isalnum() for letter in begun):
        return []
    titles = _titles(session, begun)
    called = named(begun, language, popular.now())
    room = max(MOST - len(titles), MOST // 2)
    return [*called[:room], *titles][:MOST]


@lru_cache(maxsize=2_000)
def named(text: str, language: str, known: Popularity) -> tuple[Suggestion, ...]:
    """What has a name that begins like the text, which is `terms.plain`, in the order that `suggest` says."""
    best: dict[str, tuple[tuple[object, ...], Begun]] = {}
    for number, (meant, enough) in enumerate(_meant(text)):
        if len(best) >= enough:
            break
        # One letter begins a word of every fourth name: then only what begins so itself.
        for begun in labels.begun(meant, whole=len(meant) == 1):
            code = begun.label.code
            fit = (number, *_fit(begun, language))
            if code not in best or fit < best[code][0]:
                best[code] = (fit, begun)
    ranked = []
    for fit, begun in best.values():
        shown = labels.shown(begun.label, language)
        # "support nurses" is no answer to whom nurses are what is looked for, unless there is no other.
        aside = begun.label.kind == "skill" and not begun.whole
        rank = (aside, *fit[:3], *_rank(begun.label, shown, known))
        ranked.append((rank, Suggestion(begun.label.kind, shown, begun.label.code)))
    ranked = nsmallest(LOOKED_AT, ranked, key=lambda one: one[0])
    # Two things of one name cannot be told apart where they are shown: of those it is the first.
    each = {terms.plain(one.text): one for _, one in reversed(ranked)}
    return tuple(_mixed([one for _, one in ranked if each[terms.plain(one.text)] is one]))


def _mixed(found: Sequence[Suggestion]) -> list[Suggestion]:
    """The first `MOST`, of each kind only so many that there is room for the others, as far as there are any."""
    room = dict(OF_A_KIND)
    chosen: list[Suggestion] = []
    beyond: list[Suggestion] = []
    for one in found:
        room[one.kind] -= 1
        (chosen if room[one.kind] >= 0 else beyond).append(one)
    kept = {*chosen[:MOST], *beyond[: max(MOST - len(chosen), 0)]}
    return [one for one in found if one in kept]


def _meant(text: str) -> Iterator[tuple[str, int]]:
    """What was typed, then what it may be a form of, then what it may be a slip for: each with how many things found
    before it are enough to leave it out."""
    yield text, 1
    *before, last = text.split(" ")
    forms = dict.fromkeys(" ".join((*before, *keys)) for keys in asked_phrase(last))
    yield from ((form, ENOUGH) for form in forms if form != text)
    yield from ((slip, 1) for slip in misspelt.begun(text))


def _fit(begun: Begun, language: str) -> tuple[object, ...]:
    """Which label of one thing is shown for it: one in the reader's language, what was typed itself, one that is in
    use, one that begins so, the shortest."""
    label = begun.label
    other, rare = label.language != language, label.use == Use.OTHER
    return (other, not begun.itself, rare, not begun.whole, begun.whole or label.use, len(label.text), label.text)


def _rank(label: Label, shown: str, known: Popularity) -> tuple[object, ...]:
    kinds: Sequence[Kind] = ("occupation", "place", "skill")
    return (
        -known.count(label.code),
        -len(labels.everyday().get(label.code, ())),
        label.use == Use.OTHER,
        kinds.index(label.kind),
        len(shown),
        shown,
        label.code,
    )


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
    written = listings.open_titles(session, ids)
    titles = {terms.plain(written[one]): written[one] for one in reversed(ids) if one in written}
    return [Suggestion("title", title) for title in reversed(titles.values())][:MOST]
