"""Verbs of the outbox that others call: people who were linked, rows that a person decides on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, exists, select, update

from app.crm.models import RecordLink, SObject
from app.db import SystemSession, TenantSession
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from app.outbox.turns.lease import in_states

_PEOPLE = (SObject.CONTACT, SObject.LEAD)


def backfill(session: TenantSession, person_ids: Collection[UUID]) -> int:
    """Rows of these people that waited for a record become pending; how many they are.

    Call it when people were linked; the worker's sweep finds them too. People without a Contact or
    Lead are left alone.
    """
    if not person_ids:
        return 0
    changed = session.execute(
        update(OutboxRow)
        .where(
            in_states(OutboxRow.state, DeliveryState.UNLINKED),
            OutboxRow.person_id.in_(person_ids),
            is_linked(),
        )
        .values(state=DeliveryState.PENDING)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)  # noqa: S101  # what an UPDATE gives
    return changed.rowcount


def is_linked() -> ColumnElement[bool]:
    """Rows whose person has a Contact or Lead."""
    return exists().where(
        RecordLink.org_id == OutboxRow.org_id,
        RecordLink.person_id == OutboxRow.person_id,
        RecordLink.sobject.in_(_PEOPLE),
    )


def resume(session: TenantSession) -> None:
    """Serve the org again at once, since it was connected anew; what waited goes on."""
    session.execute(
        update(OrgDelivery)
        .where(OrgDelivery.paused_until.is_not(None))
        .values(paused_until=None, pause_reason="", failures=0)
        .execution_options(synchronize_session=False)
    )


def linked_meanwhile(session: SystemSession, limit: int = 500) -> Mapping[UUID, set[UUID]]:
    """People of all orgs who have a record now, and rows that still wait for one; by org."""
    rows = session.execute(
        select(OutboxRow.org_id, OutboxRow.person_id)
        .join(
            RecordLink,
            (RecordLink.org_id == OutboxRow.org_id)
            & (RecordLink.person_id == OutboxRow.person_id)
            & RecordLink.sobject.in_(_PEOPLE),
        )
        .where(in_states(OutboxRow.state, DeliveryState.UNLINKED))
        .distinct()
        .limit(limit)
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for org_id, person_id in rows:
        found[org_id].add(person_id)
    return found
