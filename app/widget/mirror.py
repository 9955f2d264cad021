"""What the mirror knows around a record (ids only), and what it learns from a visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.clock import utcnow
from app.crm import service as crm
from app.crm.models import OpportunityRole, RecordLink, SObject
from app.crm.schemas import ContactFacts, OpportunityFacts, RoleFacts
from app.db import Database, Prepared, TenantSession
from app.salesforce.ui_records import UiRecord
from app.widget.rights import Rights, Role
from canvas.envelope import RecordReference


@dataclass(frozen=True, slots=True)
class Surroundings:
    """People and opportunities related to a record.

    ``people``: ids of ours by Contact or Lead id (18); ``opportunities``: record ids (18).
    """

    people: Mapping[str, UUID] = field(default_factory=dict)
    opportunities: frozenset[str] = frozenset()

    def related_to(self, record_id: str) -> frozenset[str]:
        """Record ids other than the record itself."""
        return (frozenset(self.people) | self.opportunities) - {record_id}


def surroundings(session: TenantSession, reference: RecordReference) -> Surroundings:
    """What the mirror relates to a record: one statement, none for an Account."""
    match SObject(reference.sobject):
        case SObject.OPPORTUNITY:
            return _around_opportunity(session, reference.id18)
        case SObject.CONTACT | SObject.LEAD:
            return _around_person(session, reference.id18)
        case SObject.ACCOUNT:
            return Surroundings()


# Built once: putting such a statement together costs more than its answer.
_own, _other = aliased(RecordLink), aliased(RecordLink)
_ROLES_OF_DEAL = Prepared(
    select(_other.salesforce_id, _other.person_id)
    .select_from(_own)
    .outerjoin(OpportunityRole, OpportunityRole.opportunity_id == _own.opportunity_id)
    .outerjoin(
        _other,
        (_other.person_id == OpportunityRole.person_id) & (_other.sobject == SObject.CONTACT),
    )
    .where(_own.salesforce_id == bindparam("record_id"))
)
_DEALS_OF_PERSON = Prepared(
    select(_own.person_id, _other.salesforce_id)
    .select_from(_own)
    .outerjoin(OpportunityRole, OpportunityRole.person_id == _own.person_id)
    .outerjoin(_other, _other.opportunity_id == OpportunityRole.opportunity_id)
    .where(_own.salesforce_id == bindparam("record_id"))
)


def _around_opportunity(session: TenantSession, record_id: str) -> Surroundings:
    rows = session.read(_ROLES_OF_DEAL, record_id=record_id)
    people = {contact_id: person for contact_id, person in rows if contact_id and person}
    return Surroundings(people, frozenset([record_id] if rows else []))


def _around_person(session: TenantSession, record_id: str) -> Surroundings:
    rows = session.read(_DEALS_OF_PERSON, record_id=record_id)
    person = rows[0][0] if rows else None
    return Surroundings(
        {record_id: person} if person else {},
        frozenset(deal_id for _, deal_id in rows if deal_id),
    )


def learn(database: Database, org_id: UUID, rights: Rights, known: Surroundings) -> dict[str, UUID]:
    """Ids of the people that the user may see; the mirror is told of what it does not know yet."""
    new_people = rights.people.keys() - known.people.keys()
    new_roles = [_facts(role, rights) for role in _roles(rights) if not _is_known(role, known)]
    lone_deal = rights.record.sobject == SObject.OPPORTUNITY and not known.opportunities
    if not (new_people or new_roles or lone_deal):
        return {each: known.people[each] for each in rights.people}
    contacts = [_contact(record) for record in rights.people.values()]
    with database.writing(org_id) as session:
        people = crm.remember_people(session, contacts)
        if lone_deal:
            crm.remember_opportunities(session, [_opportunity(rights.record)])
        if new_roles:
            crm.remember_roles(session, new_roles)
    return people


def _is_known(role: Role, known: Surroundings) -> bool:
    return role.opportunity_id in known.opportunities and role.contact_id in known.people


def _roles(rights: Rights) -> list[Role]:
    """Roles of which both sides are visible."""
    return [
        role
        for role in rights.roles
        if role.opportunity_id in rights.opportunities and role.contact_id in rights.people
    ]


def _facts(role: Role, rights: Rights) -> RoleFacts:
    return RoleFacts(
        _opportunity(rights.opportunities[role.opportunity_id]),
        _contact(rights.people[role.contact_id]),
        role.role,
        role.is_primary,
    )


def _contact(record: UiRecord) -> ContactFacts:
    return ContactFacts(record.id, record.text("Name"), record.text("Email") or None)


def _opportunity(record: UiRecord) -> OpportunityFacts:
    return OpportunityFacts(
        record.id,
        record.text("Name"),
        created_at(record),
        is_closed=record.fields.get("IsClosed") is True,
    )


def created_at(record: UiRecord) -> datetime:
    """CreatedDate of a record; now, so that nothing counts, when Salesforce did not tell it."""
    try:
        return datetime.fromisoformat(record.text("CreatedDate")).astimezone(UTC)
    except ValueError:
        return utcnow()
