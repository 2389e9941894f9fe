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
    """One kind of index: `shown` are the rows that it must hold, `key` their key, repeated in the field `key_field`."""

    name: str
    job: str
    row: type[Listing] | type[CriteriaRow]
    key: InstrumentedAttribute[Any]
    read_key: Callable[[str], Any]
    shown: ColumnElement[bool]
    key_field: str
    live_field: str
    document: Callable[[Any], dict[str, Any]]

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


KINDS = {
    "listings": Kind(
        name="listings",
        job="sync_listing",
        row=Listing,
        key=Listing.id,
        read_key=UUID,
        shown=Listing.state == PUBLISHED,
        key_field="id",
        live_field="open",
        document=listing_documents.document,
    ),
    "alerts": Kind(
        name="alerts",
        job="sync_criteria",
        row=CriteriaRow,
        key=CriteriaRow.id,
        read_key=int,
        shown=CriteriaRow.live.is_(True),
        key_field="criteria",
        live_field="stored",
        document=stored_queries.document,
    ),
}


def kind(name: str) -> Kind:
    """The kind of this name; raises store.errors.Invalid for one that does not exist."""
    return KINDS[check_kind(name)]
