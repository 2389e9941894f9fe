"""A person who lets employers find the CV can keep it from being suggested to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the person's choice to CVs; as the stamp compares whole rows, a change of it is a new version."""
    op.add_column("cvs", sa.Column("suggestible", sa.Boolean(), nullable=False, server_default=sa.true()))
