"""`vahti relay`: the process that hands owed work to the queue."""

from __future__ import annotations

import signal
import threading

import click

import indexer.jobs  # noqa: F401
import matcher.jobs  # noqa: F401 - both register what can be owed
from indexer.replay import before_serving
from stack import logs
from stack.supervisor import leave_on_signal
from store import relay


@click.command("relay")
def command() -> None:
    """Hand owed work to the workers as it falls due, until SIGTERM. One is enough; more do no harm."""
    logs.configure()
    leave_on_signal()
    before_serving()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    relay.run(stop)
