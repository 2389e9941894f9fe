"""The processes of the service itself, each as the program that `vahti up` runs and as a production deployment does."""

import signal
import socket
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from stack import StackError
from stack.privileges import Command
from stack.program import Program

WORKERS = ("work-1", "work-2")

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def gunicorn(bind: str, *options: str) -> Command:
    """The web server: threads, because a request waits for PostgreSQL and OpenSearch most of its time. No access log,
    as it would hold addresses of people; no control socket in anybody's home."""
    fixed = ("--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--no-control-socket")
    return (sys.executable, "-m", "gunicorn", "--bind", bind, *fixed, *options, "api.app:create_app()")


def listen(port: int) -> socket.socket:
    """A socket bound to the port (0: a free one), to be inherited by the web server, which keeps its port that way over
    restarts, and makes clients wait meanwhile. Raises StackError where the port is taken."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError as error:
        bound.close()
        raise StackError(f"port {port} cannot be used ({error.strerror}): choose another with --port") from error
    return bound


def programs(bound: socket.socket, env: Mapping[str, str], logs: Path) -> list[Program]:
    """The web server on the bound socket, the relay, and two workers."""
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    api = Program(
        name="api",
        command=lambda: gunicorn(f"fd://{bound.fileno()}", "--workers", "2", "--graceful-timeout", "5"),
        log=logs / "api.log",
        env=env,
        ready=lambda: _answers(f"{address}/readyz"),
        end_within=10,
        pass_fds=(bound.fileno(),),
    )
    return [api, _command("relay", "relay", env, logs), *(_command(name, "work", env, logs) for name in WORKERS)]


def _command(name: str, command: str, env: Mapping[str, str], logs: Path) -> Program:
    return Program(
        name=name,
        command=lambda: (sys.executable, "-m", "stack", command),
        log=logs / f"{name}.log",
        env=env,
        end_within=10,
        # They survive being killed at any moment, so nothing is gained by asking.
        orphan_signal=signal.SIGKILL,
    )


def _answers(url: str) -> bool:
    with _direct.open(url, timeout=5) as response:
        return bool(response.status == 200)
