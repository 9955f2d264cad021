"""The end of trials: orgs whose time is over are suspended; what waits is kept."""

from __future__ import annotations

from sqlalchemy import select

from app.clock import utcnow
from app.db import Database
from app.orgs import service
from app.orgs.models import Org, OrgState

ACTOR = "system"
_AT_ONCE = 200


def end_those_over(database: Database) -> int:
    """Suspend every org whose trial is over; how many. Running it again changes nothing."""
    ended = 0
    while found := _end_some(database):
        ended += found
    return ended


def _end_some(database: Database) -> int:
    with database.system_writing() as session:
        over = session.scalars(
            select(Org)
            .where(Org.state == OrgState.TRIAL, Org.state_until <= utcnow())
            .order_by(Org.state_until)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for org in over:
            service.set_state(session, org, OrgState.SUSPENDED, ACTOR, why="the trial is over")
        return len(over)
