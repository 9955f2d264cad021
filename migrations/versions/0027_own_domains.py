"""domains of the orgs' own for their public pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_domain",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=255), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_page_domain_org_id_org"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_domain")),
        sa.UniqueConstraint("org_id", name=op.f("uq_page_domain_org_id")),
    )
    op.create_index(
        "uq_page_domain_opened",
        "page_domain",
        ["host"],
        unique=True,
        sqlite_where=sa.text("opened_at IS NOT NULL"),
        postgresql_where=sa.text("opened_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("page_domain")
