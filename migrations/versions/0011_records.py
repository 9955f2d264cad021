"""records of Destinations and scores of people: what stands in Salesforce, what is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("traffic", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seeded_to", sa.Uuid(), nullable=True),
        sa.Column("seeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_record_run_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_run")),
        sa.UniqueConstraint("org_id", "traffic", name=op.f("uq_record_run_org_id_traffic")),
    )
    op.create_table(
        "destination_record",
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column("salesforce_id", sa.String(length=18), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("left_out", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error_reason", sa.String(length=64), nullable=False),
        sa.Column("error_code", sa.String(length=80), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "destination_id"],
            ["destination.org_id", "destination.id"],
            name=op.f("fk_destination_record_org_id_destination_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "destination_id", name=op.f("pk_destination_record")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_destination_record_failing",
        "destination_record",
        ["org_id"],
        unique=False,
        sqlite_where=sa.text("attempts > 0"),
        postgresql_where=sa.text("attempts > 0"),
    )
    op.create_table(
        "person_score",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earliest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("salesforce_id", sa.String(length=18), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error_reason", sa.String(length=64), nullable=False),
        sa.Column("error_code", sa.String(length=80), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"],
            ["person.org_id", "person.id"],
            name=op.f("fk_person_score_org_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "person_id", name=op.f("pk_person_score")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_person_score_due",
        "person_score",
        ["org_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_person_score_failing",
        "person_score",
        ["org_id"],
        unique=False,
        sqlite_where=sa.text("attempts > 0"),
        postgresql_where=sa.text("attempts > 0"),
    )
    op.add_column(
        "destination",
        sa.Column("recorded_version", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "destination",
        sa.Column(
            "record_due_at",
            sa.DateTime(timezone=True),
            server_default="1970-01-01 00:00:00",
            nullable=False,
        ),
    )
    op.create_index(
        "ix_destination_unrecorded",
        "destination",
        ["org_id", "record_due_at"],
        unique=False,
        sqlite_where=sa.text("recorded_version < version"),
        postgresql_where=sa.text("recorded_version < version"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_destination_unrecorded",
        table_name="destination",
        sqlite_where=sa.text("recorded_version < version"),
        postgresql_where=sa.text("recorded_version < version"),
    )
    op.drop_column("destination", "record_due_at")
    op.drop_column("destination", "recorded_version")
    op.drop_index(
        "ix_person_score_failing",
        table_name="person_score",
        sqlite_where=sa.text("attempts > 0"),
        postgresql_where=sa.text("attempts > 0"),
    )
    op.drop_index(
        "ix_person_score_due",
        table_name="person_score",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("person_score")
    op.drop_index(
        "ix_destination_record_failing",
        table_name="destination_record",
        sqlite_where=sa.text("attempts > 0"),
        postgresql_where=sa.text("attempts > 0"),
    )
    op.drop_table("destination_record")
    op.drop_table("record_run")
