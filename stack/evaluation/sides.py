"""The two sides that are measured: the product's index and queries, and the language analysers that OpenSearch has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from mappings import indexes, listing, query, search
from mappings.client import client, msearch
from store import criteria, sanitise, settings
from store.listings import PUBLISHED, Listing

Query = dict[str, Any]

TOGETHER = 500  # documents in one request
AT_ONCE = 50  # searches in one request
MOST = 10_000  # hits of a search: all there are
STOCK = {"fi": "finnish", "sv": "swedish", "en": "english"}
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Text:
    """A text that can be found, as an ad with this title and description."""

    id: str
    language: str
    title: str
    description: str = ""
    places: tuple[str, ...] = ()
    occupation: str | None = None


@dataclass(frozen=True)
class Asked:
    """A search: the words, the language that they are in, the languages whose texts are searched, and whether the words
    also find what they name under its other names (the product's usual way), or only the words that they are."""

    text: str
    language: str
    among: tuple[str, ...]
    expand: bool = True


class Side(Protocol):
    """What is measured: its index, what that holds of a text, and what a search asks of it."""

    @property
    def name(self) -> str: ...

    def body(self) -> dict[str, Any]: ...

    def document(self, text: Text) -> dict[str, Any]: ...

    def query(self, asked: Asked) -> Query: ...


class Product:
    """The index of listings as it is in production; criteria and documents are made by the code that serves."""

    name = "vahti"

    def body(self) -> dict[str, Any]:
        return indexes.body("listings")

    def document(self, text: Text) -> dict[str, Any]:
        return listing.document(self.row(text))

    def row(self, text: Text) -> Listing:
        """The listing that a text is, in no database."""
        return Listing(
            id=uuid5(NAMESPACE_URL, text.id),
            state=PUBLISHED,
            title=text.title,
            description=text.description,
            language=text.language,
            employer="",
            places=list(text.places),
            occupation=text.occupation,
            employment=[],
            remote=False,
            published_at=_DAY,
        )

    def query(self, asked: Asked) -> Query:
        meant = criteria.read({"text": asked.text, "languages": list(asked.among), "expand": asked.expand})
        return search.ranked(query.query(meant), meant, _DAY.date())


class Stock:
    """An index with one field a language, each with the analyser that OpenSearch has for it; all words of a search must
    be in one field. It is told the language of every text."""

    name = "stock"

    def body(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for language, analyser in STOCK.items():
            fields[f"title_{language}"] = {"type": "text", "analyzer": analyser}
            fields[f"text_{language}"] = {"type": "text", "analyzer": analyser}
        # OpenSearch builds every stock analyser with each index, and a small Java runtime lacks the Thai word list.
        analysis = {"analyzer": {"thai": {"type": "standard"}}}
        return {
            "settings": {"number_of_shards": 1, "number_of_replicas": 0, "analysis": analysis},
            "mappings": {"dynamic": "strict", "properties": fields},
        }

    def document(self, text: Text) -> dict[str, Any]:
        whole = [text.title, sanitise.text(text.description)]
        return {f"title_{text.language}": text.title, f"text_{text.language}": whole}

    def query(self, asked: Asked) -> Query:
        texts = [f"text_{language}" for language in asked.among]
        titles = [f"title_{language}^3" for language in asked.among]
        return {
            "bool": {
                "must": {"multi_match": {"query": asked.text, "fields": texts, "operator": "and"}},
                "should": {"multi_match": {"query": asked.text, "fields": titles}},
            }
        }


@contextmanager
def index(side: Side, texts: Sequence[Text]) -> Iterator[str]:
    """The name of an index of a side that holds these texts, by their ids, and is gone when the block is left."""
    name = f"{settings.get().index_prefix}-evaluation-{side.name}"
    client().indices.delete(index=name, params={"ignore_unavailable": "true"})
    client().indices.create(index=name, body=side.body())
    try:
        for first in range(0, len(texts), TOGETHER):
            lines: list[dict[str, Any]] = []
            for text in texts[first : first + TOGETHER]:
                lines += [{"index": {"_index": name, "_id": text.id}}, side.document(text)]
            answer = client().bulk(body=lines)
            if answer["errors"]:
                refused = next(one["index"]["error"] for one in answer["items"] if "error" in one["index"])
                raise RuntimeError(f"{side.name} does not take a text: {refused}")
        client().indices.refresh(index=name)
        yield name
    finally:
        client().indices.delete(index=name)


def found(side: Side, name: str, searches: Sequence[Asked], most: int = MOST) -> list[list[str]]:
    """What each search finds in an index, the best first; of equals the one that was written first."""
    every: list[list[str]] = []
    for first in range(0, len(searches), AT_ONCE):
        bodies = [
            {"query": side.query(one), "size": most, "_source": False, "sort": ["_score", "_doc"]}
            for one in searches[first : first + AT_ONCE]
        ]
        every += [[hit["_id"] for hit in answer["hits"]["hits"]] for answer in msearch(name, bodies)]
    return every
