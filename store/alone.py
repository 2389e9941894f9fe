"""What one process at a time does: locks that the database holds for a connection, and lets go of with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from store.database import engine

# Nobody else's numbers among the advisory locks of the database.
REPLAYING, MERGING = 7_239_114_203, 7_239_114_204


@contextmanager
def waiting(lock: int) -> Iterator[None]:
    """Alone within the block; others who ask wait for its end. A process that dies lets go."""
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": lock})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})


@contextmanager
def trying(lock: int) -> Iterator[bool]:
    """Whether one is alone within the block; where somebody else is, one is told so at once."""
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        taken = bool(connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}).scalar_one())
        try:
            yield taken
        finally:
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})
