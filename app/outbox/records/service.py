"""Verbs of this traffic that a person calls."""

from __future__ import annotations

from sqlalchemy import select, update

from app.clock import utcnow
from app.db import TenantSession
from app.destinations.models import Destination
from app.outbox.records import rests
from app.outbox.records.models import DestinationRecord, PersonScore, Traffic


def retry(session: TenantSession, traffic: Traffic) -> None:
    """Whatever was refused is mended, says a person: the next run tries all of it."""
    rests.again(session, traffic)
    now = utcnow()
    if traffic is Traffic.DESTINATIONS:
        failing = select(DestinationRecord.destination_id).where(DestinationRecord.attempts > 0)
        session.execute(
            update(Destination)
            .where(Destination.id.in_(failing))
            .values(record_due_at=now)
            .execution_options(synchronize_session=False)
        )
    else:
        session.execute(
            update(PersonScore)
            .where(PersonScore.attempts > 0)
            .values(due_at=now)
            .execution_options(synchronize_session=False)
        )
