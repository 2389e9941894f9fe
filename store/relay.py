"""The relay: hands owed work to the queue as it falls due, woken by Postgres, and again when a lease runs out."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import psycopg
from redis import RedisError
from sqlalchemy.exc import DBAPIError

from store import clock, database, owed, queues, settings
from store.claims import claim
from store.database import transaction
from store.faults import describe, log

IDLE = 5.0  # seconds after which the relay looks even if nothing woke it: a lost notification costs no more
FULL = 0.02  # seconds between two looks while a queue is full: what we wait for then is room
PAUSE = 1.0  # seconds to wait while a service is down


def hand_out() -> int:
    """Hand what is due to the workers, as far as their queues have room; returns how many pieces of work went out.

    Leases are committed before anything is queued, so that no piece goes out twice at once; what Redis refuses is free
    again at once. Raises redis.RedisError and sqlalchemy.exc.DBAPIError when a service is down.
    """
    depth = queues.depth()
    room = {name: max(settings.get().queue_depth - waiting, 0) for name, waiting in depth.items()}
    most = {name: room[job.queue] * job.batch for name, job in owed.jobs().items()}
    with transaction() as session:
        debts = claim(session, most, timedelta(seconds=settings.get().lease), room)
    if not debts:
        return 0
    try:
        queues.enqueue(debts)
    except RedisError:
        with transaction() as session:
            owed.release(session, debts)
        raise
    return len(debts)


def seconds_to_next(looked_at: datetime) -> float:
    """How long until something falls due that was not when we looked: at most `IDLE`, within which leases that ran out
    are seen as well."""
    with transaction() as session:
        due = owed.next_due(session, owed.jobs(), after=looked_at)
    return IDLE if due is None else min(max((due - clock.now()).total_seconds(), 0.0), IDLE)


def run(stop: threading.Event) -> None:
    """Relay until `stop` is set. A service that is down is waited for; each outage is logged once, and its end."""
    down: str | None = None
    while not stop.is_set():
        try:
            with psycopg.connect(_dsn(), autocommit=True) as listener:
                listener.execute("LISTEN owed")
                while not stop.is_set():
                    looked_at = clock.now()
                    handed = hand_out()
                    if down is not None:
                        log.warning("the relay goes on")
                        down = None
                    if not handed:
                        _wait(listener, looked_at)
        except (RedisError, DBAPIError, psycopg.Error) as error:
            if down is None:
                log.error("the relay waits: %s", describe(error))
            down = describe(error)
            stop.wait(PAUSE)


def _wait(listener: psycopg.Connection, looked_at: datetime) -> None:
    full = max(queues.depth().values()) >= settings.get().queue_depth
    for _ in listener.notifies(timeout=FULL if full else seconds_to_next(looked_at), stop_after=1):
        pass


def _dsn() -> str:
    return database.engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
