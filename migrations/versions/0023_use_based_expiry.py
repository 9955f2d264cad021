"""Destinations that are over after days from the first view, or after views; told by the clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("days_after_view", sa.Integer(), server_default="0", nullable=False),
        sa.Column("most_views", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expiry_told", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("destination", column)
    op.execute("UPDATE destination SET open_until = expires_at WHERE expires_at IS NOT NULL")
    op.create_index(
        "ix_destination_expiring",
        "destination",
        ["expires_at"],
        sqlite_where=sa.text("expires_at IS NOT NULL AND expiry_told IS 0"),
        postgresql_where=sa.text("expires_at IS NOT NULL AND expiry_told IS false"),
    )


def downgrade() -> None:
    op.drop_index("ix_destination_expiring", table_name="destination")
    for name in ("expiry_told", "most_views", "days_after_view", "open_until"):
        op.drop_column("destination", name)
