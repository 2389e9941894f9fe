"""The watch, with real processes: what dies comes back, what cannot live is given up, and nothing is left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from stack import StackError
from stack.privileges import Command
from stack.program import Program
from stack.watch import GiveUp, Watch

STAY = "import time; time.sleep(600)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def watch(said: list[str]) -> Iterator[Watch]:
    with Watch(GiveUp(restarts=2, seconds=60), said.append) as running:
        yield running


def child(name: str, tmp_path: Path, script: str = STAY, ready: Callable[[], bool] = lambda: True) -> Program:
    command: Command = [sys.executable, "-c", script]
    return Program(name, lambda: command, tmp_path / f"{name}.log", env=os.environ, ready=ready, end_within=0.5)


def until(condition: Callable[[], object], within: float = 10) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_program_that_dies_is_started_again_and_that_is_said_with_the_end_of_its_log(
    watch: Watch, said: list[str], tmp_path: Path
) -> None:
    watch.run([child("relay", tmp_path, f"print('connected', flush=True); {STAY}")])
    watch.wait("relay", 5)
    first = watch.pids["relay"]
    until(lambda: "connected" in (tmp_path / "relay.log").read_text())

    os.kill(first, signal.SIGKILL)
    until(lambda: watch.pids.get("relay", first) != first)

    assert said == ["relay died (signal SIGKILL); starting it again in 0.2 s; last in its log: connected"]


def test_the_delay_grows_and_a_crash_loop_is_given_up_loudly(watch: Watch, said: list[str], tmp_path: Path) -> None:
    lives = tmp_path / "lives"
    # Lives until it was seen ready, then ends with 7; and so on each time.
    script = f"import time; time.sleep(0.2); open({str(lives)!r}, 'a').write('x'); print('boom'); raise SystemExit(7)"
    watch.run([child("api", tmp_path, script)])
    watch.wait("api", 5)

    until(lambda: watch.failure)

    assert lives.read_text() == "xxx", "the first life and two more"
    assert said[:2] == [
        "api died (exit status 7); starting it again in 0.2 s; last in its log: boom",
        "api died (exit status 7); starting it again in 0.4 s; last in its log: boom",
    ]
    assert said[2].startswith("api died again (exit status 7) after 2 restarts in 60 s: given up")
    with pytest.raises(StackError, match="given up"):
        watch.check()
    with pytest.raises(StackError, match="given up"):
        watch.wait("api", 5)


def test_a_program_that_never_became_ready_is_not_tried_again_and_its_log_is_shown(
    watch: Watch, said: list[str], tmp_path: Path
) -> None:
    watch.run([child("api", tmp_path, "raise ValueError('VAHTI_SECRET is missing')", ready=lambda: False)])
    with pytest.raises(
        StackError, match=r"api ended before it was ready \(exit status 1\)(.|\n)*VAHTI_SECRET is missing"
    ):
        watch.wait("api", 10)
    assert len(said) == 1


def test_a_program_that_is_not_ready_in_time_is_told(watch: Watch, tmp_path: Path) -> None:
    watch.run([child("api", tmp_path, ready=lambda: False)])
    with pytest.raises(StackError, match="api is not ready after 0 s"):
        watch.wait("api", 0.2)


def test_not_yet_is_not_an_error(watch: Watch, tmp_path: Path) -> None:
    answers: Iterator[bool | Exception] = iter([ConnectionRefusedError(), ValueError("no port yet"), False, True])

    def ready() -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    watch.run([child("api", tmp_path, ready=ready)])
    watch.wait("api", 5)
    assert list(answers) == []


def test_being_killed_on_purpose_is_no_crash(watch: Watch, said: list[str], tmp_path: Path) -> None:
    watch.run([child("redis", tmp_path)])
    watch.wait("redis", 5)
    pids = {watch.pids["redis"]}
    for _ in range(4):  # more often than a crash loop may
        watch.restart("redis", 5)
        pids.add(watch.pids["redis"])
    assert len(pids) == 5
    assert (said, watch.failure) == ([], None)


def test_what_is_stopped_stays_down_until_it_is_started(watch: Watch, said: list[str], tmp_path: Path) -> None:
    watch.run([child("redis", tmp_path)])
    watch.wait("redis", 5)
    watch.stop("redis")
    time.sleep(0.3)
    assert watch.pids == {}
    watch.start("redis", 5)
    assert set(watch.pids) == {"redis"}
    assert said == []


def test_a_program_that_cannot_be_started_is_given_up(watch: Watch, tmp_path: Path) -> None:
    def command() -> Command:
        raise StackError("port 9200, which it had before, is taken")

    watch.run([Program("opensearch", command, tmp_path / "opensearch.log")])
    with pytest.raises(StackError, match="opensearch cannot be started: port 9200"):
        watch.wait("opensearch", 5)


def test_all_end_with_the_watch_also_one_that_does_not_want_to(said: list[str], tmp_path: Path) -> None:
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {STAY}"
    with Watch(say=said.append) as watch:
        watch.run([child("meek", tmp_path), child("stubborn", tmp_path, stubborn)])
        watch.wait("meek", 5)
        watch.wait("stubborn", 5)
        until(lambda: "deaf" in (tmp_path / "stubborn.log").read_text())
        pids = list(watch.pids.values())
    assert all(gone(pid) for pid in pids)
    assert said == ["stubborn did not end within 0 s: killed"]


def test_a_program_does_not_depend_on_the_thread_that_asked_for_it(watch: Watch, tmp_path: Path) -> None:
    """The kernel sends the parent-death signal when the thread ends that started a child."""

    def ask() -> None:
        watch.run([child("redis", tmp_path)])
        watch.wait("redis", 5)

    asking = Thread(target=ask)
    asking.start()
    asking.join()
    pid = watch.pids["redis"]
    time.sleep(0.3)
    assert watch.pids == {"redis": pid}
