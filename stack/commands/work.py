"""`vahti work`: the process that does owed work."""

from __future__ import annotations

import click
from rq import SimpleWorker
from rq.serializers import JSONSerializer

import indexer.jobs  # noqa: F401
import matcher.jobs  # noqa: F401 - both register what can be owed
from indexer.replay import before_serving
from stack import logs
from stack.supervisor import leave_on_signal
from store import owed, queues


@click.command("work")
def command() -> None:
    """Do owed work until SIGTERM; what is under way is finished first. As many of these as there are processors."""
    logs.configure()
    leave_on_signal()
    before_serving()
    # In this process, without a fork for each batch: connections stay open, and a batch takes milliseconds. A worker
    # that dies with a batch in hand loses nothing, since the work is still owed when its lease ends.
    worker = SimpleWorker(
        [queues.queue(name) for name in owed.QUEUES],
        connection=queues.redis(),
        serializer=JSONSerializer,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")
