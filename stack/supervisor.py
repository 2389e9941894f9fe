"""All of Vahti as one: services, schema, indexes and processes, kept running until told to stop."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.data_dir import secret
from stack.embedded import Profile, Stack
from stack.processes import listen, programs
from stack.watch import Watch, say

READY_WITHIN = 120.0
LOOK_EVERY = 0.25


@dataclass(frozen=True)
class Up:
    """What runs, and where."""

    http: str
    services: Stack
    processes: Watch

    def ready_line(self) -> str:
        """The addresses and process ids of this moment as one line of JSON, for scripts."""
        urls = {name: self.services.urls[name] for name in ("opensearch", "postgres", "redis")}
        pids = {**self.processes.pids, **self.services.pids}
        return json.dumps({"ready": True, "http": self.http, **urls, "pids": pids})

    def keep(self) -> None:
        """Returns never; raises StackError when something died so often that it was given up."""
        while True:
            self.services.check()
            self.processes.check()
            time.sleep(LOOK_EVERY)


@contextmanager
def up(data: Path, port: int, profile: Profile) -> Iterator[Up]:
    """Everything, running and ready inside the `with` block; ended when it is left, Vahti's own processes first.

    Sets the VAHTI_* variables of this process to what runs. Raises StackError where anything does not come up.
    """
    with listen(port) as bound, Stack(data, profile, only=("opensearch", "postgres", "redis", "mail")) as services:
        http = f"http://127.0.0.1:{bound.getsockname()[1]}"
        os.environ.update(_settings(data, http, services))
        prepare()
        with Watch() as watch:
            own = programs(bound, os.environ, services.base)
            watch.run(own)
            for program in own:
                watch.wait(program.name, READY_WITHIN)
            yield Up(http, services, watch)


def prepare() -> None:
    """Brings the database to the present schema, erases again whom a restored backup brought back, and makes the
    indexes that are missing."""
    # Imported only here, because settings are read once: by now the environment holds the addresses of the services.
    from indexer import rebuild, replay
    from store import migrate, settings

    say("preparing the database and the indexes")
    migrate.upgrade(settings.get().database_url)
    replay.replay_ledger()
    rebuild.ensure()


def leave_on_signal() -> None:
    """SIGTERM and SIGINT end this process by way of its `with` blocks; a second one does not disturb that."""

    def leave(_number: int, _frame: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)


def _settings(data: Path, http: str, services: Stack) -> dict[str, str]:
    found = {
        "VAHTI_OPENSEARCH_URL": services.urls["opensearch"],
        "VAHTI_DATABASE_URL": services.urls["postgres"],
        "VAHTI_REDIS_URL": services.urls["redis"],
        "VAHTI_SMTP_URL": services.urls["mail"],
        "VAHTI_BASE_URL": os.environ.get("VAHTI_BASE_URL") or http,
        "VAHTI_SECRET": os.environ.get("VAHTI_SECRET") or secret(data),
        # Who calls a stack of one machine is its owner and the scripts of its owner.
        "VAHTI_ASK_LIMIT": os.environ.get("VAHTI_ASK_LIMIT") or "10000 per hour",
        "VAHTI_CALL_LIMIT": os.environ.get("VAHTI_CALL_LIMIT") or "100000 per minute",
    }
    # Beside the database's own directory, so that an older copy of that does not bring an older ledger.
    found["VAHTI_ERASURE_LEDGER"] = os.environ.get("VAHTI_ERASURE_LEDGER") or str(data.resolve() / "erasures.jsonl")
    if "mail" in services.pids:
        found["VAHTI_MAIL_DIR"] = str(services.mail_dir)
    return found
