"""what reps were shown, for support; deletions of orgs and their receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.create_table('org_deletion',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('salesforce_id', sa.String(length=18), nullable=False),
    sa.Column('org_name', sa.String(length=255), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('asked_by', sa.String(length=255), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_by', sa.String(length=255), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_org_deletion'))
    )
    with op.batch_alter_table('org_deletion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_org_deletion_tenant_id'), ['tenant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_org_deletion_state_due_at'), ['state', 'due_at'], unique=False)

    op.create_table('sight',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.String(length=18), nullable=False),
    sa.Column('record_id', sa.String(length=18), nullable=False),
    sa.Column('sobject', sa.String(length=32), nullable=False),
    sa.Column('rights', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['org.id'], name=op.f('fk_sight_org_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sight')),
    sa.UniqueConstraint('org_id', 'user_id', 'record_id', name=op.f('uq_sight_org_id_user_id_record_id'))
    )
    with op.batch_alter_table('sight', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sight_seen_at'), ['seen_at'], unique=False)
