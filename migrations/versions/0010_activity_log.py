"""the activity log: newest first, of all, of a kind, of a person, of what is not delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

def upgrade() -> None:
    with op.batch_alter_table('outbox_row', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_row_log', ['org_id', 'created_at', 'seq'], unique=False)
        batch_op.create_index('ix_outbox_row_log_kind', ['org_id', 'kind', 'created_at', 'seq'], unique=False)
        batch_op.create_index('ix_outbox_row_log_person', ['org_id', 'person_id', 'created_at', 'seq'], unique=False)
        batch_op.create_index('ix_outbox_row_log_state', ['org_id', 'state', 'created_at', 'seq'], unique=False, sqlite_where=sa.text("state IN ('unlinked', 'pending', 'leased', 'waiting', 'parked', 'dropped', 'held')"), postgresql_where=sa.text("state IN ('unlinked', 'pending', 'leased', 'waiting', 'parked', 'dropped', 'held')"))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_org_id_name_id'), ['org_id', 'name', 'id'], unique=False)
