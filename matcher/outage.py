"""When the search engine does not answer: one error for whoever asked, whatever the client raised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opensearchpy import ConnectionError as NoConnection
from opensearchpy import NotFoundError, TransportError

from mappings.client import Incomplete, client
from mappings.indexes import alias
from store.generations import KINDS

# Seconds within which a search engine that is well says so.
PROMPTLY = 3


class SearchDown(Exception):
    """OpenSearch is down, overloaded, or has no index at the moment: ask again later."""


class Outdated(SearchDown):
    """The index of this kind holds less than was written to it: it was restored from an old copy, and is of no use
    until it is built anew."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the index of {kind} was restored from an old copy")
        self.kind = kind


@contextmanager
def asking() -> Iterator[None]:
    """Turns what says that the engine is not well into SearchDown; what says that we asked nonsense is left alone."""
    try:
        yield
    except (Incomplete, NoConnection, NotFoundError) as error:
        raise SearchDown("the search does not answer") from error
    except TransportError as error:
        if isinstance(error.status_code, int) and (error.status_code >= 500 or error.status_code == 429):
            raise SearchDown("the search is not well") from error
        raise


def missing() -> list[str]:
    """The names of indexes that are not there. Raises SearchDown."""
    with asking():
        return [
            name
            for kind in KINDS
            if not client().indices.exists_alias(name=(name := alias(kind)), params={"request_timeout": PROMPTLY})
        ]
