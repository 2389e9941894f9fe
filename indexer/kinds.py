"""What the two kinds of index have in common and where they differ: their rows, keys, versions and documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from mappings import listing as listing_documents
from mappings import query as stored_queries
from store.criteria import CriteriaRow
from store.generations import check_kind
from store.listings import PUBLISHED, Listing

Row = Listing | CriteriaRow


@dataclass(frozen=True)
class Kind:
    """One kind of index. `shown` are the rows that it must hold, in the order of `key`.

    `documents(subject, row)` are the documents of a row by their ids, of which the subject is the part before a colon;
    `sort` are the fields that put the documents in the order of the rows, and of the ids within a row.
    """

    name: str
    job: str
    row: type[Listing] | type[CriteriaRow]
    key: InstrumentedAttribute[Any]
    read_key: Callable[[str], Any]
    shown: ColumnElement[bool]
    sort: tuple[str, ...]
    live_field: str
    documents: Callable[[str, Any], dict[str, dict[str, Any]]]

    def rows(self, session: Session, subjects: Sequence[str]) -> dict[str, Row]:
        """The rows of these subjects that exist, whatever their state, by subject."""
        keys = [self.read_key(subject) for subject in subjects]
        found: list[Row] = list(session.scalars(select(self.row).where(self.key.in_(keys))))
        return {str(row.id): row for row in found}

    def page(self, session: Session, after: str | None, size: int) -> list[Row]:
        """The next rows that the index must hold, in key order."""
        asked = select(self.row).where(self.shown).order_by(self.key).limit(size)
        if after is not None:
            asked = asked.where(self.key > self.read_key(after))
        page: list[Row] = list(session.scalars(asked))
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
    ),
}


def kind(name: str) -> Kind:
    """The kind of this name; raises store.errors.Invalid for one that does not exist."""
    return KINDS[check_kind(name)]
