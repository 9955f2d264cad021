"""What every new row of the outbox has in common, and who of its people has a record."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.crm.models import RecordLink, SObject
from app.db import TenantSession
from app.ids import new_id
from app.outbox.models import FIRST_BATCH_SIZE, DeliveryState, OrgDelivery


def new_row(
    event_id: UUID,
    person_id: UUID | None,
    kind: str,
    *,
    is_linked: bool,
    now: datetime,
    not_before: datetime | None = None,
) -> dict[str, Any]:
    """The person's activity of an event, before anything of it is known but where it comes from."""
    return {
        "event_id": event_id,
        "person_id": person_id,
        "rank": 0,
        "kind": kind,
        "state": DeliveryState.PENDING if is_linked else DeliveryState.UNLINKED,
        "not_before": not_before or now,
        "is_unsure": False,
        "attempts": 0,
        "error_reason": "",
        "error_code": "",
        "error_message": "",
        "settled_by": "",
        "created_at": now,
    }


def linked_people(session: TenantSession, people: set[UUID]) -> set[UUID]:
    """Which of these people have a Contact or Lead in the org: one statement."""
    if not people:
        return set()
    statement = select(RecordLink.person_id).where(
        RecordLink.person_id.in_(people),
        RecordLink.sobject.in_([SObject.CONTACT, SObject.LEAD]),
    )
    return {person for person in session.scalars(statement) if person is not None}


def ensure_delivery(session: TenantSession) -> None:
    """The org's delivery row, which the worker takes turns by."""
    row = {
        "id": new_id(),
        "batch_size": FIRST_BATCH_SIZE,
        "failures": 0,
        "pause_reason": "",
    }
    session.upsert_many(OrgDelivery, [row], key=["org_id"])
