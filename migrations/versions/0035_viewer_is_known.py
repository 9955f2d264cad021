"""Whether somebody who is not known was counted before is found along an index (X12)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_NOTED = {
    "sqlite_where": sa.text("viewer IS NOT NULL"),
    "postgresql_where": sa.text("viewer IS NOT NULL"),
}


def upgrade() -> None:
    op.drop_index("ix_visit_viewer", "visit")
    op.create_index("ix_visit_viewer", "visit", ["org_id", "destination_id", "viewer"], **_NOTED)


def downgrade() -> None:
    op.drop_index("ix_visit_viewer", "visit")
    op.create_index("ix_visit_viewer", "visit", ["org_id", "destination_id"], **_NOTED)
