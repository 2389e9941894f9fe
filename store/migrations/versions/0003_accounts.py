"""Who signs in, as what and for whom; which employers are approved; what people consented to."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables; the SQL beside this file argues each."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0003_accounts.sql").read_text(encoding="utf-8"))
