"""Rules that were met and are not decided yet, with all that a decision takes from our side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, select, update

from app.clock import utcnow
from app.crm.models import Person, SObject
from app.db import SystemSession, TenantSession
from app.destinations.models import Destination
from app.engagement.models import Event, Visit
from app.orgs.catalogue import Feature, switches_that_stop
from app.orgs.kill_switches import pulled
from app.orgs.models import SERVED, Org
from app.outbox.composing import surroundings
from app.outbox.composing.targets import Who
from app.outbox.composing.who import who_of
from app.outbox.follow_ups.asking import Question
from app.outbox.follow_ups.models import FollowUp, FollowUpRule, FollowUpState

#: Decided with one call; a query's text and its first page of answers hold that many with ease.
MOST_CASES = 100
#: What a worker that died held is decided after so long.
_CLAIM = timedelta(minutes=5)


class Case(NamedTuple):
    """One rule that one person met. ``record`` is the record whose Destination was visited."""

    rule: FollowUpRule
    person_id: UUID
    event_id: UUID
    times: int
    met_at: datetime
    attempts: int
    person: str
    occurred_at: datetime
    page_title: str
    page: str
    sobject: SObject | None
    record: str | None
    creator: str | None

    @property
    def deal(self) -> str | None:
        """The opportunity whose Destination was visited."""
        return self.record if self.sobject is SObject.OPPORTUNITY else None


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases that are due in an org, with the records of their people and users' time zones."""

    due: Sequence[Case]
    who: Mapping[UUID, Who]
    zones: Mapping[str, ZoneInfo]

    def question(self) -> Question:
        """What the org has to be asked; empty when nobody has a record."""
        asked = Question()
        for case in self.due:
            record = self.who.get(case.person_id)
            if record is not None:
                ids = asked.contacts if record.sobject is SObject.CONTACT else asked.leads
                ids.add(record.salesforce_id)
                asked.users |= {case.rule.owner_id} - {None}  # type: ignore[arg-type]
        return asked

    def zone_of(self, *users: str | None) -> ZoneInfo:
        """Zone of the first of these users whom we know, else of the org's rep seen last."""
        known = (self.zones[user] for user in users if user and user in self.zones)
        return next(known, None) or self.zones.get("", ZoneInfo("UTC"))


def orgs_with_cases(session: SystemSession) -> list[UUID]:
    """Orgs in which a decision is due: one statement over the open cases alone."""
    return list(
        session.scalars(
            select(FollowUp.org_id)
            .join(Org, (Org.id == FollowUp.org_id) & Org.state.in_(SERVED))
            .where(is_open(), FollowUp.not_before <= utcnow())
            .where(~pulled(*switches_that_stop(Feature.FOLLOW_UPS)))
            .distinct()
        )
    )


def claim(session: TenantSession, taken: Cases) -> None:
    """Nobody else takes these for a while, so that an org that hangs holds one thread alone."""
    session.execute(
        update(FollowUp)
        .where(
            is_open(),
            FollowUp.rule_id.in_({case.rule.id for case in taken.due}),
            FollowUp.person_id.in_({case.person_id for case in taken.due}),
        )
        .values(not_before=utcnow() + _CLAIM)
        .execution_options(synchronize_session=False)
    )


def read(session: TenantSession) -> Cases:
    """The org's due cases, those waiting longest first: four statements."""
    rows = session.execute(
        select(
            FollowUpRule, FollowUp.person_id, FollowUp.event_id, FollowUp.times, FollowUp.met_at,
            FollowUp.attempts, Person.name, Event.occurred_at, Event.subject, Event.url,
            Destination.sobject, Destination.record_id, Destination.created_by,
        )
        .join(FollowUpRule, FollowUpRule.id == FollowUp.rule_id)
        .join(Person, Person.id == FollowUp.person_id)
        .join(Event, Event.id == FollowUp.event_id)
        .outerjoin(Visit, Visit.id == Event.visit_id)
        .outerjoin(Destination, Destination.id == Visit.destination_id)
        .where(is_open(), FollowUp.not_before <= utcnow())
        .order_by(FollowUp.not_before, FollowUp.rule_id, FollowUp.person_id)
        .limit(MOST_CASES)
    ).all()  # fmt: skip
    due = [Case._make(row) for row in rows]
    zones = surroundings.zones_of(session) if due else {}
    return Cases(due, who_of(session, {case.person_id for case in due}), zones)


def is_open() -> ColumnElement[bool]:
    """``state = 'open'`` in the SQL text: SQLite proves partial indexes only so."""
    state = FollowUp.state
    value = bindparam(None, FollowUpState.OPEN, type_=state.type, literal_execute=True)
    return state == value
