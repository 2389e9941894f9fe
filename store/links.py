"""The links in mails: signed tokens that name an alert and what may be done with it, without anything personal."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from store import settings
from store.errors import Forbidden

# What a link lets its holder do: confirm one alert, or look after it. How long it may is the alert's own business.
CONFIRM, MANAGE = "confirm", "manage"
MARK_LENGTH = 16


def _secrets() -> list[str]:
    chosen = settings.get()
    if len(chosen.secret) < 32:
        raise ValueError("VAHTI_SECRET must hold at least 32 characters")
    return [key for key in (chosen.previous_secret, chosen.secret) if key]


def sign(purpose: str, alert_id: UUID) -> str:
    """A token for one purpose and one alert; letters, digits, `-`, `_` and `.` only."""
    return str(URLSafeSerializer(_secrets(), salt=f"vahti.{purpose}").dumps(alert_id.hex))


def read(purpose: str, token: str) -> UUID:
    """The alert that a token is for. Raises Forbidden for a token that is not ours, or is for another purpose."""
    try:
        return UUID(hex=URLSafeSerializer(_secrets(), salt=f"vahti.{purpose}").loads(token))
    except (BadSignature, ValueError, AttributeError) as error:
        raise Forbidden("the link is not one of ours, or not for this: copy it whole from the mail") from error


def keyed_digest(value: str, use: str, key: str | None = None) -> bytes:
    """A digest of something personal that cannot be guessed back without the secret, or the key in its place; differs
    from use to use."""
    return _digest(key or _secrets()[-1], value, use)


def keyed_digests(value: str, use: str) -> list[bytes]:
    """The digests of a value under the present secret and the one before it: what was written under either is found."""
    return [_digest(secret, value, use) for secret in _secrets()]


def _digest(secret: str, value: str, use: str) -> bytes:
    return hmac.digest(secret.encode(), f"{use}\0{value}".encode(), hashlib.sha256)


def bounce_mark(alert_id: UUID) -> str:
    """The local part that returned mail comes back to: names the alert, within the 64 octets of RFC 5321, 4.5.3.1.1."""
    return _mark(_secrets()[-1], alert_id)


def return_path(subject: UUID) -> str:
    """The address that a mail about an alert or an account comes back to when it cannot be delivered."""
    return f"{bounce_mark(subject)}@{settings.get().mail_domain}"


def _mark(secret: str, alert_id: UUID) -> str:
    return f"bounce+{alert_id.hex}-{_digest(secret, alert_id.hex, 'bounce').hex()[:MARK_LENGTH]}"


def read_bounce_mark(local_part: str) -> UUID:
    """The alert that such a local part names. Raises Forbidden for one that we did not make."""
    try:
        named = UUID(hex=local_part.removeprefix("bounce+").partition("-")[0])
    except ValueError as error:
        raise Forbidden("not a return address of ours") from error
    if not any(hmac.compare_digest(_mark(secret, named).encode(), local_part.encode()) for secret in _secrets()):
        raise Forbidden("not a return address of ours")
    return named
