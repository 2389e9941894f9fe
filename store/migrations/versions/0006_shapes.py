"""How each index was made: its mapping and the analysis of its words."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column. Indexes from before it are of no shape that is known, so that they are built anew."""
    op.execute("ALTER TABLE generations ADD COLUMN shape text NOT NULL DEFAULT ''")
