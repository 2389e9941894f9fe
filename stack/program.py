"""A program that runs as a child process: what to start, when it is ready, how it ends."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack.privileges import AS_WE_ARE, Account, Command

LOG_LIMIT = 20_000_000
SERVICE_ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def running() -> bool:
    """The readiness of a program that answers nobody: it is ready once it runs."""
    return True


def nothing() -> None:
    """What most programs need done after their end."""


@dataclass(frozen=True)
class Program:
    """`command` is asked anew for every start, because a service asks for the port that it had before; it may raise
    StackError where a start makes no sense. `ready` may raise OSError or ValueError for "not yet"."""

    name: str
    command: Callable[[], Command]
    log: Path
    env: Mapping[str, str] = field(default_factory=lambda: SERVICE_ENV)
    cwd: Path | None = None
    ready: Callable[[], bool] = running
    end_signal: signal.Signals = signal.SIGTERM
    end_within: float = 20
    ended: Callable[[], None] = nothing  # called after a clean end
    orphan_signal: signal.Signals = signal.SIGTERM  # from the kernel, when the supervisor is killed
    pass_fds: tuple[int, ...] = ()
    account: Account = AS_WE_ARE

    def start(self) -> subprocess.Popen[bytes]:
        """The running process; its process id is that of the program itself, not of a wrapper."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab", opener=_for_us_alone) as log:
            return subprocess.Popen(
                self.account.argv(self.command(), self.orphan_signal),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd,
                env=dict(self.env),
                pass_fds=self.pass_fds,
                start_new_session=True,  # Ctrl-C in the terminal reaches the supervisor only
            )

    def log_tail(self, lines: int) -> list[str]:
        """The last lines of the log that hold anything, cut where they are very long."""
        if not self.log.exists():
            return []
        with open(self.log, "rb") as f:
            f.seek(max(0, self.log.stat().st_size - 65536))
            text = f.read().decode(errors="replace")
        return [line.strip()[:300] for line in text.splitlines() if line.strip()][-lines:]


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def how_it_ended(returncode: int) -> str:
    """`exit status 1`, or `signal SIGKILL`, for a message."""
    if returncode >= 0:
        return f"exit status {returncode}"
    try:
        return f"signal {signal.Signals(-returncode).name}"
    except ValueError:
        return f"signal {-returncode}"
