"""Visitors who do not want to be known: their visit stays, without them (X13)."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from app.db import TenantSession
from app.engagement import rollups
from app.engagement.models import Event, Visit


class Refusal(NamedTuple):
    """The visit that was made anonymous, and who it was of before."""

    visit: Visit
    person_id: UUID | None


def refuse(session: TenantSession, *, link_id: UUID, visitor: str) -> Refusal | None:
    """Take the person from the open visit of a page load, for good; None if there is none.

    What was counted for the person is taken back. A visit that has ended was handed on: it stays.
    """
    found = session.execute(
        select(Visit, Event)
        .join(Event, (Event.visit_id == Visit.id) & Event.folded.is_(False))
        .where(Visit.link_id == link_id, Visit.visitor == visitor, Visit.ended_at.is_(None))
        .with_for_update(of=Visit)
    ).one_or_none()
    if found is None:
        return None
    visit, head = found
    person_id = visit.person_id
    rollups.add(session, [rollups.change_of(head, events=-1)])
    visit.refused, visit.person_id, head.person_id, visit.gate = True, None, None, {}
    visit.viewer = None
    head.properties = {name: told for name, told in head.properties.items() if name != "gate"}
    session.flush()
    session.execute(
        update(Event)
        .where(Event.visit_id == visit.id, Event.folded.is_(True))
        .values(person_id=None)
        .execution_options(synchronize_session=False)
    )
    return Refusal(visit, person_id)
