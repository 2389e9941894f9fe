"""What becomes of alerts by whose they are: all of an address end together, when its owner is erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import accounts, alerts
from store.alerts import Alert

PAGE = 10_000
ERASED = "erased"


def end_all(session: Session, email: str) -> set[str]:
    """End every alert of an address, however it is capitalised; returns the ways in which it was written."""
    asked = select(Alert).where(func.lower(Alert.email) == email.strip().lower())
    found = session.scalars(asked.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    written = {alert.email for alert in found if alert.email}
    for alert in found:
        alerts.end(session, alert, ERASED)
    return written


def end_older(session: Session, erased: Mapping[bytes, datetime]) -> int:
    """End the alerts of these addresses, given by their digests, that are older than the moment at which each was
    erased; returns how many. It looks at every address, since nothing else tells whose an alert is."""
    if not erased:
        return 0
    asked = select(Alert.id, Alert.email, Alert.created_at).where(Alert.email.is_not(None))
    found = [
        alert_id
        for alert_id, email, created_at in session.execute(asked, execution_options={"yield_per": PAGE})
        if email and (moment := erased.get(accounts.digest_of(email))) is not None and created_at <= moment
    ]
    for alert_id in found:
        alerts.end(session, alerts.get(session, alert_id, lock=True), ERASED)
    return len(found)
