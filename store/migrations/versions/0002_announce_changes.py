"""Transactions that change listings say so, so that a stream of changes stops before those that are still open."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the trigger; the SQL beside this file argues it."""
    sql = (Path(__file__).parent / "0002_announce_changes.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(sql)
