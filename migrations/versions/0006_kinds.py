"""kinds: digests, what there is one of at most, owners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ONCE = sa.text("once_key IS NOT NULL")
_NAMED = sa.text("user_key IS NOT NULL")
_OPEN = sa.text("anchor_id IS NULL")


def upgrade() -> None:
    op.add_column("event", sa.Column("user_key", sa.String(length=320), nullable=True))
    op.create_index(
        "ix_event_user", "event", ["org_id", "user_key"],
        sqlite_where=_NAMED, postgresql_where=_NAMED,
    )  # fmt: skip
    op.add_column("outbox_row", sa.Column("once_key", sa.String(length=32), nullable=True))
    op.create_index(
        "uq_outbox_row_once", "outbox_row", ["org_id", "once_key"], unique=True,
        sqlite_where=_ONCE, postgresql_where=_ONCE,
    )  # fmt: skip
    _create_digest_entry()
    _create_owners()


def _create_digest_entry() -> None:
    op.create_table(
        "digest_entry",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anchor_id", sa.Uuid(), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "event_id"], ["event.org_id", "event.id"],
            name=op.f("fk_digest_entry_org_id_event_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"], ["person.org_id", "person.id"],
            name=op.f("fk_digest_entry_org_id_person_id"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "event_id", name=op.f("pk_digest_entry")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_digest_entry_due", "digest_entry", ["due_at"],
        sqlite_where=_OPEN, postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_index(
        "ix_digest_entry_org_id_person_id_day", "digest_entry", ["org_id", "person_id", "day"]
    )


def _create_owners() -> None:
    op.create_table(
        "owner_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.String(length=320), nullable=False),
        sa.Column("owner", sa.String(length=18), nullable=False),
        sa.Column("mapped_by", sa.String(length=255), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_owner_mapping_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_mapping")),
        sa.UniqueConstraint(
            "org_id", "identity", name=op.f("uq_owner_mapping_org_id_identity")
        ),
    )
    op.create_table(
        "owner_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("salesforce_id", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_owner_user_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_user")),
        sa.UniqueConstraint(
            "org_id", "salesforce_id", name=op.f("uq_owner_user_org_id_salesforce_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("owner_user")
    op.drop_table("owner_mapping")
    op.drop_table("digest_entry")
    op.drop_index("uq_outbox_row_once", table_name="outbox_row")
    op.drop_column("outbox_row", "once_key")
    op.drop_index("ix_event_user", table_name="event")
    op.drop_column("event", "user_key")
