"""Destinations made of late, of all orgs, are counted along an index (C6)."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_destination_created_at", "destination", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_destination_created_at", "destination")
