"""Hands mails to the mail server over SMTP: one connection a process, kept while it works."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from store import settings


class Refused(Exception):
    """The mail server refused this recipient or this message; `permanent` says whether asking again is pointless."""

    def __init__(self, code: int, permanent: bool) -> None:
        super().__init__(f"refused with {code}")
        self.smtp_code = code
        self.permanent = permanent


class Unreachable(Exception):
    """No mail server took the connection, or it went away: nobody's address is at fault."""


_open: list[smtplib.SMTP] = []


def _connection() -> smtplib.SMTP:
    """The connection of this process; a new one where there is none, or the old one went away while idle."""
    if _open:
        try:
            if _open[0].noop()[0] == 250:
                return _open[0]
        except (smtplib.SMTPException, OSError):
            pass  # the server closed an idle connection, as servers do
        close()
    chosen = settings.get()
    url = urlsplit(chosen.smtp_url)
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ValueError("VAHTI_SMTP_URL is not of the form smtp://host:port")
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            url.hostname, url.port or 465, timeout=chosen.smtp_timeout, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(url.hostname, url.port or 25, timeout=chosen.smtp_timeout)
    if chosen.smtp_starttls:
        server.starttls(context=ssl.create_default_context())
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    _open.append(server)
    return server


def close() -> None:
    """End the connection, if there is one."""
    while _open:
        _open.pop().close()


def greeting() -> str:
    """What the mail server says of itself when greeted; raises Unreachable when none answers."""
    try:
        server = _connection()
        server.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable("no answer of the mail server that helps") from error
    size = server.esmtp_features.get("size", "unknown")
    return f"SMTP{' over TLS' if isinstance(server.sock, ssl.SSLSocket) else ''}, largest mail {size} bytes"


def send(message: EmailMessage, sender: str, recipient: str) -> None:
    """Send one mail from the envelope sender to one recipient; on return the server has taken responsibility for it.

    Raises Refused for this recipient or message, Unreachable for everything that is not about them. A 5xx answer about
    the recipient (RCPT) is permanent but for a full mailbox (x.2.2) and policy (x.7.x), which pass (RFC 3463); one to
    the message (DATA) is not the recipient's fault and counts as temporary, so that an operator sees it.
    """
    try:
        server = _connection()
        server.ehlo_or_helo_if_needed()
        wide = server.has_extn("smtputf8")
        code, _ = server.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if wide and not recipient.isascii() else [])
        if code != 250:
            raise Unreachable(f"the server refused our sender with {code}")
        code, answer = server.rcpt(recipient)
        if code not in (250, 251):
            server.rset()
            raise Refused(code, _permanent(code, answer))
        code, _ = server.data(message.as_bytes(policy=SMTP.clone(utf8=wide and not recipient.isascii())))
        if code != 250:
            raise Refused(code, False)
    except (smtplib.SMTPException, OSError) as error:
        close()
        raise Unreachable("no answer of the mail server that helps") from error
    except Unreachable:
        close()
        raise


def _permanent(code: int, answer: bytes) -> bool:
    detail = answer.decode("ascii", "replace").partition(" ")[0].split(".")
    passing = detail[1:] == ["2", "2"] or detail[1:2] == ["7"]
    return code >= 500 and not passing
