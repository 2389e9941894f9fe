"""Real OpenSearch, PostgreSQL and Redis as child processes: for development, tests and the demo.

with Stack(Path("/var/tmp/vahti/dev")) as services:
    services.urls["opensearch"], services.urls["postgres"], services.urls["redis"]
"""

import os
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, Protocol, Self

from stack import StackError
from stack.claim import Claim
from stack.java import find_java
from stack.mail import Mail
from stack.opensearch import OpenSearch
from stack.opensearch_home import opensearch_home
from stack.postgres import Postgres, find_postgres
from stack.privileges import Account, unprivileged
from stack.program import Program
from stack.redis import Redis, find_redis
from stack.watch import GiveUp, Watch

Profile = Literal["fast", "durable"]

URL_VARIABLES = {
    "opensearch": "VAHTI_OPENSEARCH_URL",
    "postgres": "VAHTI_DATABASE_URL",
    "redis": "VAHTI_REDIS_URL",
    "mail": "VAHTI_SMTP_URL",
}
ALL_BUT_MAIL = ("opensearch", "postgres", "redis")
GIVE_UP = GiveUp(restarts=5, seconds=60)
READY_WITHIN = 120.0


class Addressed(Protocol):
    @property
    def url(self) -> str: ...


class Stack:
    """The services, running while the `with` block does. Several stacks live side by side in directories of their own.

    A service whose address is in the environment (VAHTI_OPENSEARCH_URL, VAHTI_DATABASE_URL, VAHTI_REDIS_URL,
    VAHTI_SMTP_URL) is used there and not started. One that dies is started again with the same data at the same
    address, and that is said; after five restarts in a minute it is given up, and `check`, `wait` and the end of the
    `with` block raise StackError. When the process that runs this is killed, the kernel ends the services.

    `profile`: "durable" keeps what is committed over a loss of power, and compiles fully; "fast" starts and writes
    faster, and keeps what is committed (but not the Redis queue) over a kill. `only`: which of opensearch, postgres,
    redis and mail; all but mail by default. As root the services run as `nobody`, who must be able to reach `base_dir`.
    """

    def __init__(
        self,
        base_dir: Path,
        profile: Profile = "fast",
        heap: str = "512m",
        only: Collection[str] = ALL_BUT_MAIL,
    ) -> None:
        if unknown := set(only) - set(URL_VARIABLES):
            raise StackError(f"there is no service {', '.join(sorted(unknown))}: there are {', '.join(URL_VARIABLES)}")
        self.base = base_dir.resolve()
        self.mail_dir = self.base / "mail"
        self.urls: dict[str, str] = {}
        self._fast = profile == "fast"
        self._heap = heap
        self._names = [name for name in URL_VARIABLES if name in only]
        self._watch = Watch(GIVE_UP)
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        self.urls = {name: url for name in self._names if (url := os.environ.get(URL_VARIABLES[name]))}
        embedded = [name for name in self._names if name not in self.urls]
        with ExitStack() as exits:
            if embedded:
                self._embed(embedded, exits)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._exits.close()
        if kind is None:
            self._watch.check()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the embedded services that run at this moment."""
        return self._watch.pids

    def kill(self, name: str) -> None:
        """SIGKILL; returns when the process is dead. It is started again at once: `wait` waits for that."""
        self._watch.kill(name)

    def wait(self, name: str) -> None:
        """Returns when the service is ready; raises StackError when it does not become so."""
        self._watch.wait(name, READY_WITHIN)

    def restart(self, name: str) -> None:
        """SIGKILL, and returns when the service is ready again."""
        self._watch.restart(name, READY_WITHIN)

    def stop(self, name: str) -> None:
        """A clean end; the service stays down until `start`."""
        self._watch.stop(name)

    def start(self, name: str) -> None:
        """Undoes `stop`; returns when the service is ready."""
        self._watch.start(name, READY_WITHIN)

    def check(self) -> None:
        """Raises StackError when a service was given up."""
        self._watch.check()

    def _embed(self, names: list[str], exits: ExitStack) -> None:
        account = unprivileged()
        _open_up(self.base, account)
        claim = exits.enter_context(Claim(self.base, account))
        kinds: dict[str, Callable[[], tuple[Addressed, Program]]] = {
            "opensearch": lambda: self._opensearch(account, claim),
            "postgres": lambda: self._postgres(account, claim),
            "redis": lambda: self._redis(account, claim),
            "mail": self._mail,
        }
        exits.enter_context(self._watch)
        services = {}
        for name in names:  # OpenSearch, which takes longest, starts while the others are still being prepared
            services[name], program = kinds[name]()
            self._watch.run([program])
        for name, service in services.items():
            self.wait(name)
            self.urls[name] = service.url

    def _opensearch(self, account: Account, claim: Claim) -> tuple[Addressed, Program]:
        java, home = find_java(account), opensearch_home()
        service = OpenSearch(self.base / "opensearch", home, java, self._heap, self._fast)
        return service, service.program(account, (claim.fd,))

    def _postgres(self, account: Account, claim: Claim) -> tuple[Addressed, Program]:
        service = Postgres(self.base / "postgres", find_postgres(account), claim.sockets, self._fast)
        return service, service.program(account, (claim.fd,))

    def _redis(self, account: Account, claim: Claim) -> tuple[Addressed, Program]:
        service = Redis(self.base / "redis", find_redis(account), claim.sockets, self._fast)
        return service, service.program(account, (claim.fd,))

    def _mail(self) -> tuple[Addressed, Program]:
        service = Mail(self.mail_dir)
        return service, service.program()


def _open_up(base: Path, account: Account) -> None:
    """Makes the directory, passable (not readable) for the account that services run as, closed to all others."""
    try:
        base.mkdir(parents=True, exist_ok=True)
        base.chmod(0o700 if account.mode == "none" else 0o711)
    except OSError as error:
        raise StackError(f"{base} cannot be made ({error.strerror}): choose another directory") from error
    if account.run(["/bin/sh", "-c", 'cd "$1"', "sh", base]).returncode:
        raise StackError(f"{base} cannot be reached by uid {account.uid}, as which services run (is it below /root?)")
