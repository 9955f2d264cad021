"""The one cheap question of an open frame: has anything changed? One statement."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select

from app.crm.models import RecordLink
from app.db import TenantSession
from app.destinations.models import Destination
from app.engagement.models import EngagementState
from app.orgs.models import Org, OrgState
from app.salesforce.models import Connection
from canvas.session import FrameClaims


@dataclass(frozen=True, slots=True)
class Version:
    """State of the org, and a tag that differs whenever the card would."""

    state: OrgState | None
    tag: str


def version(session: TenantSession, claims: FrameClaims) -> Version:
    """What the frame's card rests on, in numbers: nobody is named, nobody hidden is counted."""
    people = (
        select(RecordLink.person_id)
        .where(RecordLink.salesforce_id.in_(claims.people), RecordLink.person_id.is_not(None))
        .scalar_subquery()
    )
    state = (
        select(func.count(), func.coalesce(func.sum(EngagementState.version), 0))
        .where(EngagementState.person_id.in_(people))
        .subquery()
    )
    destination = (
        select(Destination.version)
        .where(Destination.record_id == claims.record_id)
        .scalar_subquery()
    )
    connection = select(func.max(Connection.state)).scalar_subquery()
    row = session.execute(select(Org.state, Org.version, *state.c, destination, connection)).one()
    digest = hashlib.sha256(repr(tuple(map(str, row))).encode()).hexdigest()
    return Version(row[0], digest[:20])
