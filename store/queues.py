"""The queues between the relay and the workers: rq on Redis, holding names of jobs and numbers of subjects only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from store import owed, settings
from store.owed import Debt

# A batch that takes longer is stopped and goes out again: well above what the largest takes, below what hides a hang.
JOB_TIMEOUT = 300


@cache
def redis() -> Redis:
    """This process's connection to Redis. A failed command is not tried again here: what is owed goes out anyway."""
    url = settings.get().redis_url
    if not url:
        raise ValueError("VAHTI_REDIS_URL is not set: say where Redis is, or use `vahti up`")
    return Redis.from_url(url, socket_connect_timeout=5, retry=Retry(NoBackoff(), 0))


def queue(name: str) -> Queue:
    """The queue of this name (one of `owed.QUEUES`)."""
    return Queue(f"{settings.get().queue_prefix}-{name}", connection=redis(), serializer=JSONSerializer)


def depth() -> dict[str, int]:
    """How many batches wait in each queue."""
    return {name: queue(name).count for name in owed.QUEUES}


def batches(debts: Sequence[Debt]) -> Iterable[tuple[str, list[str]]]:
    """Debts as (job, subjects), no longer than the job takes; what goes alone is a batch by itself."""
    by_job: dict[str, list[str]] = {}
    for debt in debts:
        if debt.alone:
            yield debt.job, [debt.subject]
        else:
            by_job.setdefault(debt.job, []).append(debt.subject)
    for name, subjects in by_job.items():
        size = owed.jobs()[name].batch
        for start in range(0, len(subjects), size):
            yield name, subjects[start : start + size]


def enqueue(debts: Sequence[Debt]) -> None:
    """Hand these debts to the workers; raises redis.RedisError when Redis does not take them."""
    for queue_name in owed.QUEUES:
        of_queue = [debt for debt in debts if owed.jobs()[debt.job].queue == queue_name]
        data = [
            Queue.prepare_data(
                "store.work.perform", args=(name, subjects), timeout=JOB_TIMEOUT, result_ttl=0, failure_ttl=3600
            )
            for name, subjects in batches(of_queue)
        ]
        if data:
            queue(queue_name).enqueue_many(data)


# What has not been done yet; whatever else Redis keeps of a job, for an hour after a failure, is of no use to anybody.
WAITING = (JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED, JobStatus.SCHEDULED)


def forget(about: Callable[[str], bool]) -> set[str]:
    """Remove what is kept of jobs that are over and name a subject `about` which we are to forget; returns the subjects
    of this kind that jobs still name which wait or are under way. Raises redis.RedisError."""
    named: set[str] = set()
    for key in redis().scan_iter(f"{Job.redis_job_namespace_prefix}*", count=1000):
        with suppress(NoSuchJobError):  # it is over, and gone, since it was listed
            job_id = key.decode().removeprefix(Job.redis_job_namespace_prefix)
            job = Job.fetch(job_id, connection=redis(), serializer=JSONSerializer)
            if not job.origin.startswith(f"{settings.get().queue_prefix}-"):
                continue
            _, subjects = job.args
            found = {subject for subject in subjects if about(subject)}
            if not found:
                continue
            if job.get_status() in WAITING:
                named |= found
            else:
                job.delete()
    return named
