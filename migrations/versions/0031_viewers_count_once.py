"""Whose view it was, of who is not known: so that each counts once where views end a page (X12)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("viewer", sa.String(length=32), nullable=True))
    op.create_index(
        "ix_visit_viewer",
        "visit",
        ["org_id", "destination_id"],
        sqlite_where=sa.text("viewer IS NOT NULL"),
        postgresql_where=sa.text("viewer IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_visit_viewer", "visit")
    op.drop_column("visit", "viewer")
