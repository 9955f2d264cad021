"""every way into an org: its secrets, its user, its state; certificates; attempts to log in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = (
    sa.Column(
        "method", sa.String(length=32), nullable=False, server_default="client_credentials"
    ),
    sa.Column("login_url", sa.String(length=255), nullable=False, server_default=""),
    sa.Column("username", sa.String(length=255), nullable=False, server_default=""),
    sa.Column("sealed_refresh_token", sa.Text(), nullable=True),
    sa.Column("sealed_private_key", sa.Text(), nullable=True),
    sa.Column("certificate", sa.Text(), nullable=True),
    sa.Column("sealed_password", sa.Text(), nullable=True),
    sa.Column("state_since", sa.DateTime(timezone=True), nullable=True),
    sa.Column("trouble", sa.String(length=64), nullable=False, server_default=""),
    sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
    sa.Column("rights_missing_since", sa.DateTime(timezone=True), nullable=True),
    sa.Column("user_id", sa.String(length=18), nullable=False, server_default=""),
    sa.Column("user_name", sa.String(length=255), nullable=False, server_default=""),
    sa.Column("user_label", sa.String(length=255), nullable=False, server_default=""),
    sa.Column("user_address", sa.String(length=255), nullable=False, server_default=""),
    sa.Column(
        "user_power",
        sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
        nullable=True,
    ),
    sa.Column("connected_by", sa.String(length=255), nullable=False, server_default=""),
)


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("connection", column)
    op.create_table(
        "connect_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed_private_key", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_connect_certificate_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connect_certificate")),
        sa.UniqueConstraint("org_id", name=op.f("uq_connect_certificate_org_id")),
    )
    op.create_table(
        "connect_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("opener_digest", sa.String(length=64), nullable=False),
        sa.Column("login_url", sa.String(length=255), nullable=False),
        sa.Column("ticket_digest", sa.String(length=64), nullable=False),
        sa.Column("state_digest", sa.String(length=64), nullable=True),
        sa.Column("browser_digest", sa.String(length=64), nullable=True),
        sa.Column("sealed_verifier", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_connect_attempt_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connect_attempt")),
        sa.UniqueConstraint("ticket_digest", name=op.f("uq_connect_attempt_ticket_digest")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_connect_attempt_state_digest")),
    )


def downgrade() -> None:
    op.drop_table("connect_attempt")
    op.drop_table("connect_certificate")
    with op.batch_alter_table("connection", schema=None) as batch_op:
        for column in reversed(_COLUMNS):
            batch_op.drop_column(column.name)
