"""when Salesforce last said that somebody is an admin, and the way back to where they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

def upgrade() -> None:
    with op.batch_alter_table('console_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proven_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('login_url', sa.String(length=255), server_default='', nullable=False))

    with op.batch_alter_table('sign_in_attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('session_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('goes_to', sa.String(length=500), server_default='', nullable=False))
