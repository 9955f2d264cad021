"""back-fills: history on request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_OPEN = sa.text("state IN ('running', 'stopping')")
_OF_BACKFILL = sa.text("backfill_id IS NOT NULL")
_OF_LOAD = sa.text("load_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "backfill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kinds", _JSON, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("uses_bulk", sa.Boolean(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.String(length=255), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_person", sa.Uuid(), nullable=True),
        sa.Column("at_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_seq", _SEQUENCE, nullable=True),
        sa.Column("is_planned", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pause_reason", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_backfill_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_backfill_org_id_id")),
    )
    op.create_index(
        "uq_backfill_open", "backfill", ["org_id"], unique=True,
        sqlite_where=_OPEN, postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_table(
        "backfill_load",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("backfill_id", sa.Uuid(), nullable=False),
        sa.Column("sobject", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("key_field", sa.String(length=80), nullable=False),
        sa.Column("job_id", sa.String(length=18), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_backfill_load_org_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "backfill_id"], ["backfill.org_id", "backfill.id"],
            name=op.f("fk_backfill_load_org_id_backfill_id"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill_load")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_backfill_load_org_id_backfill_id"), "backfill_load", ["org_id", "backfill_id"]
    )
    op.add_column("outbox_row", sa.Column("backfill_id", sa.Uuid(), nullable=True))
    op.add_column("outbox_row", sa.Column("load_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_outbox_row_backfill", "outbox_row", ["org_id", "backfill_id", "state"],
        sqlite_where=_OF_BACKFILL, postgresql_where=_OF_BACKFILL,
    )  # fmt: skip
    op.create_index(
        "ix_outbox_row_load", "outbox_row", ["org_id", "load_id", "seq"],
        sqlite_where=_OF_LOAD, postgresql_where=_OF_LOAD,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_outbox_row_load", "outbox_row")
    op.drop_index("ix_outbox_row_backfill", "outbox_row")
    with op.batch_alter_table("outbox_row") as batch:
        batch.drop_column("load_id")
        batch.drop_column("backfill_id")
    op.drop_table("backfill_load")
    op.drop_table("backfill")
