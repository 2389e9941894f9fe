"""The erasure ledger's file: who was erased, in digests, outside the database, so that no backup brings them back.

One line of JSON an erasure, appended and flushed to the disk under a lock. It is never rewritten; what is written twice
counts once.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from store import settings

TAIL = 4096  # holds several lines


@dataclass(frozen=True)
class Entry:
    """One erasure as the file keeps it; digests in hex. See `store.erasures.Erasure` for the fields."""

    kind: str
    subject: str
    asked_at: str
    address: str | None = None
    account: str | None = None
    receipt: str | None = None
    by_role: str = "person"

    @property
    def moment(self) -> datetime:
        """When it was asked for."""
        return datetime.fromisoformat(self.asked_at)


class Unreadable(Exception):
    """A line of the ledger is not one of ours: nobody may go on before somebody has looked at the file."""


def file() -> Path | None:
    """Where the ledger is; None where the deployment keeps none."""
    chosen = settings.get().erasure_ledger
    return Path(chosen) if chosen else None


def append(entries: Iterable[Entry]) -> bool:
    """Add these entries; on the disk on return. Says whether there is a ledger at all. Raises OSError."""
    path = file()
    if path is None:
        return False
    lines = "".join(f"{json.dumps({k: v for k, v in asdict(one).items() if v is not None})}\n" for one in entries)
    new = not path.exists()
    with path.open("a+b") as ledger:
        fcntl.flock(ledger, fcntl.LOCK_EX)
        # A machine that died while it wrote leaves half a line: what follows must not become part of it.
        if ledger.tell() and _last_byte(path) != b"\n":
            ledger.write(b"\n")
        ledger.write(lines.encode())
        ledger.flush()
        os.fsync(ledger.fileno())
    if new:
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    return True


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as ledger:
        ledger.seek(-1, os.SEEK_END)
        return ledger.read(1)


def read() -> list[Entry]:
    """All entries, each subject once, with the latest moment at which it was asked for; none where there is no file.

    Half a line, which a machine that died left, is passed over: it was not counted as written, and is written again.
    Raises Unreadable for anything else that is no entry, and OSError.
    """
    path = file()
    if path is None or not path.exists():
        return []
    found: dict[tuple[str, str], Entry] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        entry = _entry(line, number)
        if entry is None:
            continue
        key = (entry.kind, entry.subject)
        if key not in found or found[key].moment < entry.moment:
            found[key] = entry
    return list(found.values())


def last() -> Entry | None:
    """The entry that was written last, for a quick look."""
    path = file()
    if path is None or not path.exists() or not path.stat().st_size:
        return None
    with path.open("rb") as ledger:
        cut = max(path.stat().st_size - TAIL, 0)
        ledger.seek(cut)
        lines = ledger.read().splitlines()[1 if cut else 0 :]
    return next((entry for line in reversed(lines) if (entry := _entry(line, 0)) is not None), None)


def _entry(line: bytes, number: int) -> Entry | None:
    line = line.strip(b"\0 \t")  # zeros are what some file systems leave of a write that a loss of power cut off
    if not line:
        return None
    try:
        given = json.loads(line)
    except ValueError as error:
        if line.startswith(b"{") and not line.endswith(b"}"):
            return None
        raise Unreadable(f"line {number} of the erasure ledger is no entry") from error
    try:
        entry = Entry(**given)
        bytes.fromhex(entry.subject)
        aware = entry.moment.tzinfo is not None
    except (TypeError, ValueError) as error:
        raise Unreadable(f"line {number} of the erasure ledger is no entry") from error
    if not aware:
        raise Unreadable(f"line {number} of the erasure ledger names no time zone")
    return entry
