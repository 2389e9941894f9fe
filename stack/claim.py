"""One run at a time per base directory, and what a killed run left behind."""

import fcntl
import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from stack import StackError
from stack.privileges import Account
from stack.watch import say

SOCKETS_PREFIX = "vahti-"
ORPHANS_END_WITHIN = 60.0


class Claim:
    """The lock on a base directory, and a directory for sockets.

    Services inherit the lock (`fd`), so that it is free when the last of them has ended, not merely their supervisor:
    a database must not be started on files that another one still writes. Sockets live in /tmp, because the path of
    a Unix socket holds 107 bytes at most.
    """

    def __init__(self, base: Path, account: Account) -> None:
        self._path = base / ".lock"
        self._file = open(self._path, "a+")  # noqa: SIM115 - held until the claim is given back
        try:
            self._lock(base)
            self._clear_leftovers()
            self.sockets = account.own(Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX, dir="/tmp")))
            self._file.truncate(0)
            self._file.write(json.dumps({"pid": os.getpid(), "sockets": str(self.sockets)}))
            self._file.flush()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        self._file.close()

    @property
    def fd(self) -> int:
        return self._file.fileno()

    def _lock(self, base: Path) -> None:
        deadline = None
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                pid = self._left().get("pid")
                if isinstance(pid, int) and _lives(pid):
                    raise StackError(
                        f"{base} is in use by process {pid}: stop that one, or take another directory"
                    ) from None
            if deadline is None:
                say(f"{base}: waiting for the services of a killed run to end")
                deadline = time.monotonic() + ORPHANS_END_WITHIN
            if time.monotonic() > deadline:
                raise StackError(f"{base}: services of a killed run still hold it after {ORPHANS_END_WITHIN:.0f} s")
            time.sleep(0.1)

    def _left(self) -> dict[str, object]:
        """What the last run wrote; nothing where it was killed before it wrote."""
        with suppress(ValueError):
            left = json.loads(self._path.read_text())
            if isinstance(left, dict):
                return left
        return {}

    def _clear_leftovers(self) -> None:
        stale = Path(str(self._left().get("sockets", "")))
        if stale.parent == Path("/tmp") and stale.name.startswith(SOCKETS_PREFIX):  # noqa: S108
            shutil.rmtree(stale, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
