"""activities that a person paused: why, and their place in the log.

The index of what is not delivered holds the new state too; the running version goes on along it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BEFORE = "('unlinked', 'pending', 'leased', 'waiting', 'parked', 'dropped', 'held')"
_NOW = "('unlinked', 'pending', 'leased', 'waiting', 'parked', 'dropped', 'held', 'paused')"


def _index(states: str) -> None:
    where = sa.text(f"state IN {states}")
    op.drop_index("ix_outbox_row_log_state", table_name="outbox_row")
    op.create_index(
        "ix_outbox_row_log_state",
        "outbox_row",
        ["org_id", "state", "created_at", "seq"],
        sqlite_where=where,
        postgresql_where=where,
    )


def upgrade() -> None:
    op.add_column("outbox_row", sa.Column("paused_why", sa.String(length=200), nullable=True))
    _index(_NOW)


def downgrade() -> None:
    _index(_BEFORE)
    op.drop_column("outbox_row", "paused_why")
