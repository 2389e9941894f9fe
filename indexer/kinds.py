"""What the kinds of index have in common and where they differ: their rows, keys, versions and documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from mappings import cv as cv_documents
from mappings import listing as listing_documents
from mappings import query as stored_queries
from mappings import stored_search
from store.cvs import Cv
from store.generations import check_kind
from store.listings import PUBLISHED, Listing
from store.saved_searches import SavedSearch, know_viewers
from store.stored_criteria import CriteriaRow

Row = Listing | CriteriaRow | Cv | SavedSearch


@dataclass(frozen=True)
class Kind:
    """One kind of index. `shown` are the rows that it must hold, in the order of `key`.

    `documents(subject, row)` are the documents of a row by their ids, of which the subject is the part before a colon;
    `sort` are the fields that put the documents in the order of the rows, and of the ids within a row. `parts` are the
    ids of the documents of a row that is shown, where there are more than the one that has its id. `complete` reads
    what the documents need beyond the row. A `marked` kind says in the index itself how new it is: see `indexer.sync`.
    """

    name: str
    job: str
    row: type[Listing] | type[CriteriaRow] | type[Cv] | type[SavedSearch]
    key: InstrumentedAttribute[Any]
    read_key: Callable[[str], Any]
    shown: ColumnElement[bool]
    sort: tuple[str, ...]
    live_field: str
    documents: Callable[[str, Any], dict[str, dict[str, Any]]]
    parts: Callable[[Any], list[str]] | None = None
    complete: Callable[[Session, Sequence[Any]], None] | None = None
    marked: bool = False

    def rows(self, session: Session, subjects: Sequence[str]) -> dict[str, Row]:
        """The rows of these subjects that exist, whatever their state, by subject."""
        keys = [self.read_key(subject) for subject in subjects]
        found: list[Row] = list(session.scalars(select(self.row).where(self.key.in_(keys))))
        if self.complete is not None:
            self.complete(session, found)
        return {str(row.id): row for row in found}

    def page(self, session: Session, after: str | None, size: int) -> list[Row]:
        """The next rows that the index must hold, in key order."""
        asked = select(self.row).where(self.shown).order_by(self.key).limit(size)
        if after is not None:
            asked = asked.where(self.key > self.read_key(after))
        page: list[Row] = list(session.scalars(asked))
        if self.complete is not None:
            self.complete(session, page)
        return page

    def count(self, session: Session) -> int:
        """How many rows the index must hold."""
        return session.scalar(select(func.count()).select_from(self.row).where(self.shown)) or 0


def subject_of(document_id: str) -> str:
    """The subject whose document has this id."""
    return document_id.partition(":")[0]


def _of_listing(subject: str, row: Listing | None) -> dict[str, dict[str, Any]]:
    return {subject: listing_documents.document(row)}


def _of_criteria(subject: str, row: CriteriaRow | None) -> dict[str, dict[str, Any]]:
    return stored_queries.documents(int(subject), row)


def _of_cv(subject: str, row: Cv | None) -> dict[str, dict[str, Any]]:
    return {subject: cv_documents.document(row)}


def _of_search(subject: str, row: SavedSearch | None) -> dict[str, dict[str, Any]]:
    return {subject: stored_search.document(row)}


KINDS = {
    "listings": Kind(
        name="listings",
        job="sync_listing",
        row=Listing,
        key=Listing.id,
        read_key=UUID,
        shown=Listing.state == PUBLISHED,
        sort=("id",),
        live_field="open",
        documents=_of_listing,
    ),
    "alerts": Kind(
        name="alerts",
        job="sync_criteria",
        row=CriteriaRow,
        key=CriteriaRow.id,
        read_key=int,
        shown=CriteriaRow.live.is_(True),
        sort=("criteria", "part"),
        live_field="stored",
        documents=_of_criteria,
        parts=lambda row: sorted(stored_queries.documents(row.id, row)),
    ),
    "cvs": Kind(
        name="cvs",
        job="sync_cv",
        row=Cv,
        key=Cv.id,
        read_key=UUID,
        shown=and_(Cv.visible, Cv.consented),
        sort=("id",),
        live_field="visible",
        documents=_of_cv,
        marked=True,
    ),
    "searches": Kind(
        name="searches",
        job="sync_search",
        row=SavedSearch,
        key=SavedSearch.id,
        read_key=int,
        shown=true(),
        sort=("search",),
        live_field="stored",
        documents=_of_search,
        complete=know_viewers,
    ),
}


def kind(name: str) -> Kind:
    """The kind of this name; raises store.errors.Invalid for one that does not exist."""
    return KINDS[check_kind(name)]
