"""gates of Destinations: what is asked, who is let in, who came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for column in (
        sa.Column("gate", sa.String(length=32), server_default="open", nullable=False),
        sa.Column("gate_own_link", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("gate_allow", _JSON, server_default="[]", nullable=False),
        sa.Column("gate_deny", _JSON, server_default="[]", nullable=False),
    ):
        op.add_column("destination", column)
    op.add_column("visit", sa.Column("gate", _JSON, server_default="{}", nullable=False))
    op.create_table(
        "gate_pass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "destination_id"],
            ["destination.org_id", "destination.id"],
            name=op.f("fk_gate_pass_org_id_destination_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "link_id"],
            ["link.org_id", "link.id"],
            name=op.f("fk_gate_pass_org_id_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_pass")),
    )
    op.create_index(
        "ix_gate_pass_org_id_destination_id_passed_at",
        "gate_pass",
        ["org_id", "destination_id", "passed_at"],
    )


def downgrade() -> None:
    op.drop_table("gate_pass")
    op.drop_column("visit", "gate")
    for name in ("gate_deny", "gate_allow", "gate_own_link", "gate"):
        op.drop_column("destination", name)
