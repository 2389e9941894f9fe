"""The embedded services: killed they come back with their data at their address; they leave nothing behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis
from opensearchpy import NotFoundError, OpenSearch

from stack import StackError
from stack.embedded import URL_VARIABLES, Stack
from stack.opensearch_home import VERSION, opensearch_home
from stack.privileges import is_root, unprivileged

HERE = Path(__file__).parents[2]
DATABASES = ("postgres", "redis")  # OpenSearch takes seconds to start: only tests that need it have one

# A supervisor of its own, which tells what runs and then waits to be ended.
SUPERVISOR = """
import json, signal, sys
from pathlib import Path
from stack.embedded import Stack
with Stack(Path(sys.argv[1]), only=sys.argv[2].split(",")) as stack:
    print(json.dumps({"urls": stack.urls, "pids": stack.pids}), flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module", autouse=True)
def no_given_services() -> Iterator[None]:
    """Other tests point to services that run already."""
    with pytest.MonkeyPatch.context() as patch:
        for name in URL_VARIABLES.values():
            patch.delenv(name, raising=False)
        yield


@contextmanager
def directory() -> Iterator[Path]:
    """Not pytest's own: `nobody`, as whom services run for root, cannot reach that."""
    path = Path(tempfile.mkdtemp(prefix="vahti-test-", dir="/var/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


@pytest.fixture
def base() -> Iterator[Path]:
    with directory() as path:
        yield path


@pytest.fixture(scope="module")
def durable() -> Iterator[Stack]:
    with directory() as path, Stack(path, "durable") as stack:
        yield stack


def engine(url: str) -> OpenSearch:
    return OpenSearch(url, timeout=30)


def rows(stack: Stack, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(stack.urls["postgres"].replace("+psycopg", "")) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def kill_from_outside(stack: Stack, name: str) -> None:
    """As the kernel does when memory runs out: the watch is not told."""
    pid = stack.pids[name]
    os.kill(pid, signal.SIGKILL)
    until(lambda: stack.pids.get(name, pid) != pid)
    stack.wait(name)


def until(condition: Callable[[], object], within: float = 15) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_killed_opensearch_comes_back_at_its_address_with_its_documents(
    durable: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    url, client = durable.urls["opensearch"], engine(durable.urls["opensearch"])
    client.indices.create(index="kept", body={"settings": {"number_of_replicas": 0}})
    client.index(index="kept", id="1", body={"title": "sairaanhoitaja"})
    kill_from_outside(durable, "opensearch")
    assert durable.urls["opensearch"] == url
    assert client.get(index="kept", id="1")["_source"] == {"title": "sairaanhoitaja"}
    said = [line for line in capfd.readouterr().err.splitlines() if "opensearch" in line]
    assert len(said) == 1
    assert said[0].startswith(
        "[vahti] opensearch died (signal SIGKILL); starting it again in 0.2 s; last in its log: ["
    )


def test_killed_postgres_comes_back_at_its_address_with_what_was_committed(durable: Stack) -> None:
    url = durable.urls["postgres"]
    rows(durable, "CREATE TABLE kept AS SELECT 'läkare' AS title")
    kill_from_outside(durable, "postgres")
    assert durable.urls["postgres"] == url
    assert rows(durable, "SELECT title FROM kept") == [("läkare",)]


def test_killed_redis_comes_back_at_its_address_with_its_queue(durable: Stack) -> None:
    queue = redis.Redis.from_url(durable.urls["redis"])
    queue.rpush("queue", "a", "b")
    kill_from_outside(durable, "redis")
    assert queue.lrange("queue", 0, -1) == [b"a", b"b"]


def test_opensearch_is_set_up_as_the_product_needs_it(durable: Stack) -> None:
    client = engine(durable.urls["opensearch"])
    with pytest.raises(NotFoundError):
        client.index(index="not-there", body={"no": "index is made by a write"})
    (node,) = client.nodes.info(flat_settings="true")["nodes"].values()
    assert node["settings"]["indices.query.bool.max_clause_count"] == "8192"
    modules = {module["name"] for module in node["modules"]}
    assert modules >= {"analysis-common", "geo", "lang-painless", "parent-join", "percolator", "reindex"}


def test_postgres_is_set_up_as_the_product_needs_it(durable: Stack) -> None:
    found = {str(name): value for name, value in rows(durable, "SELECT name, setting FROM pg_settings")}
    wanted = {
        "TimeZone": "UTC",
        "max_connections": "200",
        "server_encoding": "UTF8",
        "fsync": "on",
        "listen_addresses": "",
    }
    assert wanted.items() <= found.items()


def test_a_port_that_was_taken_meanwhile_is_told_and_not_replaced(
    base: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stack.opensearch.PORT_FREED_WITHIN", 0.5)

    def run() -> None:
        with Stack(base, only={"opensearch"}) as stack:
            port = int(stack.urls["opensearch"].rpartition(":")[2])
            stack.stop("opensearch")
            with socket.create_server(("127.0.0.1", port)):
                stack.start("opensearch")

    with pytest.raises(StackError, match="opensearch cannot be started: port"):
        run()
    assert "which it had before, is taken" in capfd.readouterr().err


def test_two_stacks_live_side_by_side(durable: Stack, base: Path) -> None:
    with Stack(base, only=DATABASES) as other:
        assert set(other.urls) == set(DATABASES)
        assert rows(other, "SELECT current_setting('fsync'), current_setting('synchronous_commit')") == [("off", "on")]
        redis.Redis.from_url(other.urls["redis"]).set("whose", "the other's")
        assert redis.Redis.from_url(durable.urls["redis"]).get("whose") is None
        pids = other.pids
    assert not any(runs(pid) for pid in pids.values())
    assert redis.Redis.from_url(durable.urls["redis"]).ping()


def test_one_directory_is_for_one_run(durable: Stack) -> None:
    with pytest.raises(StackError, match=rf"{durable.base} is in use by process {os.getpid()}"), Stack(durable.base):
        pass


def test_a_service_that_is_given_is_used_and_not_started(
    durable: Stack, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("opensearch", "postgres"):
        monkeypatch.setenv(URL_VARIABLES[name], durable.urls[name])
    with Stack(base) as stack:
        assert set(stack.pids) == {"redis"}
        assert stack.urls == {**durable.urls, "redis": stack.urls["redis"]}
        assert stack.urls["redis"] != durable.urls["redis"]
        with pytest.raises(StackError, match="postgres is not one of the programs that run here"):
            stack.kill("postgres")


def test_with_every_service_given_nothing_is_touched(durable: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, url in durable.urls.items():
        monkeypatch.setenv(URL_VARIABLES[name], url)
    nowhere = Path("/proc/nowhere")
    with Stack(nowhere) as stack:
        assert (stack.urls, stack.pids) == (durable.urls, {})


def test_a_service_nobody_knows_is_refused(base: Path) -> None:
    with pytest.raises(StackError, match="there is no service mysql: there are opensearch, postgres, redis, mail"):
        Stack(base, only={"mysql"})


@pytest.mark.skipif(not is_root(), reason="an ordinary user reaches what it may make")
def test_a_directory_that_services_cannot_reach_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(StackError, match="cannot be reached by uid"), Stack(tmp_path / "base", only=DATABASES):
        pass


def test_a_directory_that_cannot_be_made_is_told() -> None:
    with pytest.raises(StackError, match="/proc/vahti cannot be made"), Stack(Path("/proc/vahti"), only=DATABASES):
        pass


def test_killing_the_supervisor_ends_every_service_and_the_next_run_cleans_up(base: Path) -> None:
    supervisor, told = supervise([sys.executable, "-c", SUPERVISOR, str(base), "opensearch,postgres,redis,mail"])
    pids = told.pids
    assert set(pids) == {"opensearch", "postgres", "redis", "mail"}
    sockets = Path(told.urls["redis"].removeprefix("unix://").partition("?")[0]).parent
    supervisor.kill()
    supervisor.wait()
    until(lambda: not any(runs(pid) for pid in pids.values()), within=5)

    assert sockets.exists()
    with Stack(base, only=DATABASES) as stack:
        assert rows(stack, "SELECT 1") == [(1,)]
        assert not sockets.exists()


@pytest.mark.skipif(not is_root(), reason="every other test of this file runs as an ordinary user then")
def test_an_ordinary_user_with_an_empty_home_runs_it_too(base: Path) -> None:
    account = unprivileged()
    base.chmod(0o711)
    home = account.own(base / "home")
    downloaded = home / ".cache/vahti" / f"opensearch-{VERSION}"  # which is not tested again
    downloaded.parent.mkdir(parents=True)
    downloaded.symlink_to(opensearch_home())
    account.own(home)
    packages = os.pathsep.join([str(HERE), *(path for path in sys.path if path.endswith("site-packages"))])
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": packages}
    # Root's own Python may lie in root's home; the machine's can do it as well.
    pythons = [sys.executable, "/usr/bin/python3"]
    python = next((p for p in pythons if account.run([p, "-c", "import stack.embedded"], env).returncode == 0), None)
    if python is None:
        pytest.skip(f"none of {pythons} can be run and read {packages} as an ordinary user")
    command = [python, "-c", SUPERVISOR, str(home / "data"), "opensearch,postgres,redis"]
    supervisor, told = supervise(account.argv(command), env)
    assert engine(told.urls["opensearch"]).ping()
    # Not asked to end, which would have OpenSearch write archives of its classes for a next time.
    for pid in (supervisor.pid, *told.pids.values()):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    supervisor.wait()
    until(lambda: not any(runs(pid) for pid in told.pids.values()))


@dataclass(frozen=True)
class Told:
    urls: dict[str, str]
    pids: dict[str, int]


def supervise(command: list[str], env: dict[str, str] | None = None) -> tuple[subprocess.Popen[str], Told]:
    supervisor = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE, env=env)
    assert supervisor.stdout is not None
    line = supervisor.stdout.readline()
    supervisor.stdout.close()
    return supervisor, Told(**json.loads(line))
