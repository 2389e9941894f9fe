"""How Alembic reaches the database: always online, one transaction for the whole upgrade, one upgrade at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from store import schema

# Any number that nothing else locks: two processes that start at once must not both migrate.
MIGRATION_LOCK = 7_482_113


def run() -> None:
    """Upgrade inside one transaction, behind an advisory lock."""
    engine = create_engine(context.config.attributes["database_url"], poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=True)
        context.run_migrations()
    engine.dispose()


run()
