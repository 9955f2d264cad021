"""People whose band may have changed: marked by events and by the calendar, never searched for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, select, update

from app.clock import utcnow
from app.db import TenantSession
from app.engagement.kinds import Kind
from app.engagement.models import EngagementState
from app.engagement.ports import RecordedEvent
from app.engagement.score import WINDOW_DAYS
from app.engagement.standings import Standing, standings
from app.outbox.composing.targets import Who
from app.outbox.composing.who import who_of
from app.outbox.records import rests
from app.outbox.records.models import PersonScore, Traffic

#: One counted call writes so many.
MOST = 1000
#: What a worker that died held is looked at again after so long.
CLAIM = timedelta(minutes=30)
#: People of one step when an org's people are looked at for the first time.
_SEED = 2000
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """A person to look at: where they stand, where they stood when it was written, their record."""

    kept: PersonScore
    now: Standing
    who: Who | None

    @property
    def is_to_write(self) -> bool:
        """The band is another than the one written, or stands on another record."""
        if self.who is None:
            return False
        moved = self.now.band > 0 and self.kept.salesforce_id != self.who.salesforce_id
        return self.now.band != self.kept.band or moved

    def due_after(self, earliest: datetime) -> datetime | None:
        """When to look again: on the day on which the band falls; None while it cannot."""
        if self.now.falls_on is None:
            return None
        return max(datetime.combine(self.now.falls_on, time.min, UTC), earliest)


def mark(session: TenantSession, events: Sequence[RecordedEvent]) -> None:
    """These people did something that moves their score: look at them soon. One statement.

    Call it for orgs with the feature, in the transaction of the events.
    """
    moved = {e.person_id for e in events if e.points or e.kind == Kind.DESTINATION_VISIT}
    _mark(session, sorted(person for person in moved if person is not None))


def seed(session: TenantSession) -> bool:
    """Mark people who engaged before the switch was turned, some at a time; whether all are."""
    run = rests.seeded(session, Traffic.SCORES)
    if run.seeded_at is not None:
        return True
    statement = select(EngagementState.person_id, EngagementState.last_engaged_at)
    if run.seeded_to is not None:
        statement = statement.where(EngagementState.person_id > run.seeded_to)
    found = session.execute(statement.order_by(EngagementState.person_id).limit(_SEED)).all()
    since = utcnow() - timedelta(days=WINDOW_DAYS)
    _mark(session, [person for person, at in found if at is not None and at > since])
    if len(found) < _SEED:
        run.seeded_at, run.seeded_to = utcnow(), None
    else:
        run.seeded_to = found[-1][0]
    return len(found) < _SEED


def is_any_due(session: TenantSession) -> bool:
    """Whether somebody is to be looked at, or has not been yet: two statements."""
    run = rests.of(session, Traffic.SCORES)
    if run is None or run.seeded_at is None:
        return True
    due = select(PersonScore.person_id).where(PersonScore.due_at <= utcnow()).limit(1)
    return session.scalar(due) is not None


def claim(session: TenantSession) -> tuple[list[Case], datetime]:
    """Take the next people, and until when they are taken. Six statements."""
    until = utcnow() + CLAIM
    kept = session.scalars(
        select(PersonScore)
        .where(PersonScore.due_at <= utcnow())
        .order_by(PersonScore.due_at, PersonScore.person_id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    ).all()
    people = [row.person_id for row in kept]
    if not people:
        return [], until
    session.execute(
        update(PersonScore)
        .where(PersonScore.person_id.in_(people))
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )
    stand = standings(session, people, utcnow().date())
    who = who_of(session, people)
    return [Case(row, stand[row.person_id], who.get(row.person_id)) for row in kept], until


def _mark(session: TenantSession, people: Collection[UUID]) -> None:
    if not people:
        return
    now = utcnow()
    rows = [_row(person, now) for person in people]
    session.upsert_many(PersonScore, rows, key=["org_id", "person_id"], set_={"due_at": _sooner})


def _sooner(told: Any) -> Any:
    """What is due stays so; else it is now, or as early as may be."""
    now = told.due_at
    is_due = and_(PersonScore.due_at.is_not(None), PersonScore.due_at <= now)
    at_once = case((PersonScore.earliest_at > now, PersonScore.earliest_at), else_=now)
    return case((is_due, PersonScore.due_at), else_=at_once)


def _row(person: UUID, due_at: datetime) -> Mapping[str, object]:
    return {
        "person_id": person,
        "due_at": due_at,
        "earliest_at": _LONG_AGO,
        "band": 0,
        "attempts": 0,
        "error_reason": "",
        "error_code": "",
        "error_message": "",
    }
