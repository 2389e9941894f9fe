"""The CV database: CVs with their visibility, who found and opened them, saved searches, contact, copies, erasures."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables and the triggers; the SQL beside this file argues each."""
    for name in ("0004_cvs.sql", "0004_recruiting.sql", "0004_erasures.sql"):
        op.get_bind().exec_driver_sql((Path(__file__).parent / name).read_text(encoding="utf-8"))
