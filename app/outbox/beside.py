"""What else hears of new events, in the intake's own transaction: follow-up rules, scores."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.db import TenantSession
from app.engagement.ports import RecordedEvent
from app.orgs.features import Feature
from app.outbox.follow_ups import noticing
from app.outbox.records import people


def beside(
    session: TenantSession, events: Sequence[RecordedEvent], switched_on: Collection[Feature]
) -> None:
    """Tell them, as far as the org has them switched on."""
    if set(switched_on) >= noticing.NEEDED:
        noticing.notice(session, events)
    if Feature.SCORES in switched_on:
        people.mark(session, events)
