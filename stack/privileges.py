"""The account that embedded services run as: OpenSearch and PostgreSQL refuse to run as root."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import StackError

SHIM = Path(__file__).with_name("shim.py")

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Account:
    """Who a child process is, and how it becomes that: `none` (as we are), `setuid`, or `userns` where the container
    lacks the right to change user but has user namespaces."""

    mode: str
    uid: int
    gid: int

    def argv(self, command: Command, orphan_signal: signal.Signals = signal.SIGTERM) -> list[str]:
        """The command, wrapped so that it runs as this account and gets `orphan_signal` when the *thread* that started
        it ends (that is the kernel's rule for parent-death signals). The wrapper execs: the process id stays."""
        head = [sys.executable, "-I", "-S", str(SHIM), self.mode, str(self.uid), str(self.gid)]
        return [*head, str(int(orphan_signal)), str(os.getpid()), *map(str, command)]

    def run(self, command: Command, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a short command to its end as this account; standard error is part of `stdout`."""
        return subprocess.run(
            self.argv(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env=env,
            check=False,
        )

    def own(self, path: Path) -> Path:
        """Makes the directory where it is missing and hands it, with all that it holds, to this account alone."""
        path.mkdir(parents=True, exist_ok=True)
        if self.mode == "setuid":
            for entry in (path, *path.rglob("*")):
                os.chown(entry, self.uid, self.gid, follow_symlinks=False)
        path.chmod(0o700)
        return path


AS_WE_ARE = Account("none", os.geteuid(), os.getegid())


def is_root() -> bool:
    return os.geteuid() == 0


def unprivileged() -> Account:
    """The account for embedded services: ours, or for root `nobody` (`VAHTI_RUN_AS` names another one).

    It has to be an account with a passwd entry, because initdb looks its name up. Raises StackError where root cannot
    be left.
    """
    if not is_root():
        return AS_WE_ARE
    name = os.environ.get("VAHTI_RUN_AS", "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise StackError(f"there is no account {name!r}: set VAHTI_RUN_AS to an unprivileged one") from None
    for mode in ("setuid", "userns"):
        account = Account(mode, entry.pw_uid, entry.pw_gid)
        if account.run(["/bin/true"]).returncode == 0:
            return account
    raise StackError(
        "PostgreSQL and OpenSearch refuse to run as root, and this process can neither change its user (CAP_SETUID) "
        "nor open a user namespace: start it as an ordinary user"
    )
