"""What else hears of new events, in the intake's own transaction: follow-up rules, scores."""

from __future__ import annotations

from collections.abc import Sequence

from app.db import TenantSession
from app.engagement.ports import RecordedEvent
from app.orgs import features
from app.orgs.features import Feature
from app.outbox.follow_ups import noticing
from app.outbox.records import people


def beside(session: TenantSession, events: Sequence[RecordedEvent]) -> None:
    """Tell them, as far as the org has them switched on; one statement where it has not."""
    if all(event.person_id is None for event in events):
        return
    switched_on = features.enabled(session)
    if switched_on >= noticing.NEEDED:
        noticing.notice(session, events)
    if Feature.SCORES in switched_on:
        people.mark(session, events)
