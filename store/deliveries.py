"""Deliveries: the ledger of which listing was found for which alert, and of the mails that tell of them.

The key (alert, listing) makes each pair one row, whichever side found it and however often. A row that a later
percolation of the same listing does not find again is dropped while it is unsent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock, vacancies
from store.alerts import Alert
from store.listings import PUBLISHED, Listing
from store.rows import Key, Moment, Row
from store.vacancies import TWINS


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


# Who gets a listing: active alerts with matched criteria to which it is new, unless a twin of it was told to that alert
# while it was one, or will be. `found` is the pairs of listing and criteria.
ADD = f"""
WITH found AS (
    SELECT * FROM unnest(CAST(:listings AS uuid[]), CAST(:criteria AS bigint[])) AS f(listing_id, criteria_id)
), {TWINS}
INSERT INTO deliveries AS d (alert_id, listing_id, matched_at)
SELECT a.id, f.listing_id, vahti_now()
FROM found AS f
JOIN listings AS l ON l.id = f.listing_id AND l.state = 'published'
JOIN alerts AS a ON a.criteria_id = f.criteria_id AND a.state = 'active' {{only}}
WHERE is_new(l.opened_at, l.opened_xid, a.since_at, a.since)
  AND NOT EXISTS (SELECT FROM twins AS t JOIN deliveries AS other
                  ON other.alert_id = a.id AND other.listing_id = t.twin_id
                  WHERE t.listing_id = f.listing_id AND (t.until IS NULL OR other.sent_at <= t.until))
ORDER BY a.id, f.listing_id
ON CONFLICT (alert_id, listing_id) DO UPDATE SET matched_at = excluded.matched_at WHERE d.sent_at IS NULL
"""  # noqa: S608 - made of constants


# What was found once and is no more.
DROP = """
DELETE FROM deliveries AS d USING alerts AS a
WHERE d.listing_id = ANY(:listings) AND d.sent_at IS NULL AND d.matched_at < :asked AND a.id = d.alert_id {only}
RETURNING d.listing_id
"""


def now(session: Session) -> datetime:
    """The database's now: what `matched_at` is compared with."""
    return session.execute(text("SELECT vahti_now()")).scalar_one()  # type: ignore[no-any-return]


def add(session: Session, found: Mapping[UUID, Sequence[int]], asked_at: datetime, alert: Alert | None = None) -> int:
    """Enter in the ledger what percolation found: for each listing the numbers of the criteria that match it.

    `asked_at` is the database's time before the percolation: unsent rows of these listings that were matched before it
    and are not found now are dropped. With `alert`, as it was then, only that one is told and only its rows are
    dropped; none are where its criteria changed meanwhile, for which others are asked. Returns how many rows were added
    or found again.
    """
    of_alert = {} if alert is None else {"alert": alert.id, "criteria_id": alert.criteria_id}
    added = 0
    dropped: set[UUID] = set()
    for listing_ids in vacancies.in_rounds(session, found):
        pairs = [(listing_id, number) for listing_id in listing_ids for number in found[listing_id]]
        if pairs:
            pairs_asked = {"listings": [listing for listing, _ in pairs], "criteria": [number for _, number in pairs]}
            only = "" if alert is None else "AND a.id = :alert"
            added += session.execute(text(ADD.format(only=only)), {**pairs_asked, **of_alert}).rowcount  # type: ignore[attr-defined]
        # Before the next round, in which a row that goes must not stand in its twin's way.
        only = "" if alert is None else "AND a.id = :alert AND a.criteria_id = :criteria_id"
        dropped |= set(
            session.scalars(text(DROP.format(only=only)), {"listings": listing_ids, "asked": asked_at, **of_alert})
        )
    vacancies.owe_twins(session, sorted(dropped))
    return added


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


@dataclass(frozen=True)
class CatchUp:
    """What alerts that became active or changed their criteria look at: for each listing the alerts that do, and the
    pairs of alert and listing that wait unsent."""

    looking: Mapping[UUID, Collection[UUID]]
    waiting: Collection[tuple[UUID, UUID]]


def to_catch_up(session: Session, alerts: Sequence[Alert]) -> CatchUp:
    """The open listings to percolate for these alerts: those whose matching was not finished when the criteria in force
    came into force, and those that wait unsent.

    The alerts must be searchable, and that be visible, before this is read: then every listing is either in the answer
    or will itself find the alert.
    """
    since = {alert.id: alert.changed_at for alert in alerts if alert.changed_at is not None}
    everyone = frozenset(since)
    waits = select(Delivery.alert_id, Delivery.listing_id).where(
        Delivery.alert_id.in_(everyone), Delivery.sent_at.is_(None)
    )
    waiting = {(alert_id, listing_id) for alert_id, listing_id in session.execute(waits)}
    unfinished = (Listing.matched_at.is_(None)) | (Listing.matched_at >= min(since.values()))
    listings = select(Listing.id, Listing.matched_at).where(
        Listing.state == PUBLISHED, unfinished | Listing.id.in_([listing_id for _, listing_id in waiting])
    )
    looking = {
        listing_id: everyone
        if matched_at is None
        else {one for one in everyone if matched_at >= since[one] or (one, listing_id) in waiting}
        for listing_id, matched_at in session.execute(listings)
    }
    return CatchUp(looking, waiting)


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


def unsettled(session: Session, mail: Mail) -> datetime | None:
    """When what could still take a listing out of this mail is due: a change of it, or of the alert's criteria, that is
    not matched yet; None where there is none. With the alert and the listings locked, there is none until they are not.
    """
    return session.execute(  # type: ignore[no-any-return]
        text(
            "SELECT max(due_at) FROM owed WHERE job = 'match_alert' AND subject_id = :alert OR job = 'match_listing' "
            "AND subject_id IN (SELECT listing_id::text FROM deliveries WHERE mail_id = :mail)"
        ),
        {"alert": str(mail.alert_id), "mail": mail.id},
    ).scalar_one()


def sent(session: Session, mail: Mail, alert: Alert) -> None:
    """Enter that the mail server took the mail. Waits for nobody: every row that it writes is locked already."""
    moment = now(session)
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
