"""support finds an org by a user or a record; what reps of a suspended org are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

def upgrade() -> None:
    with op.batch_alter_table('org', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state_message', sa.String(length=500), server_default='', nullable=False))

    with op.batch_alter_table('org_user', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_org_user_email'), ['email'], unique=False)

    with op.batch_alter_table('record_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_link_salesforce_id'), ['salesforce_id'], unique=False)
