"""when a Destination is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("destination", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "sqlite":  # without statistics it takes the one made last
        op.drop_index("ix_destination_unrecorded", table_name="destination")
        op.create_index(
            "ix_destination_unrecorded",
            "destination",
            ["org_id", "record_due_at"],
            sqlite_where=sa.text("recorded_version < version"),
        )


def downgrade() -> None:
    op.drop_column("destination", "expires_at")
