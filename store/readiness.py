"""Whether PostgreSQL and Redis answer, and the database has the schema that this code expects."""

from __future__ import annotations

from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from store import queues
from store.migrate import MIGRATIONS


@cache
def _head() -> tuple[str, ...]:
    return tuple(ScriptDirectory(str(MIGRATIONS)).get_heads())


def migrated(session: Session) -> bool:
    """Whether every migration has run, and none that this code does not know."""
    return MigrationContext.configure(session.connection()).get_current_heads() == _head()


def ping_redis() -> None:
    """Raises redis.RedisError where Redis does not answer."""
    queues.redis().ping()
