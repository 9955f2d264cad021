"""The one cheap question of an open frame: has anything changed? One statement."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, true

from app.crm.models import RecordLink
from app.db import Prepared, TenantReads
from app.destinations.models import Destination
from app.engagement.models import EngagementState
from app.orgs import features
from app.orgs.models import Org, OrgState
from app.salesforce.models import Connection, ConnectionState
from canvas.session import FrameClaims


@dataclass(frozen=True, slots=True)
class Version:
    """States of the org and of its connection, and a tag that differs whenever the card would.

    ``told`` is what staff wrote for the org's people.
    """

    state: OrgState | None
    connection: ConnectionState | None
    tag: str
    told: str = ""


# Built once: putting it together costs more than its answer.
_people = select(RecordLink.person_id).where(
    RecordLink.salesforce_id.in_(bindparam("people", expanding=True)),
    RecordLink.person_id.is_not(None),
)
_states = (
    select(func.count().label("people"), func.sum(EngagementState.version).label("versions"))
    .where(EngagementState.person_id.in_(_people))
    .subquery()
)
_VERSION = Prepared(
    select(
        Org.state,
        Org.version,
        _states.c.people,
        _states.c.versions,
        select(Destination.version)
        .where(Destination.record_id == bindparam("record_id"))
        .scalar_subquery(),
        *(each.scalar_subquery() for each in features.generation()),
        Org.state_message,
        select(Connection.state).limit(1).scalar_subquery(),
    )
    .select_from(Org)
    .join(_states, true())
)


def version(session: TenantReads, claims: FrameClaims) -> Version:
    """What the frame's card rests on, in numbers: nobody is named, nobody hidden is counted."""
    people = list(claims.people)
    rows = session.read(_VERSION, people=people, record_id=claims.record_id)
    if not rows:  # the org was removed
        return Version(None, None, "")
    row = rows[0]
    digest = hashlib.sha256(repr(tuple(map(str, row))).encode()).hexdigest()
    return Version(row[0], row[-1], digest[:20], row[-2])
