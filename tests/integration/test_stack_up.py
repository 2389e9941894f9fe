"""`vahti up` as scripts use it, with a stand-in for the web application: ready line, deaths, the end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from stack.embedded import URL_VARIABLES

HERE = Path(__file__).parents[2]

WEB = """
import json, os
def create_app():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "application/json")])
        told = {name: value for name, value in os.environ.items() if name.startswith("VAHTI_")}
        return [json.dumps({"pid": os.getpid(), "path": environ["PATH_INFO"], "environment": told}).encode()]
    return app
"""


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    told: dict[str, object]

    @property
    def pids(self) -> dict[str, int]:
        pids = self.told["pids"]
        assert isinstance(pids, dict)
        return pids

    def ask(self) -> dict[str, object]:
        connection = HTTPConnection(str(self.told["http"]).removeprefix("http://"), timeout=10)
        connection.request("GET", "/anything")
        answer: dict[str, object] = json.load(connection.getresponse())
        connection.close()
        return answer


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="vahti-test-", dir="/var/tmp"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def start(base: Path, web: str, **given: str) -> subprocess.Popen[str]:
    """`vahti up` in a directory whose package `api` is the stand-in; `given` are the services not to be embedded."""
    package = base / "web/api"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    (package / "app.py").write_text(web)
    env = {name: value for name, value in os.environ.items() if not name.startswith("VAHTI_") or name == "VAHTI_CACHE"}
    command = [sys.executable, "-m", "stack", "up", "--data", str(base / "data"), "--port", "0", "--profile", "fast"]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=base / "web",
        env={**env, **given, "PYTHONPATH": str(HERE)},
    )


@pytest.fixture(scope="module")
def running(base: Path) -> Iterator[Running]:
    process = start(base, WEB)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        pytest.fail(f"vahti up did not become ready:\n{process.communicate()[1]}")
    yield Running(process, json.loads(line))
    if process.poll() is None:
        process.terminate()
    process.communicate()


def until(condition: Callable[[], object], within: float = 15) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_the_ready_line_tells_addresses_and_processes(running: Running) -> None:
    told = running.told
    assert told["ready"] is True
    assert set(told) == {"ready", "http", "opensearch", "postgres", "redis", "pids"}
    services = {"opensearch", "postgres", "redis", "mail"}
    assert set(running.pids) == {"api", "relay", "work-1", "work-2", *services}
    for pid in running.pids.values():
        os.kill(pid, 0)


def test_the_processes_are_told_where_everything_is(running: Running, base: Path) -> None:
    environment = running.ask()["environment"]
    assert isinstance(environment, dict)
    for name in ("opensearch", "postgres", "redis"):
        assert environment[URL_VARIABLES[name]] == running.told[name]
    assert environment["VAHTI_SMTP_URL"].startswith("smtp://127.0.0.1:")
    assert environment["VAHTI_MAIL_DIR"] == str(base / "data/mail")
    assert environment["VAHTI_BASE_URL"] == running.told["http"]
    assert environment["VAHTI_SECRET"] == (base / "data/secret").read_text()


def test_the_killed_web_server_comes_back_at_its_address_and_refuses_nobody_meanwhile(running: Running) -> None:
    os.kill(running.pids["api"], signal.SIGKILL)
    for _ in range(20):
        assert running.ask()["path"] == "/anything"
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["relay", "work-1", "work-2", "mail", "redis"])
def test_what_is_killed_is_replaced(running: Running, name: str) -> None:
    kind = name.partition("-")[0]
    before = {pid for pid, line in children(running) if kind in line}
    assert running.pids[name] in before
    os.kill(running.pids[name], signal.SIGKILL)

    def after() -> set[int]:
        return {pid for pid, line in children(running) if kind in line}

    until(lambda: len(after()) == len(before) and running.pids[name] not in after())


def children(running: Running) -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == running.process.pid:
                yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except FileNotFoundError:  # it ended meanwhile
            continue


def test_with_every_service_given_it_starts_its_own_processes_alone_and_shows_what_keeps_one_from_starting(
    running: Running, base: Path
) -> None:
    given = {URL_VARIABLES[name]: str(running.told[name]) for name in ("opensearch", "postgres", "redis")}
    failed = start(base / "other", "raise RuntimeError('no template')", **given, VAHTI_SMTP_URL="smtp://127.0.0.1:9")
    told, said = failed.communicate(timeout=60)
    assert (failed.returncode, told) == (1, "")
    assert "api ended before it was ready" in said
    assert "no template" in said
    assert "Traceback" not in said.partition("its log:")[0]
    assert sorted(path.name for path in (base / "other/data").iterdir()) == [
        *("api.log", "relay.log", "secret", "work-1.log", "work-2.log")
    ]


def test_sigterm_ends_all_of_it_soon_and_well(running: Running) -> None:
    started = time.monotonic()
    mine = [pid for pid in running.pids.values() if Path(f"/proc/{pid}").exists()]
    running.process.send_signal(signal.SIGTERM)
    running.process.send_signal(signal.SIGTERM)  # impatience must not interrupt the end
    _, said = running.process.communicate(timeout=30)
    assert running.process.returncode == 0, said
    assert time.monotonic() - started < 20
    assert not any(Path(f"/proc/{pid}").exists() for pid in mine)
    for name in ("api", "relay", "work-1", "work-2", "mail", "redis"):
        assert f"[vahti] {name} died (signal SIGKILL); starting it again" in said
    with pytest.raises(ConnectionRefusedError):
        running.ask()
