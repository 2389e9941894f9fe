"""The rows' part of a replay: what the erasure ledger knows and a restored database does not is erased once more.

That the database lacks an erasure, or a row of somebody who was erased is there, is how a restored backup shows. Then
all that was derived from the database as it was later is of no use: versions beyond those that it will give out now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store import alert_owners, clock, generations, ledger, owed
from store.erasures import Erasure
from store.ledger import Entry

# Beyond any version that anybody has seen, the cursors of partner sites included; eight million restores fit in.
_LEAP = 2**40


@dataclass(frozen=True)
class Replayed:
    """What a replay did: erasures that the database lacked, rows deleted again, and alerts ended again."""

    entries: int = 0
    rows: int = 0
    alerts: int = 0

    def __bool__(self) -> bool:
        return bool(self.entries or self.rows or self.alerts)


def behind(session: Session) -> bool:
    """Whether the ledger ends with an erasure that the database lacks: a quick look, for who asks often."""
    entry = ledger.last()
    return entry is not None and bool(_lacking(session, [entry]))


def _lacking(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    known = {
        (kind, subject.hex()): asked_at
        for kind, subject, asked_at in session.execute(
            text("""
                SELECT e.kind, e.subject, e.asked_at FROM erasures AS e
                JOIN unnest(CAST(:kinds AS text[]), CAST(:subjects AS bytea[])) AS l(kind, subject)
                USING (kind, subject)
            """),
            _as_arrays(entries),
        )
    }
    return [one for one in entries if (at := known.get((one.kind, one.subject))) is None or at < one.moment]


def erase_again(session: Session, entries: Sequence[Entry], *, thorough: bool) -> Replayed:
    """Take in the erasures that the database lacks, and delete whom they brought back, in a few statements; `thorough`
    looks for rows and alerts of the erased even where the database lacks none. What follows of each is owed again."""
    missing = _lacking(session, entries)
    for entry in missing:
        _take_in(session, entry)
    if not missing and not thorough:
        return Replayed()
    rows = sum(
        len(
            session.execute(
                text(f"""
                    DELETE FROM {table} WHERE sha256(uuid_send(id)) IN (SELECT subject FROM erasures WHERE kind = :kind)
                    RETURNING 1
                """),  # noqa: S608 - one of two names, from here
                {"kind": kind},
            ).all()
        )
        for kind, table in (("cv", "cvs"), ("account", "accounts"))
    )
    erased = session.execute(
        text("SELECT address, max(asked_at) AS asked_at FROM erasures WHERE address IS NOT NULL GROUP BY address")
    )
    alerts = alert_owners.end_older(session, {row.address: row.asked_at for row in erased})
    return Replayed(len(missing), rows, alerts)


def _take_in(session: Session, entry: Entry) -> None:
    digests = {name: getattr(entry, name) for name in ("subject", "address", "account", "receipt")}
    number = session.scalar(
        text("""
            INSERT INTO erasures (kind, subject, address, account, receipt, by_role, asked_at, rows_at, ledger_at)
            VALUES (:kind, :subject, :address, :account, :receipt, :by_role, :asked_at, :now, :now)
            ON CONFLICT (kind, subject) DO UPDATE
            SET asked_at = excluded.asked_at, receipt = excluded.receipt, rows_at = excluded.rows_at, index_at = NULL,
                queue_at = NULL, mail_at = NULL, segments_at = NULL, marks = NULL
            RETURNING id
        """),
        {
            **{name: bytes.fromhex(value) if value else None for name, value in digests.items()},
            "kind": entry.kind,
            "by_role": entry.by_role,
            "asked_at": entry.moment,
            "now": clock.now(),
        },
    )
    owed.owe(session, "complete_erasure", str(number))


def unwritten(session: Session, entries: Sequence[Entry]) -> list[Erasure]:
    """The erasures that the database knows and the ledger lacks: none, unless its file is new or was lost."""
    asked = text("""
        SELECT e.* FROM erasures AS e
        WHERE NOT EXISTS (SELECT FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS bytea[])) AS l(kind, subject)
                          WHERE l.kind = e.kind AND l.subject = e.subject)
    """)
    return list(session.scalars(select(Erasure).from_statement(asked), _as_arrays(entries)))


def _as_arrays(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    return {
        "kinds": [one.kind for one in entries],
        "subjects": [bytes.fromhex(one.subject) for one in entries],
    }


def leap(session: Session) -> None:
    """Give out versions from now on that nobody has seen, and count every index as lost: each is built anew."""
    session.execute(text("SELECT setval('change', last_value + :leap) FROM change"), {"leap": _LEAP})
    for kind in generations.KINDS:
        for one in generations.in_state(session, kind, ("planned", "building")):
            one.state, one.error = "failed", "the database was restored meanwhile"
        for one in generations.in_state(session, kind, ("live",)):
            one.state, one.retired_at = "retired", clock.now()
            owed.owe(session, "drop_generation", str(one.id))
    session.flush()
