"""What the mirror knows of the people and visits of a batch, read in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from app.crm.models import Opportunity, OpportunityRole, RecordLink, SObject
from app.db import TenantSession
from app.destinations.models import Destination
from app.engagement.models import Visit
from app.orgs.models import OrgUser
from app.orgs.settings import DIGEST, OpportunityRule
from app.outbox.composing.targets import Deal, Who
from app.outbox.composing.words import Stay
from app.outbox.composing.zones import UTC_ZONE, zone_named
from app.outbox.digests import reading
from app.outbox.digests.reading import DayRead
from app.outbox.owners.lookup import owners_of
from app.outbox.turns.due_rows import DueRow


@dataclass(frozen=True, slots=True)
class Surroundings:
    """By person: their record and deals; by visit: what was done; by user: zone and owner.

    ``days`` are the digests of the batch, by the event that each is anchored at.
    """

    who: Mapping[UUID, Who]
    opportunities: Mapping[UUID | None, str]
    deals: Mapping[UUID, Sequence[Deal]]
    stays: Mapping[UUID, Stay]
    zones: Mapping[str, ZoneInfo]
    days: Mapping[UUID, DayRead]
    owners: Mapping[str, str]

    def contacts(self) -> dict[str, UUID]:
        """People who can have roles in opportunities, by Contact id."""
        return {
            record.salesforce_id: person
            for person, record in self.who.items()
            if record.sobject is SObject.CONTACT
        }

    def zone_of(self, user: str) -> ZoneInfo:
        """Zone of the rep who made the Destination, else the org's, else UTC."""
        return self.zones.get(user) or self.zones.get("", UTC_ZONE)

    def stay_of(self, visit: UUID | None) -> Stay | None:
        """What was done on a visit."""
        return self.stays.get(visit) if visit is not None else None

    def owner_of(self, user_key: str | None, stay: Stay | None) -> str | None:
        """Whose it is: of the user whom the event names, or who made the Destination."""
        return self.owners.get(user_key or (stay.creator if stay else ""))


def read(
    session: TenantSession, rows: Sequence[DueRow], rule: OpportunityRule, zone: str = ""
) -> Surroundings:
    """Everything that the payloads of these rows are made from; ``zone`` is the org's own."""
    people = {row.person_id for row in rows}
    further = {row.opportunity_id for row in rows if row.opportunity_id is not None}
    who, opportunities = _records(session, people, further)
    days = reading.read(
        session, {row.event_id: row.person_id for row in rows if row.kind == DIGEST}
    )
    visits = {row.visit_id for row in rows if row.visit_id is not None}
    stays = _stays(session, visits | reading.visits_of(days.values()))
    contacts = {person for person, record in who.items() if record.sobject is SObject.CONTACT}
    creators = {stay.creator for stay in stays.values() if stay.creator}
    named = {row.user_key for row in rows if row.user_key}
    named |= {day.user_key for day in days.values() if day.user_key}
    return Surroundings(
        who=who,
        opportunities=opportunities,
        deals=_deals(session, contacts) if contacts and rule is not OpportunityRule.NONE else {},
        stays=stays,
        zones=zones_of(session, creators, zone) if rows else {},
        days=days,
        owners=owners_of(session, creators | named),
    )


def _records(
    session: TenantSession, people: set[UUID], opportunities: set[UUID]
) -> tuple[dict[UUID, Who], dict[UUID | None, str]]:
    """A Contact goes before a Lead: the Lead may have been converted into it."""
    if not people:
        return {}, {}
    statement = (
        select(
            RecordLink.sobject,
            RecordLink.salesforce_id,
            RecordLink.person_id,
            RecordLink.opportunity_id,
        )
        .where(
            or_(
                RecordLink.person_id.in_(people),
                *([RecordLink.opportunity_id.in_(opportunities)] if opportunities else []),
            )
        )
        .order_by(RecordLink.created_at.desc(), RecordLink.salesforce_id.desc())
    )
    found = session.execute(statement).all()
    deals: dict[UUID | None, str] = {deal: r for _, r, _, deal in found if deal is not None}
    who: dict[UUID, Who] = {}
    for wanted in (SObject.LEAD, SObject.CONTACT):
        who |= {p: Who(o, record) for o, record, p, _ in found if p is not None and o is wanted}
    return who, deals


def _deals(session: TenantSession, people: set[UUID]) -> Mapping[UUID, Sequence[Deal]]:
    rows = session.execute(
        select(
            OpportunityRole.person_id,
            OpportunityRole.is_primary,
            Opportunity.id,
            Opportunity.opened_at,
            Opportunity.is_closed,
            RecordLink.salesforce_id,
        )
        .join(Opportunity, Opportunity.id == OpportunityRole.opportunity_id)
        .join(RecordLink, RecordLink.opportunity_id == Opportunity.id)
        .where(OpportunityRole.person_id.in_(people))
    )
    found: dict[UUID, list[Deal]] = defaultdict(list)
    for person, is_primary, opportunity, opened_at, is_closed, record in rows:
        found[person].append(Deal(opportunity, record, opened_at, is_closed, is_primary))
    return found


def _stays(session: TenantSession, visits: set[UUID]) -> dict[UUID, Stay]:
    if not visits:
        return {}
    rows = session.execute(
        select(Visit, Destination.sobject, Destination.record_id, Destination.created_by)
        .outerjoin(Destination, Destination.id == Visit.destination_id)
        .where(Visit.id.in_(visits))
    )
    return {
        visit.id: Stay(
            title=visit.title,
            seconds=visit.seconds,
            blocks=_names(visit.blocks),
            clicks=_names(visit.clicks),
            documents=_names(visit.documents),
            form_sent=visit.form_sent,
            form=visit.form,
            opportunity=record if sobject is SObject.OPPORTUNITY else None,
            creator=creator or "",
        )
        for visit, sobject, record, creator in rows
    }


def _names(values: Iterable[Any]) -> list[str]:
    """Blocks, links and documents as the visitor saw them: {"target": …, "label": …}."""
    return [
        str(value.get("label") or value.get("target") or "")
        if isinstance(value, dict)
        else str(value)
        for value in values
    ]


def zones_of(
    session: TenantSession, users: set[str] | None = None, zone: str = ""
) -> dict[str, ZoneInfo]:
    """Zones of these users (of all without them).

    Under "" is the org's own ``zone``, or that of the user seen last where it is not known.
    """
    rows = session.execute(
        select(OrgUser.salesforce_id, OrgUser.time_zone).order_by(OrgUser.last_seen_at.desc())
    )
    zones = {"": zone_named(zone)} if zone else {}
    for user, name in rows:
        zones.setdefault("", zone_named(name))
        if users is None or user in users:
            zones[user] = zone_named(name)
    return zones
