"""What a rule would have made of the days behind us: for whoever thinks about switching it on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.clock import utcnow
from app.crm.models import SObject
from app.crm.queries import opportunities_of_people
from app.db import TenantSession
from app.engagement.models import EngagementState
from app.outbox.composing.who import who_of
from app.outbox.follow_ups.matching import Deed, counts, deeds_of
from app.outbox.follow_ups.rules import Rule

#: People of one look: their events and records are read together.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """How many tasks, for how many people. ``without`` were met by people for whom there is none:
    no record in Salesforce, or no open opportunity, as far as Inlay knows today.
    """

    days: int
    tasks: int
    people: int
    without: int


def preview(session: TenantSession, rule: Rule, days: int = 30) -> Preview:
    """Go over the last days; a few statements for every 500 people who did something in them."""
    now = utcnow()
    since = now - timedelta(days=days)
    met: dict[UUID, int] = {}
    without = 0
    for people in _chunks(_people(session, since)):
        deeds = deeds_of(session, people, [rule], since - timedelta(days=rule.within_days))
        times = {person: _times(rule, own, since) for person, own in deeds.items()}
        found = {person: count for person, count in times.items() if count}
        eligible = _eligible(session, rule, set(found))
        met |= {person: count for person, count in found.items() if person in eligible}
        without += sum(count for person, count in found.items() if person not in eligible)
    return Preview(days, sum(met.values()), len(met), without)


def _people(session: TenantSession, since: datetime) -> Sequence[UUID]:
    statement = select(EngagementState.person_id).where(EngagementState.last_engaged_at >= since)
    return session.scalars(statement.order_by(EngagementState.person_id)).all()


def _chunks(people: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (people[start : start + _CHUNK] for start in range(0, len(people), _CHUNK))


def _times(rule: Rule, deeds: Sequence[Deed], since: datetime) -> int:
    """How often the rule would have been met after ``since``, resting after each time."""
    window = timedelta(days=rule.within_days)
    counted = [deed.occurred_at for deed in deeds if counts(rule, deed)]
    tasks, quiet_until = 0, since
    for place, moment in enumerate(counted):
        recent = [each for each in counted[: place + 1] if each > moment - window]
        if moment > quiet_until and len(recent) >= rule.times:
            tasks, quiet_until = tasks + 1, moment + window
    return tasks


def _eligible(session: TenantSession, rule: Rule, people: set[UUID]) -> set[UUID]:
    who = who_of(session, people)
    if not rule.needs_opportunity:
        return set(who)
    contacts = {person for person, record in who.items() if record.sobject is SObject.CONTACT}
    deals = opportunities_of_people(session, contacts) if contacts else {}
    return {
        person for person in contacts if any(not deal.is_closed for deal in deals.get(person, ()))
    }
