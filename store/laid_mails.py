"""The files of the embedded mail sink: those to an erased person, or that name the person's CV, are deleted.

In production there are none: a mail that was sent lies with whom it was sent to.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from uuid import UUID

from store import accounts, erasures, settings

_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


def forget(digests: Collection[bytes]) -> int:
    """Delete the mails to these addresses, or that name these ids, all given by their digests; returns how many."""
    directory = settings.get().mail_dir
    if not directory:
        return 0
    gone = 0
    for file in sorted(Path(directory).glob("*.eml")):
        message = message_from_bytes(file.read_bytes(), policy=default)
        if any(digest in digests for digest in _named(message)):
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _named(message: EmailMessage) -> Iterator[bytes]:
    told = [str(value) for name in ("X-Envelope-To", "To", "Cc") for value in message.get_all(name, [])]
    yield from (accounts.digest_of(address) for _, address in getaddresses(told) if address)
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    for text in [*texts, *(str(value) for value in message.values())]:
        yield from (erasures.digest_of(UUID(hex=found)) for found in _ID.findall(text))
