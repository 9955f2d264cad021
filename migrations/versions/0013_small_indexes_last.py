"""the outbox's partial indexes once more, after those of the log.

SQLite without statistics takes the index that was made last where several begin with what is asked.
The log's hold every row of an org, delivered ones too; these hold what is under way.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SMALL = {
    "ix_outbox_row_leased": (["org_id"], "state = 'leased'"),
    "ix_outbox_row_unlinked": (["org_id", "person_id"], "state = 'unlinked'"),
    "ix_outbox_row_held": (["org_id", "kind", "seq"], "state = 'held'"),
    "ix_outbox_row_due": (["org_id", "seq"], "state IN ('pending', 'waiting')"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name, (columns, where) in _SMALL.items():
        op.drop_index(name, table_name="outbox_row")
        op.create_index(name, "outbox_row", columns, sqlite_where=sa.text(where))


def downgrade() -> None:
    pass
