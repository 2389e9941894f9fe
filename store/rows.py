"""What all rows share: the declarative base and the column types that recur."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, FetchedValue, LargeBinary, MetaData, Text
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

Key = Annotated[UUID, mapped_column(PgUUID(as_uuid=True), primary_key=True, server_default=FetchedValue())]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Words = Annotated[list[str], mapped_column(ARRAY(Text))]
Digest = Annotated[bytes, mapped_column(LargeBinary)]
Version = Annotated[int, mapped_column(BigInteger, server_default=FetchedValue(), server_onupdate=FetchedValue())]


class Row(DeclarativeBase):
    """Base of every mapped row."""

    metadata = MetaData()
    type_annotation_map = {str: Text}  # noqa: RUF012 - read by SQLAlchemy at class creation, never changed


class Snapshot(UserDefinedType[str]):
    """`pg_snapshot`: which transactions had committed at a moment. Written by triggers, never by Python."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The name of the type in SQL."""
        return "PG_SNAPSHOT"


class TransactionId(UserDefinedType[str]):
    """`xid8`: the transaction that made a change. Written by triggers, never by Python."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The name of the type in SQL."""
        return "XID8"
