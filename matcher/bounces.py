"""Mail that comes back: a delivery status notification (RFC 3464) of a permanent failure ends the alert it is about."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

from store import alerts, links
from store.database import transaction
from store.errors import Forbidden, NotFound


def take(raw: bytes) -> str:
    """Read one returned message; says in a word what became of it: ended, temporary, or unknown.

    The alert is told from the address that the mail came back to, which only we can have made: nobody ends another
    person's alert by writing to us.
    """
    message = email.message_from_bytes(raw, policy=default)
    if not _failed_for_good(message):
        return "temporary"
    for local_part in _returned_to(message):
        try:
            alert_id = links.read_bounce_mark(local_part)
        except Forbidden:
            continue
        with transaction() as session:
            try:
                alert = alerts.get(session, alert_id, lock=True)
            except NotFound:
                return "unknown"
            alerts.end(session, alert, "bounced")
            return "ended"
    return "unknown"


def _failed_for_good(message: EmailMessage) -> bool:
    """Whether any recipient's part says failed with a status of class 5, a full mailbox and policy excepted."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in part.get_payload():
            if not isinstance(group, Message):
                continue
            action = str(group.get("Action", "")).strip().lower()
            status = str(group.get("Status", "")).strip().split(" ")[0].split(".")
            if action == "failed" and status[:1] == ["5"] and status[1:2] != ["7"] and status[1:] != ["2", "2"]:
                return True
    return False


def _returned_to(message: EmailMessage) -> Iterator[str]:
    fields = [str(value) for name in ("To", "Delivered-To", "X-Original-To") for value in message.get_all(name, [])]
    for _, address in getaddresses(fields):
        local_part = address.rpartition("@")[0]
        if local_part.startswith("bounce+"):
            yield local_part
