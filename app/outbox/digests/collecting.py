"""Events that are not worth an activity each are put aside for the digest of their day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.db import TenantSession
from app.engagement.ports import RecordedEvent
from app.orgs.settings import OrgSettings
from app.outbox.composing.zones import org_zone
from app.outbox.digests.days import closing, day_of
from app.outbox.digests.models import DigestEntry


def collect(
    session: TenantSession, chosen: OrgSettings, events: Sequence[RecordedEvent], now: datetime
) -> None:
    """Keep these for their digests; once each, whatever is handed on again. Two statements."""
    zone = org_zone(session, chosen)
    days = {event.id: day_of(event.occurred_at, zone, now) for event in events}
    closes = closing(days.values(), zone)
    rows = [
        {
            "event_id": event.id,
            "person_id": event.person_id,
            "day": days[event.id],
            "occurred_at": event.occurred_at,
            "due_at": closes[days[event.id]],
        }
        for event in events
    ]
    session.upsert_many(DigestEntry, rows, key=["org_id", "event_id"])
