"""CVs: one a person, private until the person says otherwise, gone from every search at the commit that hides it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, FetchedValue, ForeignKey, Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import cv_fields, language_detection
from store.accounts import Account
from store.errors import Invalid, NotFound, Problem
from store.rows import Key, Moment, Row, TransactionId, Version, Words

OPEN, ON_REQUEST = CONTACT = ("open", "on_request")


class Cv(Row):
    """What a person shows, to whom the person allows: `store.visibility` says to whom.

    `body` is as `api.cv_schema` normalises it; `hidden` are paths of `store.cv_fields.HIDEABLE`; `blocked` are keys of
    `store.visibility`. The rest is kept by the triggers.
    """

    __tablename__ = "cvs"

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hidden: Mapped[Words] = mapped_column(default=list)
    language: Mapped[str]
    visible: Mapped[bool] = mapped_column(default=False)
    consented: Mapped[bool] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    blocked: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    contact: Mapped[str] = mapped_column(default=ON_REQUEST)
    suggestible: Mapped[bool] = mapped_column(default=True)
    shown_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), server_default=FetchedValue(), server_onupdate=FetchedValue()
    )
    shown_xid: Mapped[str | None] = mapped_column(
        TransactionId, server_default=FetchedValue(), server_onupdate=FetchedValue()
    )
    version: Mapped[Version]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())
    updated_at: Mapped[Moment] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())

    @property
    def findable(self) -> bool:
        """Whether anybody but the person can find it at all."""
        return self.visible and self.consented

    def seen(self) -> dict[str, Any]:
        """The CV as employers see it."""
        return cv_fields.for_employers({"language": self.language, **self.body}, self.hidden)

    def contact_details(self) -> dict[str, Any]:
        """The contact details as employers see them who may."""
        return cv_fields.contact_of(self.body, self.hidden)


def of(session: Session, account_id: UUID, *, lock: bool = False) -> Cv:
    """The CV of a person; with `lock`, nobody else changes it until the transaction ends. Raises NotFound."""
    asked = select(Cv).where(Cv.account_id == account_id)
    found = session.scalars(asked.with_for_update() if lock else asked).one_or_none()
    if found is None:
        raise NotFound("there is no CV yet")
    return found


def exists(session: Session, account_id: UUID) -> bool:
    """Whether a person has a CV."""
    return session.scalar(select(Cv.id).where(Cv.account_id == account_id)) is not None


def save(session: Session, account_id: UUID, body: dict[str, Any]) -> tuple[Cv, bool]:
    """Keep this as the person's CV, whole; says whether it is the first. A first one is private.

    A CV that names no language is in the one that it is written in, and where that is in doubt, in that of the CV
    before or of the account.
    """
    try:
        cv = of(session, account_id, lock=True)
    except NotFound:
        language = session.get_one(Account, account_id).language
        cv = Cv(account_id=account_id, body=body, language=language_detection.of_cv(body, language))
        session.add(cv)
        session.flush()
        return cv, True
    cv.body = body
    cv.language = language_detection.of_cv(body, cv.language)
    session.flush()
    return cv, False


def show(session: Session, cv: Cv, visible: bool) -> None:
    """Let employers find it, or nobody: from the commit on."""
    cv.visible = visible
    session.flush()


def hide_fields(session: Session, cv: Cv, hidden: Collection[str]) -> None:
    """Keep these fields from everybody but the person; raises Invalid for a path that is not in `HIDEABLE`."""
    unknown = sorted(set(hidden) - cv_fields.HIDEABLE)
    if unknown:
        right = f"one of: {', '.join(sorted(cv_fields.HIDEABLE))}"
        raise Invalid([Problem(f"hidden[{list(hidden).index(one)}]", "cannot be hidden", right) for one in unknown])
    cv.hidden = sorted(set(hidden))
    session.flush()


def block(session: Session, cv: Cv, keys: Collection[str]) -> None:
    """Keep it from the employers with these keys and no others: see `store.visibility`."""
    cv.blocked = sorted(set(keys))
    session.flush()


def choose_contact(session: Session, cv: Cv, contact: str) -> None:
    """Show contact details to whoever sees the CV (`open`), or only when the person says so (`on_request`)."""
    cv.contact = contact
    session.flush()


def let_be_suggested(session: Session, cv: Cv, suggestible: bool) -> None:
    """Let a visible CV be suggested to the employers who can find it, or only be found: from the commit on."""
    cv.suggestible = suggestible
    session.flush()


def delete(session: Session, cv: Cv) -> None:
    """Erase the CV: at the commit it is gone, and what must follow is owed. See `store.erasures`."""
    session.delete(cv)
    session.flush()


def seen_by(session: Session, ids: Sequence[UUID], rule: ColumnElement[bool]) -> dict[UUID, Cv]:
    """Of these CVs those that the rule lets a viewer see, as they are now; in one query."""
    among = Cv.id == any_(literal(list(ids), ARRAY(PgUUID(as_uuid=True))))
    return {cv.id: cv for cv in session.scalars(select(Cv).where(among, rule))}


def get_seen(session: Session, cv_id: UUID, rule: ColumnElement[bool]) -> Cv:
    """The CV, if the rule lets the viewer see it. Raises NotFound otherwise, whatever the reason: it says nothing."""
    found = seen_by(session, [cv_id], rule).get(cv_id)
    if found is None:
        raise NotFound("no CV that you can see has this id")
    return found
