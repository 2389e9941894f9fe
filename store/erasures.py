"""Erasures: a person, a CV or an address that is gone at the commit, and what each store then does to be rid of it.

The row of an erasure is written by a trigger, in the transaction that deletes, and names nobody: ids by their digests,
the address by a keyed one. `indexer.erasing` completes it, and `store.ledger` keeps it outside the database.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, FetchedValue, delete, func, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import accounts, alert_owners, clock, links, owed
from store.accounts import Account
from store.consents import Confirmation
from store.cvs import Cv
from store.errors import NotFound
from store.ledger import Entry
from store.rows import Digest, Key, Moment, Row

ACCOUNT, CV, ADDRESS = "account", "cv", "address"
PERSON, ADMIN = "person", "admin"

Later = Mapped[datetime | None]


class Erasure(Row):
    """One erasure, and when each store was rid of what it is about; None where it is not yet.

    `subject` is the digest of an id (of the address, where somebody without an account is erased), `account` of a CV
    the digest of its account's id, `receipt` that of the token which reads it. `marks` is `indexer.erasing`'s.
    """

    __tablename__ = "erasures"

    id: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[Digest]
    address: Mapped[Digest | None]
    account: Mapped[Digest | None]
    receipt: Mapped[Digest | None]
    by_role: Mapped[str] = mapped_column(server_default=FetchedValue())
    asked_at: Mapped[Moment]
    rows_at: Mapped[Moment]
    index_at: Later = mapped_column(DateTime(timezone=True))
    queue_at: Later = mapped_column(DateTime(timezone=True))
    mail_at: Later = mapped_column(DateTime(timezone=True))
    segments_at: Later = mapped_column(DateTime(timezone=True))
    ledger_at: Later = mapped_column(DateTime(timezone=True))
    marks: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    @property
    def left(self) -> list[str]:
        """The stores that are not rid of it yet. The ledger is seen to first, where there is one."""
        return [store for store in ("index", "queue", "mail", "segments") if getattr(self, f"{store}_at") is None]

    def entry(self) -> Entry:
        """The erasure as the ledger's file keeps it."""
        return Entry(
            kind=self.kind,
            subject=self.subject.hex(),
            asked_at=self.asked_at.isoformat(),
            address=self.address.hex() if self.address else None,
            account=self.account.hex() if self.account else None,
            receipt=self.receipt.hex() if self.receipt else None,
            by_role=self.by_role,
        )


# What is not complete: the ledger's file counts where there is one, which `indexer.erasing` sees to first.
OPEN = or_(
    Erasure.index_at.is_(None), Erasure.queue_at.is_(None), Erasure.mail_at.is_(None), Erasure.segments_at.is_(None)
)


def digest_of(subject: UUID) -> bytes:
    """What is kept of an id: as the triggers make it."""
    return hashlib.sha256(subject.bytes).digest()


def erase_account(session: Session, account: Account, by_role: str = PERSON) -> str:
    """Delete an account with all that hangs on it, and end the alerts of its address; returns the token of the receipt,
    in clear for this one time. Mail that is on its way is waited for; none goes out after the commit."""
    subject, email = digest_of(account.id), account.email
    session.delete(account)
    session.flush()
    if email:
        _forget_address(session, email)
    return _receipt(session, ACCOUNT, subject, by_role)


def erase_cv(session: Session, cv: Cv) -> str:
    """Delete a CV with its log, its requests and its places in lists; returns the token of the receipt, in clear for
    this one time. Copies that the person handed to employers are not it, and stay."""
    subject = digest_of(cv.id)
    session.delete(cv)
    session.flush()
    return _receipt(session, CV, subject, PERSON)


def erase_address(session: Session, email: str) -> None:
    """Erase whoever has this address, as an admin was asked to: the account, or its alerts alone. An address that is
    not known is written into the ledger as well, so that no feed brings it."""
    accounts.alone_with(session, email)
    account = accounts.by_email(session, email)
    if account is not None:
        erase_account(session, account, ADMIN)
        return
    _forget_address(session, email)
    digest = accounts.digest_of(email)
    number = session.scalar(
        text("""
            INSERT INTO erasures (kind, subject, address, by_role, asked_at, rows_at)
            VALUES ('address', :digest, :digest, 'admin', :now, :now)
            ON CONFLICT (kind, subject) DO UPDATE
            SET asked_at = excluded.asked_at, rows_at = excluded.rows_at, index_at = NULL, queue_at = NULL,
                mail_at = NULL, segments_at = NULL, ledger_at = NULL, marks = NULL
            RETURNING id
        """),
        {"digest": digest, "now": clock.now()},
    )
    owed.owe(session, "complete_erasure", str(number))


def _forget_address(session: Session, email: str) -> None:
    # The count of confirmation mails is by the address as its owner wrote it.
    written = {email, *alert_owners.end_all(session, email)}
    counted = [digest for one in written for digest in links.keyed_digests(one, "confirmation")]
    session.execute(delete(Confirmation).where(Confirmation.address.in_(counted)))


def _receipt(session: Session, kind: str, subject: bytes, by_role: str) -> str:
    token = secrets.token_urlsafe(32)
    row = session.scalars(select(Erasure).where(Erasure.kind == kind, Erasure.subject == subject)).one()
    row.receipt = hashlib.sha256(token.encode()).digest()
    row.by_role = by_role
    session.flush()
    return token


def receipt(session: Session, token: str) -> Erasure:
    """The erasure whose receipt somebody holds. Raises NotFound."""
    found = session.scalars(
        select(Erasure).where(Erasure.receipt == hashlib.sha256(token.encode()).digest())
    ).one_or_none()
    if found is None:
        raise NotFound("no receipt of ours: give it as it was answered, whole")
    return found


def is_erased(session: Session, email: str) -> bool:
    """Whether whoever has this address was erased and did not come back by themselves: an import leaves them out."""
    address = accounts.digest_of(email)
    erased = select(Erasure.id).where(Erasure.address == address).limit(1)
    return session.scalar(erased) is not None and accounts.by_email(session, email) is None


def left_out(session: Session, email: str, account: Account | None) -> bool:
    """Whether an import leaves out the CV of whoever has this address, of whom there is none now: they were erased, or
    deleted the CV, whether they have an account again (`account`) or not. A CV that they write themselves is their own.
    """
    gone = Erasure.address == accounts.digest_of(email)
    if account is not None:
        gone |= (Erasure.kind == CV) & (Erasure.account == digest_of(account.id))
    return session.scalar(select(Erasure.id).where(gone).limit(1)) is not None


def by_ids(session: Session, ids: Sequence[UUID]) -> list[Erasure]:
    """These erasures, as they are now."""
    asked = select(Erasure).where(Erasure.id.in_(ids)).order_by(Erasure.asked_at)
    return list(session.scalars(asked.execution_options(populate_existing=True)))


def listed(session: Session, *, open_only: bool, most: int) -> list[Erasure]:
    """The latest erasures, newest first."""
    asked = select(Erasure).where(OPEN if open_only else true())
    return list(session.scalars(asked.order_by(Erasure.asked_at.desc()).limit(most)))


def lag(session: Session) -> tuple[int, float]:
    """How many erasures are not complete, and the age in seconds of the oldest of them."""
    now = clock.now()
    count, oldest = session.execute(select(func.count(), func.min(Erasure.asked_at)).where(OPEN)).one()
    return count, (now - oldest).total_seconds() if oldest else 0.0


def overwritten(session: Session, row: Erasure) -> bool:
    """Whether every index that is written holds tombstones of what went with this erasure: no CV of it is owed to the
    index any more, nor a stored search that is gone."""
    if row.kind == CV:
        owed_still = text("""
            SELECT EXISTS (SELECT FROM owed WHERE job = 'sync_cv'
                           AND sha256(uuid_send(CAST(subject_id AS uuid))) = :subject)
        """)
        return not session.scalar(owed_still, {"subject": row.subject})
    owed_still = text("""
        SELECT EXISTS (SELECT FROM owed AS o WHERE o.job = 'sync_search'
                       AND NOT EXISTS (SELECT FROM saved_searches AS s WHERE s.id = CAST(o.subject_id AS bigint)))
    """)
    return not session.scalar(owed_still) and not cvs_left(session, row, "index_at")


def cvs_left(session: Session, row: Erasure, store: str) -> bool:
    """Whether this store is not rid yet of a CV of an account that was erased; False for whatever is no account."""
    if row.kind != ACCOUNT:
        return False
    asked = select(Erasure.id).where(Erasure.kind == CV, Erasure.account == row.subject)
    return session.scalar(asked.where(getattr(Erasure, store).is_(None)).limit(1)) is not None


def note(session: Session, rows: Sequence[Erasure], store: str, marks: dict[str, int] | None = None) -> None:
    """Note that this store (`index_at`, say) is rid of these, as they were read: not of one that came back meanwhile
    and was erased again. With `marks`, those as well."""
    for row in rows:
        found = {store: clock.now(), **({} if marks is None else {"marks": marks})}
        session.execute(
            update(Erasure)
            .where(Erasure.id == row.id, Erasure.rows_at == row.rows_at, getattr(Erasure, store).is_(None))
            .values(found)
            .execution_options(synchronize_session=False)
        )
