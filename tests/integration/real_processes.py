"""The service's own programs as real processes that a test starts, kills and starts again, and ways to hold them up."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]


def until(condition: Callable[[], object], within: float = 120, what: str = "it") -> None:
    """Returns once the condition holds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {within:.0f} seconds"
        time.sleep(0.02)


@contextmanager
def running(command: str, log: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """`vahti relay` or `vahti work`. Ended by SIGTERM, which must be a clean end, unless it was killed before."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "stack", command], cwd=ROOT, env={**os.environ, **env}, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == 0, log.read_text()


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, as when memory runs out or the power does."""
    process.kill()
    process.wait()


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process that takes connections and answers nothing."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class Gate:
    """Passes SMTP through to a mail server, and holds it up at a chosen point: the other side waits, and knows nothing.

    `rcpt`: before the server hears for whom the mail is; `body`: before it has the whole mail; `answer`: it has taken
    the mail, and the one who sent it does not hear of that.
    """

    SIGNS = {"rcpt": b"RCPT", "body": b"\r\n.\r\n", "answer": b"250 2.0.0 OK"}  # noqa: RUF012 - never changed

    def __init__(self, server: str) -> None:
        self._server = (urlsplit(server).hostname, urlsplit(server).port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = threading.Event()
        self._sign: bytes | None = None
        self._drops = False
        self.held = threading.Event()
        self.url = f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.open()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.open()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def close(self, point: str) -> None:
        """Hold up what comes to this point from now on."""
        self._sign, self._drops = self.SIGNS[point], False
        self.held.clear()
        self._open.clear()

    def open(self) -> None:
        """Let everything through, also what is held."""
        self._sign = None
        self._open.set()

    def cut(self) -> None:
        """Let everything through from now on; what is held never arrives."""
        self._drops = True
        self.open()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._server)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError), source, sink:
            while data := source.recv(65536):
                if self._sign is not None and self._sign in data.upper():
                    self.held.set()
                    self._open.wait()
                    if self._drops:
                        return
                sink.sendall(data)
