"""the audit is found by what was done and by whom, however long it is."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_COLUMNS = (["tag", "seq"], ["actor", "seq"], ["org_id", "actor", "seq"])


def _name(columns: list[str]) -> str:
    return op.f(f"ix_audit_entry_{'_'.join(columns)}")


def upgrade() -> None:
    for columns in _COLUMNS:
        op.create_index(_name(columns), "audit_entry", columns)


def downgrade() -> None:
    for columns in _COLUMNS:
        op.drop_index(_name(columns), table_name="audit_entry")
