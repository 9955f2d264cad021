"""What pulling a kill switch would touch at this moment, in numbers over all orgs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import SystemSession
from app.destinations.models import Destination
from app.orgs.catalogue import KillSwitch
from app.orgs.models import SERVED, Org, OrgUser
from app.outbox.backfill.models import Backfill
from app.outbox.backfill.turns import OPEN
from app.outbox.follow_ups.models import FollowUp, FollowUpState
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.turns.lease import in_states, undelivered
from app.web.i18n import _

_ON_ITS_WAY = (DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.LEASED)
_LATELY = timedelta(hours=24)


class Concerned(NamedTuple):
    """So many of something."""

    label: str
    number: int


def concerned(session: SystemSession, switch: KillSwitch) -> list[Concerned]:
    """Orgs that are served, then what the switch stops: a few statements, over all orgs."""
    served = session.scalar(select(func.count(Org.id)).where(Org.state.in_(SERVED))) or 0
    touched = [found for count in _COUNTS[switch] for found in count(session)]
    return [Concerned(_("Orgs that are served"), served), *touched]


def _activities(session: SystemSession) -> Sequence[Concerned]:
    rows = session.execute(
        select(func.count(), func.count(OutboxRow.org_id.distinct())).where(
            undelivered(OutboxRow.state), in_states(OutboxRow.state, *_ON_ITS_WAY)
        )
    ).one()
    return [
        Concerned(_("Activities on their way now"), rows[0]),
        Concerned(_("Orgs that these are of"), rows[1]),
    ]


def _history(session: SystemSession) -> Sequence[Concerned]:
    found = session.scalar(select(func.count(Backfill.id)).where(Backfill.state.in_(OPEN)))
    return [Concerned(_("Histories that are being filled in"), found or 0)]


def _follow_ups(session: SystemSession) -> Sequence[Concerned]:
    is_open = in_states(FollowUp.state, FollowUpState.OPEN)
    found = session.scalar(select(func.count()).select_from(FollowUp).where(is_open))
    return [Concerned(_("Follow-up tasks that wait"), found or 0)]


def _destinations(session: SystemSession) -> Sequence[Concerned]:
    lately = Destination.created_at >= utcnow() - _LATELY
    found = session.scalar(select(func.count()).select_from(Destination).where(lately))
    return [Concerned(_("Destinations made in the last 24 hours"), found or 0)]


def _reps(session: SystemSession) -> Sequence[Concerned]:
    lately = OrgUser.last_seen_at >= utcnow() - _LATELY
    found = session.scalar(select(func.count()).select_from(OrgUser).where(lately))
    return [Concerned(_("People who opened the widget in the last 24 hours"), found or 0)]


_COUNTS: Mapping[KillSwitch, Sequence[Callable[[SystemSession], Sequence[Concerned]]]] = {
    KillSwitch.SALESFORCE_WRITES: (_activities, _history, _follow_ups),
    KillSwitch.OPTIONAL_WRITES: (_history, _follow_ups),
    KillSwitch.HISTORY: (_history,),
    KillSwitch.NEW_DESTINATIONS: (_destinations,),
    KillSwitch.WIDGET: (_reps,),
}
