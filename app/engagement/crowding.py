"""More visits through one link than its person makes: the link has leaked, or somebody forges.

Whoever holds a link can make its page tell of visits. They are kept and shown, but from so many in
an hour on none counts: neither score nor Salesforce is filled by them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.db import TenantSession
from app.engagement.confidence import Judgement, Reason
from app.engagement.models import Confidence, Visit

#: Visits of known people that one link is believed within ``WITHIN``.
MOST_VISITS = 30
WITHIN = timedelta(hours=1)

CROWD = Judgement(Confidence.LIKELY_SCANNER, Reason.CROWD)


def is_crowded(
    session: TenantSession, *, link_id: UUID, destination_id: UUID, now: datetime
) -> bool:
    """Whether known people were told of as often as is believed; one statement."""
    recent = (
        select(Visit.id)
        .where(
            Visit.destination_id == destination_id,
            Visit.link_id == link_id,
            Visit.started_at > now - WITHIN,
            Visit.person_id.is_not(None),
        )
        .limit(MOST_VISITS)
    )
    return len(session.scalars(recent).all()) >= MOST_VISITS
