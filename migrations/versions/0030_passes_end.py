"""Passes of gates are deleted by their age: along an index (X13)."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_gate_pass_passed_at", "gate_pass", ["passed_at"])


def downgrade() -> None:
    op.drop_index("ix_gate_pass_passed_at", "gate_pass")
