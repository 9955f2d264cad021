"""Rows that were planned and never written, undone, so that they can be asked for again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, CursorResult, delete, select

from app.db import TenantSession
from app.orgs.settings import DIGEST
from app.outbox.digests.models import DigestEntry
from app.outbox.models import OutboxRow


def take_back(session: TenantSession, *which: ColumnElement[bool]) -> int:
    """Delete these rows, and what digests among them would have told of; how many rows."""
    digests = session.execute(
        select(OutboxRow.event_id, OutboxRow.person_id).where(*which, OutboxRow.kind == DIGEST)
    ).all()
    if digests:
        session.execute(
            delete(DigestEntry)
            .where(
                DigestEntry.person_id.in_({person for _, person in digests}),
                DigestEntry.anchor_id.in_([event for event, _ in digests]),
            )
            .execution_options(synchronize_session=False)
        )
    deleted = session.execute(
        delete(OutboxRow).where(*which).execution_options(synchronize_session=False)
    )
    assert isinstance(deleted, CursorResult)  # noqa: S101  # what a DELETE gives
    return deleted.rowcount
