"""trials, plans, sandboxes; shares of roll-outs, kill switches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

def upgrade() -> None:
    with op.batch_alter_table('org', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('plan', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('production_plan', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('domain', sa.String(length=80), server_default='', nullable=False))
        batch_op.add_column(sa.Column('is_sandbox', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(batch_op.f('ix_org_domain'), ['domain'], unique=False)
        batch_op.create_index(batch_op.f('ix_org_state_state_until'), ['state', 'state_until'], unique=False)

    op.create_table('feature_share',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('feature', sa.String(length=64), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('changed_by', sa.String(length=255), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feature_share')),
    sa.UniqueConstraint('feature', name=op.f('uq_feature_share_feature'))
    )
    op.create_table('kill_switch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('is_pulled', sa.Boolean(), nullable=False),
    sa.Column('changed_by', sa.String(length=255), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kill_switch')),
    sa.UniqueConstraint('name', name=op.f('uq_kill_switch_name'))
    )
    op.create_table('system_entry',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tag', sa.String(length=80), nullable=False),
    sa.Column('actor', sa.String(length=255), nullable=False),
    sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_system_entry'))
    )
