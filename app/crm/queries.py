"""Reads of the mirror: which rows stand for which records, and who plays a role in what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.crm.models import Opportunity, OpportunityRole, Person, RecordLink, SObject
from app.db import TenantSession


@dataclass(frozen=True, slots=True)
class RecordOfPerson:
    """A Contact or Lead that a person stands for."""

    person_id: UUID
    sobject: SObject
    salesforce_id: str


@dataclass(frozen=True, slots=True)
class OpportunityOfPerson:
    """An opportunity that a person plays a role in."""

    person_id: UUID
    opportunity_id: UUID
    salesforce_id: str
    name: str
    opened_at: datetime | None
    is_closed: bool
    role: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class RoleOnOpportunity:
    """A person who plays a role in an opportunity, with the Contact that the role is of."""

    person_id: UUID
    contact_id: str
    name: str
    role: str
    is_primary: bool


def people_of_records(session: TenantSession, record_ids: Collection[str]) -> dict[str, UUID]:
    """Ids of people by the ids (18) of their Contacts and Leads; unknown records are left out."""
    rows = session.execute(
        select(RecordLink.salesforce_id, RecordLink.person_id).where(
            RecordLink.salesforce_id.in_(record_ids), RecordLink.person_id.is_not(None)
        )
    )
    return {record: person for record, person in rows if person is not None}


def records_of_people(
    session: TenantSession, person_ids: Collection[UUID]
) -> dict[UUID, list[RecordOfPerson]]:
    """Contacts and Leads that people stand for, the first linked first."""
    found: dict[UUID, list[RecordOfPerson]] = defaultdict(list)
    rows = session.execute(
        select(RecordLink.person_id, RecordLink.sobject, RecordLink.salesforce_id)
        .where(RecordLink.person_id.in_(person_ids))
        .order_by(RecordLink.created_at, RecordLink.salesforce_id)
    )
    for person, sobject, record in rows:
        if person is not None:
            found[person].append(RecordOfPerson(person, sobject, record))
    return dict(found)


def opportunities_of_people(
    session: TenantSession, person_ids: Collection[UUID]
) -> dict[UUID, list[OpportunityOfPerson]]:
    """Opportunities that people play a role in, the newest first."""
    found: dict[UUID, list[OpportunityOfPerson]] = defaultdict(list)
    rows = session.execute(
        select(
            OpportunityRole.person_id,
            Opportunity.id,
            RecordLink.salesforce_id,
            Opportunity.name,
            Opportunity.opened_at,
            Opportunity.is_closed,
            OpportunityRole.role,
            OpportunityRole.is_primary,
        )
        .join(Opportunity, Opportunity.id == OpportunityRole.opportunity_id)
        .join(RecordLink, RecordLink.opportunity_id == Opportunity.id)
        .where(OpportunityRole.person_id.in_(person_ids))
        .order_by(Opportunity.opened_at.desc(), RecordLink.salesforce_id)
    )
    for row in rows:
        found[row.person_id].append(OpportunityOfPerson(*row))
    return dict(found)


def opportunity_of_record(session: TenantSession, record_id: str) -> Opportunity | None:
    """The opportunity of a record (18-character id)."""
    return session.scalar(
        select(Opportunity)
        .join(RecordLink, RecordLink.opportunity_id == Opportunity.id)
        .where(RecordLink.salesforce_id == record_id)
    )


def roles_on(session: TenantSession, record_id: str) -> Sequence[RoleOnOpportunity]:
    """Who plays a role in the opportunity of a record (18); the primary one first, then by name."""
    opportunity = select(RecordLink.opportunity_id).where(RecordLink.salesforce_id == record_id)
    rows = session.execute(
        select(
            OpportunityRole.person_id,
            RecordLink.salesforce_id,
            Person.name,
            OpportunityRole.role,
            OpportunityRole.is_primary,
        )
        .join(Person, Person.id == OpportunityRole.person_id)
        .join(RecordLink, RecordLink.person_id == Person.id)
        .where(
            OpportunityRole.opportunity_id == opportunity.scalar_subquery(),
            RecordLink.sobject == SObject.CONTACT,
        )
        .order_by(OpportunityRole.is_primary.desc(), Person.name, RecordLink.salesforce_id)
    )
    return [RoleOnOpportunity(*row) for row in rows]


def people_found(session: TenantSession, words: str, limit: int = 50) -> list[UUID]:
    """People whose name, or e-mail address, begins with these words: at most two statements.

    Along an index of names, so that an org of a million people is searched in a moment; a whole
    address needs no search at all.
    """
    typed = words.strip().lower()
    if not typed:
        return []
    if "@" in typed:
        exact = session.scalars(select(Person.id).where(Person.email == typed)).all()
        if exact:
            return list(exact)
    column = Person.email if "@" in typed else func.lower(Person.name)
    statement = select(Person.id).where(column.startswith(typed, autoescape=True))
    return list(session.scalars(statement.limit(limit)))
