"""The connection to Postgres: one engine a process, opened at first use, and the transaction that callers work in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session

from store import clock, settings


def connect(url: str, grouping_window: int, pool_size: int = 5) -> Engine:
    """An engine whose transactions see this process's clock and the grouping window.

    Idle connections are tested before use, so that a restarted Postgres costs a reconnect and no error.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,  # errors are logged, values are not
        connect_args={"options": f"-c vahti.grouping_window={grouping_window}", "connect_timeout": 10},
    )

    @event.listens_for(engine, "begin")
    def _tell_time(connection: Connection) -> None:
        # Triggers compute due times; where a test moved the clock they must agree with Python.
        if clock.ahead():
            connection.execute(text("SELECT set_config('vahti.now', :now, true)"), {"now": clock.now().isoformat()})

    return engine


@cache
def engine() -> Engine:
    """This process's engine, from the settings."""
    chosen = settings.get()
    if not chosen.database_url:
        raise ValueError("VAHTI_DATABASE_URL is not set: say where PostgreSQL is, or use `vahti up`")
    return connect(chosen.database_url, chosen.grouping_window)


@contextmanager
def transaction() -> Iterator[Session]:
    """A session in one transaction: committed at the end of the block, rolled back whole by an exception."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session
