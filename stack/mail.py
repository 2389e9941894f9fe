"""The embedded mail sink as a service: on a free port of 127.0.0.1 that it keeps over restarts."""

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from stack.privileges import AS_WE_ARE, Command
from stack.program import Program


@dataclass
class Mail:
    directory: Path
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def program(self) -> Program:
        """Runs as we are: it needs no protection from root, and its mails are read by processes that run as we are."""
        AS_WE_ARE.own(self.directory)
        return Program(
            name="mail",
            command=self._command,
            log=self.directory.with_suffix(".log"),
            env=os.environ,
            ready=self.ready,
        )

    @property
    def _port_file(self) -> Path:
        # Beside the directory, which tests empty.
        return self.directory.with_suffix(".port")

    def _command(self) -> Command:
        self._port_file.unlink(missing_ok=True)
        sink = (sys.executable, "-m", "stack.mail_sink", "--dir", self.directory)
        return (*sink, "--port", str(self.port), "--port-file", self._port_file)

    def ready(self) -> bool:
        """Once it greets."""
        self.port = int(self._port_file.read_text())
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as s:
            return s.recv(4) == b"220 "
