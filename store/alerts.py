"""Alerts: criteria that somebody asked to be mailed about, from unconfirmed to active, paused and ended.

Triggers stamp from when the alert counts, owe its confirmation mail and its catch-up, and drop what was matched and not
sent at the very commit that withdraws it. An ended alert keeps no address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, SmallInteger, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock, settings, stored_criteria
from store.criteria import Criteria
from store.errors import Conflict, Forbidden, NotFound
from store.rows import Key, Moment, Row, Snapshot
from store.sites import Site
from store.stored_criteria import CriteriaRow

UNCONFIRMED, ACTIVE, PAUSED, ENDED = "unconfirmed", "active", "paused", "ended"
FREQUENCIES = ("instant", "daily", "weekly")


class Alert(Row):
    """One alert. `ended_reason` is one of: unsubscribed, refused, lapsed, merged."""

    __tablename__ = "alerts"

    id: Mapped[Key]
    site: Mapped[str] = mapped_column(ForeignKey(Site.key))
    email: Mapped[str | None]
    language: Mapped[str]
    timezone: Mapped[str]
    frequency: Mapped[str]
    digest_hour: Mapped[int] = mapped_column(SmallInteger)
    criteria_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(CriteriaRow.id))
    state: Mapped[str]
    ended_reason: Mapped[str | None]
    terms_version: Mapped[str]
    terms_accepted_at: Mapped[Moment]
    terms_source: Mapped[str]
    confirm_by: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    since: Mapped[str | None] = mapped_column(Snapshot, server_default=FetchedValue(), server_onupdate=FetchedValue())
    since_at: Mapped[Moment | None] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    changed_at: Mapped[Moment | None] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    mailed_at: Mapped[Moment | None]
    created_at: Mapped[Moment] = mapped_column(server_default=FetchedValue())


def ask(
    session: Session,
    *,
    site: Site,
    email: str,
    language: str,
    frequency: str,
    criteria: Criteria,
    terms_version: str,
    source: str,
) -> Alert:
    """An unconfirmed alert, whose confirmation mail is owed from this transaction on.

    It is a new one every time, whoever asks: the answer to the one who asks tells nothing about the address. The terms
    have been accepted in `terms_version`, now, by way of `source`.
    """
    now = clock.now()
    alert = Alert(
        site=site.key,
        email=email,
        language=language,
        timezone=site.zone(language),
        frequency=frequency,
        digest_hour=settings.get().digest_hour,
        criteria_id=stored_criteria.row(session, criteria).id,
        state=UNCONFIRMED,
        terms_version=terms_version,
        terms_accepted_at=now,
        terms_source=source,
        confirm_by=now + timedelta(hours=settings.get().link_lifetime),
    )
    session.add(alert)
    session.flush()
    return alert


def get(session: Session, alert_id: UUID, *, lock: bool = False) -> Alert:
    """The alert with this id; with `lock`, nobody else changes it until the transaction ends. Raises NotFound.

    The lock leaves foreign keys alone, so that matching goes on for an alert that is being mailed.
    """
    asked = select(Alert).where(Alert.id == alert_id)
    if lock:
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
    alert = session.scalars(asked).one_or_none()
    if alert is None:
        raise NotFound("no such alert")
    return alert


def by_ids(session: Session, alert_ids: Sequence[UUID]) -> dict[UUID, Alert]:
    """These alerts in whatever state, by id."""
    return {row.id: row for row in session.scalars(select(Alert).where(Alert.id.in_(alert_ids)))}


def confirm(session: Session, alert_id: UUID) -> Alert:
    """Make an alert active, as its owner asked by the mailed link; again for an active one changes nothing.

    Where the same address has the same alert already, that one takes over the frequency and the language of the new
    one and is returned: nobody is told of a listing twice. Raises Forbidden once the link has expired and Conflict for
    an alert that has ended.
    """
    alert = get(session, alert_id, lock=True)
    if alert.state == ENDED:
        twin = _twin_of_merged(session, alert)
        if twin is not None:
            return twin
        raise Conflict("this alert has ended: create a new one")
    if alert.state != UNCONFIRMED:
        return alert
    if alert.confirm_by <= clock.now():
        raise Forbidden("the link has expired: create the alert again")
    _alone_with(session, alert, alert.criteria_id)
    twin = session.scalars(
        select(Alert)
        .where(Alert.site == alert.site, Alert.email == alert.email, Alert.criteria_id == alert.criteria_id)
        .where(Alert.state.in_((ACTIVE, PAUSED)))
        .with_for_update(key_share=True)
    ).one_or_none()
    if twin is not None:
        twin.frequency, twin.language, twin.timezone = alert.frequency, alert.language, alert.timezone
        twin.state = ACTIVE
        end(session, alert, f"merged {twin.id}")
        return twin
    alert.state = ACTIVE
    alert.confirmed_at = clock.now()
    session.flush()
    return alert


def _alone_with(session: Session, alert: Alert, criteria_id: int) -> None:
    """Two who make an alert with these criteria for this address at once see each other: the second waits."""
    key = func.hashtextextended(f"{alert.site} {alert.email}", criteria_id)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _twin_of_merged(session: Session, alert: Alert) -> Alert | None:
    reason, _, twin_id = (alert.ended_reason or "").partition(" ")
    if reason != "merged":
        return None
    twin = session.get(Alert, UUID(twin_id))
    return twin if twin is not None and twin.state != ENDED else None


def look_up(session: Session, alert_id: UUID, *, lock: bool = False) -> Alert:
    """The alert that the holder of a link looks after: the one itself, or the one that it was merged into."""
    alert = get(session, alert_id, lock=lock)
    if alert.state == ENDED and (twin := _twin_of_merged(session, alert)) is not None:
        return get(session, twin.id, lock=lock)
    return alert


def _must_stand(alert: Alert) -> None:
    if alert.state == ENDED:
        raise Conflict("this alert has ended: create a new one")
    if alert.state == UNCONFIRMED:
        raise Conflict("this alert is not confirmed yet: use the link in the confirmation mail")


def pause(session: Session, alert: Alert) -> None:
    """Stop the mail until `resume`; what was matched and not sent is dropped. Raises Conflict unless confirmed."""
    _must_stand(alert)
    alert.state = PAUSED
    session.flush()


def resume(session: Session, alert: Alert) -> None:
    """Mail again, about what is published from now on. Raises Conflict unless confirmed."""
    _must_stand(alert)
    alert.state = ACTIVE
    session.flush()


def end(session: Session, alert: Alert, reason: str) -> None:
    """End an alert for good, whatever its state; again changes nothing."""
    if alert.state != ENDED:
        alert.state = ENDED
        alert.ended_reason = reason
        session.flush()


def change(
    session: Session,
    alert: Alert,
    *,
    criteria: Criteria | None = None,
    frequency: str | None = None,
    language: str | None = None,
    digest_hour: int | None = None,
) -> None:
    """Change what is given. Raises Conflict unless confirmed, or where the address has that very alert already."""
    _must_stand(alert)
    if frequency is not None:
        alert.frequency = frequency
    if language is not None:
        alert.language = language
    if digest_hour is not None:
        alert.digest_hour = digest_hour
    if criteria is not None:
        row = stored_criteria.row(session, criteria)
        _alone_with(session, alert, row.id)
        taken = session.scalars(
            select(Alert.id).where(
                Alert.site == alert.site,
                Alert.email == alert.email,
                Alert.criteria_id == row.id,
                Alert.state.in_((ACTIVE, PAUSED)),
                Alert.id != alert.id,
            )
        ).first()
        if taken is not None:
            raise Conflict("you have another alert with these criteria already")
        alert.criteria_id = row.id
    session.flush()


def lapse(session: Session, alert_id: UUID) -> bool:
    """Remove an alert that nobody confirmed in time, with its address; says whether there was one to remove."""
    gone = session.execute(
        text("DELETE FROM alerts WHERE id = :id AND state = 'unconfirmed' AND confirm_by <= :now RETURNING id"),
        {"id": alert_id, "now": clock.now()},
    ).one_or_none()
    return gone is not None


def counts(session: Session) -> dict[tuple[str, str], int]:
    """How many alerts there are, by state and frequency."""
    rows = session.execute(select(Alert.state, Alert.frequency, func.count()).group_by(Alert.state, Alert.frequency))
    return {(state, frequency): count for state, frequency, count in rows}


def criteria_of(session: Session, alert: Alert) -> Criteria:
    """The criteria in force."""
    row = session.get(CriteriaRow, alert.criteria_id)
    if row is None:
        raise NotFound("the criteria of this alert are missing")
    return row.criteria()
