"""Keeps programs running: notices within a moment when one dies, says so, and starts it again."""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from subprocess import Popen, TimeoutExpired
from typing import Self

from stack import StackError
from stack.program import Program, how_it_ended

LOOK_EVERY = 0.05
FIRST_DELAY, LONGEST_DELAY = 0.2, 30.0
STEADY_AFTER = 30.0  # who ran this long starts again at the first delay
ENDING = 80  # lines of a log that are shown: two web workers that fail alike, and their supervisor after them


def say(line: str) -> None:
    """One line for the person at the terminal; standard output belongs to machines."""
    print(f"[vahti] {line}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class GiveUp:
    """More than `restarts` within `seconds`, and the watch stops trying."""

    restarts: int
    seconds: float


@dataclass
class _Watched:
    program: Program
    process: Popen[bytes] | None = None
    wanted: bool = True
    was_ready: bool = False
    killed_by_us: bool = False
    started_at: float = 0.0
    due_at: float = 0.0
    quick_deaths: int = 0
    restarts: list[float] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Watch:
    """One thread starts every program and stays until the last has ended: the kernel sends a parent-death signal when
    the *thread* that started a child ends, so a child must not belong to a thread that comes and goes.

    A program that dies before it was ever ready is not tried again: it is set up wrongly. One that was ready is started
    again after a delay that doubles from 0.2 to 30 s; with `give_up`, only so many times. `failure` then says why.
    """

    def __init__(self, give_up: GiveUp | None = None, say: Callable[[str], None] = say) -> None:
        self.failure: str | None = None
        self._give_up_after = give_up
        self._say = say
        self._watched: dict[str, _Watched] = {}
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends all programs, the last started first, and returns when the last is gone."""
        with self._lock:
            running = [w for w in reversed(self._watched.values()) if self._ask_to_end(w)]
        for watched in running:
            self._see_end(watched)
        self._closing.set()
        self._thread.join()

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of what runs at this moment."""
        with self._lock:
            return {name: w.process.pid for name, w in self._watched.items() if w.process is not None and w.alive}

    def run(self, programs: Iterable[Program]) -> None:
        """Takes charge of the programs; returns at once, `wait` waits."""
        with self._lock:
            self._watched.update({p.name: _Watched(p) for p in programs})

    def wait(self, name: str, within: float) -> None:
        """Returns when the program is ready; raises StackError with the end of its log when it is not, in `within`
        seconds, or when the watch gave up."""
        watched = self._find(name)
        deadline = time.monotonic() + within
        while not self._ready(watched):
            self.check()
            if time.monotonic() > deadline:
                raise StackError(self._with_log(watched, f"{name} is not ready after {within:.0f} s", lines=ENDING))
            time.sleep(LOOK_EVERY)

    def check(self) -> None:
        """Raises StackError when the watch gave up on a program."""
        if self.failure:
            raise StackError(self.failure)

    def kill(self, name: str) -> None:
        """SIGKILL; returns when the process is dead. The watch starts it again, and does not count it as a crash."""
        with self._lock:
            watched = self._find(name)
            if watched.process is not None and watched.alive:
                watched.killed_by_us = True
                watched.process.kill()
                watched.process.wait()

    def restart(self, name: str, within: float) -> None:
        """SIGKILL, and returns when the program is ready again."""
        self.kill(name)
        self.start(name, within)

    def stop(self, name: str) -> None:
        """A clean end, and the program stays down until `start`."""
        with self._lock:
            watched = self._find(name)
            asked = self._ask_to_end(watched)
        if asked:
            self._see_end(watched)

    def start(self, name: str, within: float) -> None:
        """Undoes `stop`, and returns when the program is ready."""
        with self._lock:
            watched = self._find(name)
            watched.wanted = True
            if not watched.alive:
                watched.due_at = 0.0
        self.wait(name, within)

    def _find(self, name: str) -> _Watched:
        if name not in self._watched:
            raise StackError(f"{name} is not one of the programs that run here ({', '.join(self._watched) or 'none'})")
        return self._watched[name]

    def _ready(self, watched: _Watched) -> bool:
        process = watched.process
        if process is None or not watched.alive:
            return False
        try:
            ready = watched.program.ready()
        except (OSError, ValueError):
            return False
        with self._lock:
            # The answer may have come from a process that was killed meanwhile.
            if ready and watched.process is process and watched.alive:
                watched.was_ready = True
                return True
        return False

    def _ask_to_end(self, watched: _Watched) -> bool:
        watched.wanted = False
        if watched.process is None or not watched.alive:
            return False
        watched.process.send_signal(watched.program.end_signal)
        return True

    def _see_end(self, watched: _Watched) -> None:
        if watched.process is None:
            return
        try:
            watched.process.wait(watched.program.end_within)
        except TimeoutExpired:
            self._say(f"{watched.program.name} did not end within {watched.program.end_within:.0f} s: killed")
            watched.process.kill()
            watched.process.wait()
        else:
            watched.program.ended()
        watched.process = None

    def _keep(self) -> None:
        try:
            while not self._closing.wait(LOOK_EVERY):
                with self._lock:
                    for watched in self._watched.values():
                        if watched.wanted and not watched.alive:
                            self._bring_back(watched)
        except BaseException as error:
            self.failure = f"the watch itself failed: {error!r}"
            raise

    def _bring_back(self, watched: _Watched) -> None:
        if watched.process is not None:
            self._see_death(watched, watched.process.returncode)
            watched.process = None
        if watched.wanted and time.monotonic() >= watched.due_at:
            try:
                watched.process = watched.program.start()
            except (StackError, OSError) as error:
                self._give_up(watched, f"{watched.program.name} cannot be started: {error}")
            watched.started_at = time.monotonic()

    def _see_death(self, watched: _Watched, returncode: int) -> None:
        now = time.monotonic()
        if watched.killed_by_us:
            watched.killed_by_us, watched.due_at = False, now
            return
        name, ended = watched.program.name, how_it_ended(returncode)
        if not watched.was_ready:
            self._give_up(watched, self._with_log(watched, f"{name} ended before it was ready ({ended})", lines=ENDING))
            return
        steady = now - watched.started_at >= STEADY_AFTER
        watched.quick_deaths = 1 if steady else watched.quick_deaths + 1
        delay = min(FIRST_DELAY * 2 ** (watched.quick_deaths - 1), LONGEST_DELAY)
        if limit := self._give_up_after:
            watched.restarts = [at for at in watched.restarts if now - at < limit.seconds] + [now]
            if len(watched.restarts) > limit.restarts:
                again = (
                    f"{name} died again ({ended}) after {limit.restarts} restarts in {limit.seconds:.0f} s: given up"
                )
                self._give_up(watched, self._with_log(watched, again, lines=ENDING))
                return
        self._say(self._with_log(watched, f"{name} died ({ended}); starting it again in {delay:.1f} s", lines=1))
        watched.due_at = now + delay

    def _give_up(self, watched: _Watched, why: str) -> None:
        watched.wanted = False
        self.failure = self.failure or why
        self._say(why)

    def _with_log(self, watched: _Watched, message: str, *, lines: int) -> str:
        tail = watched.program.log_tail(lines)
        if not tail:
            return f"{message} (nothing in {watched.program.log})"
        return (
            f"{message}; last in its log: {tail[0]}" if lines == 1 else "\n    ".join([f"{message}; its log:", *tail])
        )
