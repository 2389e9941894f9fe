"""From a posted job to the mail: sites, employers, tokens, listings, criteria, alerts, deliveries, owed."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables and the triggers that record what is owed; the SQL beside this file argues each."""
    for name in ("0001_tables.sql", "0001_triggers.sql"):
        op.get_bind().exec_driver_sql((Path(__file__).parent / name).read_text(encoding="utf-8"))
