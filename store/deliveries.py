"""Deliveries: the ledger of which listing was found for which alert, and of the mails that tell of them.

The key (alert, listing) makes each pair one row, whichever side found it and however often. A row that a later
percolation of the same listing does not find again is dropped while it is unsent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.alerts import Alert
from store.listings import PUBLISHED, Listing
from store.rows import Key, Moment, Row


class Mail(Row):
    """One mail about the deliveries that name it; unsent until the mail server took it."""

    __tablename__ = "mails"

    id: Mapped[Key]
    alert_id: Mapped[UUID] = mapped_column(ForeignKey(Alert.id))
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]


class Delivery(Row):
    """One listing found for one alert."""

    __tablename__ = "deliveries"

    alert_id: Mapped[UUID] = mapped_column(ForeignKey(Alert.id), primary_key=True)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey(Listing.id), primary_key=True)
    matched_at: Mapped[Moment]
    mail_id: Mapped[UUID | None] = mapped_column(ForeignKey(Mail.id))
    sent_at: Mapped[Moment | None]


# Who gets a listing: active alerts with matched criteria to which it is new, unless a twin of it (the same vacancy,
# open while this one was) was told to that alert, or will be. `found` is the pairs of listing and criteria.
ADD = """
WITH found AS (
    SELECT * FROM unnest(CAST(:listings AS uuid[]), CAST(:criteria AS bigint[])) AS f(listing_id, criteria_id)
), twins AS MATERIALIZED (  -- found once for the batch, not for each pair; as a rule there are none
    SELECT l.id AS listing_id, t.id AS twin_id, t.state = 'published' AS twin_open
    FROM listings AS l JOIN listings AS t
      ON t.vacancy = l.vacancy AND t.id <> l.id AND (t.state = 'published' OR t.closed_at >= l.opened_at)
    WHERE l.id IN (SELECT listing_id FROM found)
)
INSERT INTO deliveries AS d (alert_id, listing_id, matched_at)
SELECT a.id, f.listing_id, vahti_now()
FROM found AS f
JOIN listings AS l ON l.id = f.listing_id AND l.state = 'published'
JOIN alerts AS a ON a.criteria_id = f.criteria_id AND a.state = 'active' {only}
WHERE is_new(l.opened_at, l.opened_xid, a.since_at, a.since)
  AND NOT EXISTS (SELECT FROM twins AS t JOIN deliveries AS other
                  ON other.alert_id = a.id AND other.listing_id = t.twin_id
                  WHERE t.listing_id = f.listing_id AND (t.twin_open OR other.sent_at IS NOT NULL))
ORDER BY a.id, f.listing_id
ON CONFLICT (alert_id, listing_id) DO UPDATE SET matched_at = excluded.matched_at WHERE d.sent_at IS NULL
"""


def now(session: Session) -> datetime:
    """The database's now: what `matched_at` is compared with."""
    return session.execute(text("SELECT vahti_now()")).scalar_one()  # type: ignore[no-any-return]


def add(session: Session, found: Mapping[UUID, Sequence[int]], asked_at: datetime, alert_id: UUID | None = None) -> int:
    """Enter in the ledger what percolation found: for each listing the numbers of the criteria that match it.

    `asked_at` is the database's time before the percolation: unsent rows of these listings that were matched before it
    and are not found now are dropped. With `alert_id` only that alert is told and only its rows are dropped. Returns
    how many rows were added or found again.
    """
    if not found:
        return 0
    rows = [
        (listing_id, vacancy)
        for listing_id, vacancy in session.execute(
            select(Listing.id, Listing.vacancy).where(Listing.id.in_(found)).order_by(Listing.vacancy, Listing.id)
        )
    ]
    # Two workers with twins of one vacancy in hand must see each other's rows. Sorted, so that they cannot deadlock.
    for vacancy in sorted({vacancy for _, vacancy in rows}):
        key = int.from_bytes(vacancy[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(key)))
    added = 0
    for listing_ids in _rounds(rows):
        pairs = [(listing_id, number) for listing_id in listing_ids for number in found[listing_id]]
        if pairs:
            added += session.execute(  # type: ignore[attr-defined]
                text(ADD.format(only="" if alert_id is None else "AND a.id = :alert")),
                {
                    "listings": [listing_id for listing_id, _ in pairs],
                    "criteria": [number for _, number in pairs],
                    "alert": alert_id,
                },
            ).rowcount
    session.execute(
        text(
            "DELETE FROM deliveries WHERE listing_id = ANY(:listings) AND sent_at IS NULL AND matched_at < :asked "
            "AND (CAST(:alert AS uuid) IS NULL OR alert_id = :alert)"
        ),
        {"listings": list(found), "asked": asked_at, "alert": alert_id},
    )
    return added


def _rounds(rows: Sequence[tuple[UUID, bytes]]) -> list[list[UUID]]:
    """Listings in rounds that hold each vacancy once: a statement does not see the rows that it adds itself."""
    rounds: list[list[UUID]] = []
    taken: dict[bytes, int] = {}
    for listing_id, vacancy in rows:
        number = taken.get(vacancy, 0)
        taken[vacancy] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(listing_id)
    return rounds


def note_matched(session: Session, seen: Mapping[UUID, str]) -> None:
    """Note that these listings were matched against all alerts as they were in the transaction seen (`opened_xid`).

    One that changed materially since is left alone: its present text is not matched yet.
    """
    session.execute(
        text(
            "UPDATE listings SET matched_at = vahti_now() "
            "FROM unnest(CAST(:ids AS uuid[]), CAST(:xids AS text[])) AS seen(id, xid) "
            "WHERE listings.id = seen.id AND listings.opened_xid = CAST(seen.xid AS xid8)"
        ),
        {"ids": list(seen), "xids": [str(xid) for xid in seen.values()]},
    )


def to_catch_up(session: Session, alert: Alert) -> list[UUID]:
    """The open listings to percolate for an alert that became active or changed its criteria.

    Those whose matching was not finished when the criteria came into force, and those that wait unsent for the alert.
    The alert must be searchable, and that be visible, before this is read: then every listing is either in the answer
    or will itself find the alert.
    """
    waiting = select(Delivery.listing_id).where(Delivery.alert_id == alert.id, Delivery.sent_at.is_(None))
    unfinished = (Listing.matched_at.is_(None)) | (Listing.matched_at >= alert.changed_at)
    return list(
        session.scalars(select(Listing.id).where(Listing.state == PUBLISHED, unfinished | Listing.id.in_(waiting)))
    )


def begun(session: Session, alert: Alert) -> Mail | None:
    """The mail of this alert that a worker gathered and did not get sent, if there is one."""
    return session.scalars(select(Mail).where(Mail.alert_id == alert.id, Mail.sent_at.is_(None))).one_or_none()


def next_mail_at(session: Session, alert: Alert) -> datetime:
    """When the next mail of this alert may go: the same function that the triggers use."""
    return session.execute(  # type: ignore[no-any-return]
        text("SELECT next_mail_at(:frequency, :timezone, :hour, :mailed, vahti_now())"),
        {
            "frequency": alert.frequency,
            "timezone": alert.timezone,
            "hour": alert.digest_hour,
            "mailed": alert.mailed_at,
        },
    ).scalar_one()


def gather(session: Session, alert: Alert) -> Mail | None:
    """The unsent mail of a locked alert, with every delivery that waits; None when nothing waits.

    A mail that a worker had begun is taken up again as it was, so that a repetition carries the same Message-ID and the
    same listings; what was matched since waits for the next one.
    """
    if (mail := begun(session, alert)) is not None:
        return mail
    waits = select(Delivery.listing_id).where(Delivery.alert_id == alert.id, Delivery.sent_at.is_(None)).limit(1)
    if session.scalar(waits) is None:
        return None
    mail = Mail(alert_id=alert.id, created_at=clock.now())
    session.add(mail)
    session.flush()
    session.execute(
        text("UPDATE deliveries SET mail_id = :mail WHERE alert_id = :alert AND sent_at IS NULL"),
        {"mail": mail.id, "alert": alert.id},
    )
    return mail


def to_tell(session: Session, mail: Mail) -> list[Listing]:
    """The listings of a mail that are still open, newest first, held open until the transaction ends.

    Deliveries of listings that closed meanwhile are dropped.
    """
    chosen = session.scalars(
        select(Delivery).where(Delivery.mail_id == mail.id).order_by(Delivery.listing_id).with_for_update()
    ).all()
    listings = session.scalars(
        select(Listing)
        .where(Listing.id.in_([delivery.listing_id for delivery in chosen]))
        .order_by(Listing.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all()
    present = clock.now()
    still_open = {
        listing.id: listing
        for listing in listings
        if listing.state == PUBLISHED and (listing.deadline is None or listing.deadline > present)
    }
    for delivery in chosen:
        if delivery.listing_id not in still_open:
            session.delete(delivery)
    session.flush()
    return sorted(still_open.values(), key=lambda listing: (listing.opened_at, listing.id), reverse=True)


def unsettled(session: Session, mail: Mail) -> bool:
    """Whether a change that is not matched yet could still take a listing out of this mail, or the alert's criteria."""
    return bool(
        session.execute(
            text(
                "SELECT EXISTS (SELECT FROM owed WHERE job = 'match_alert' AND subject_id = :alert) OR EXISTS ("
                "SELECT FROM deliveries AS d JOIN owed AS o ON o.job = 'match_listing' "
                "AND o.subject_id = d.listing_id::text WHERE d.mail_id = :mail)"
            ),
            {"alert": str(mail.alert_id), "mail": mail.id},
        ).scalar_one()
    )


def sent(session: Session, mail: Mail, alert: Alert) -> None:
    """Enter that the mail server took the mail."""
    moment = clock.now()
    mail.sent_at = moment
    alert.mailed_at = moment
    session.flush()
    session.execute(
        text("UPDATE deliveries SET sent_at = :now WHERE mail_id = :mail"), {"now": moment, "mail": mail.id}
    )


def owe_rest(session: Session, alert: Alert) -> None:
    """Owe the next mail of an alert where more deliveries wait than the mail that was just dealt with told of."""
    session.execute(
        text(
            "SELECT owe('mail_alert', CAST(:alert AS text), nextval('change'), :due) "
            "WHERE EXISTS (SELECT FROM deliveries WHERE alert_id = CAST(:alert AS uuid) AND sent_at IS NULL)"
        ),
        {"alert": str(alert.id), "due": next_mail_at(session, alert)},
    )


def discard(session: Session, mail: Mail) -> None:
    """Forget a mail that has nothing left to tell."""
    session.delete(mail)
    session.flush()


def counts(session: Session) -> tuple[int, int]:
    """How many deliveries were sent, and how many wait."""
    row = session.execute(
        select(
            func.count().filter(Delivery.sent_at.is_not(None)), func.count().filter(Delivery.sent_at.is_(None))
        ).select_from(Delivery)
    ).one()
    return int(row[0]), int(row[1])
