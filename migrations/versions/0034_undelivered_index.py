"""the index of what is not delivered says so in one comparison, not by a list of states.

SQLite builds such a list anew for each row that is written, which cost as much as the other indexes
together. The running version asks by the list: PostgreSQL proves it from that, and on SQLite it
goes along another index until it is replaced.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_BEFORE = (
    "state IN ('unlinked', 'pending', 'leased', 'waiting', 'parked', 'dropped', 'held', 'paused')"
)


def _index(where: str) -> None:
    op.drop_index("ix_outbox_row_log_state", table_name="outbox_row")
    op.create_index(
        "ix_outbox_row_log_state",
        "outbox_row",
        ["org_id", "state", "created_at", "seq"],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def upgrade() -> None:
    _index("state <> 'delivered'")


def downgrade() -> None:
    _index(_BEFORE)
