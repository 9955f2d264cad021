"""What Salesforce told of people, opportunities and contact roles, kept in the mirror."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select

from app.clock import utcnow
from app.crm.errors import UnknownPersonError
from app.crm.models import Opportunity, OpportunityRole, RecordLink, SObject
from app.crm.people import people_for, rename
from app.crm.schemas import ContactFacts, OpportunityFacts, PersonKey, RoleFacts, person_key
from app.db import TenantSession
from app.ids import new_id

#: What a further answer changes; a query that left out name or date takes nothing away.
_KEEP_UNLESS_TOLD: dict[str, Any] = {
    "name": lambda told: func.coalesce(func.nullif(told.name, ""), Opportunity.name),
    "opened_at": lambda told: func.coalesce(told.opened_at, Opportunity.opened_at),
    "is_closed": lambda told: told.is_closed,
    "read_at": lambda told: told.read_at,
}


def remember_roles(
    session: TenantSession,
    roles: Sequence[RoleFacts],
    *,
    complete_for: Collection[str] = (),
) -> None:
    """Keep contact roles with the people and opportunities that they tie together.

    Args:
        session: Of the org.
        roles: What a query answered.
        complete_for: Record ids (18) of the opportunities or contacts whose roles these are *all*:
            others of theirs are forgotten. Leave it empty for what a user's own token was shown.
    """
    people = remember_people(session, [role.contact for role in roles])
    opportunities = remember_opportunities(session, [role.opportunity for role in roles])
    now = utcnow()
    rows = {
        (opportunities[role.opportunity.salesforce_id], people[role.contact.salesforce_id]): role
        for role in roles
    }
    if rows:
        session.upsert_many(
            OpportunityRole,
            [_role_row(*pair, rows[pair], now) for pair in sorted(rows)],
            key=["org_id", "opportunity_id", "person_id"],
            set_=["role", "is_primary", "read_at"],
        )
    if complete_for:
        _forget_older(session, complete_for, now)


def remember_opportunities(
    session: TenantSession, facts: Sequence[OpportunityFacts]
) -> dict[str, UUID]:
    """Opportunities as Salesforce told of them; their ids by record id (18)."""
    told = {fact.salesforce_id: fact for fact in facts}
    if not told:
        return {}
    known = _opportunities_of(session, told)
    fresh = {record: new_id() for record in sorted(told.keys() - known.keys())}
    now = utcnow()
    session.upsert_many(
        Opportunity,
        [_opportunity_row((known | fresh)[record], told[record], now) for record in sorted(told)],
        key=["id"],
        set_=_KEEP_UNLESS_TOLD,
    )
    return known | _link_opportunities(session, fresh)


def remember_people(session: TenantSession, contacts: Sequence[ContactFacts]) -> dict[str, UUID]:
    """People as Salesforce told of them, their names brought up to date; by record id (18)."""
    keys = {contact.salesforce_id: _key_of(contact) for contact in contacts}
    people = people_for(session, list(dict.fromkeys(keys.values())))
    rename(session, {people[keys[c.salesforce_id]]: c.name for c in contacts})
    return {record: people[key] for record, key in keys.items()}


def _key_of(contact: ContactFacts) -> PersonKey:
    record, name = contact.salesforce_id, contact.name
    try:
        return person_key(email=contact.email, salesforce_id=record, name=name)
    except UnknownPersonError:  # a customer's org may hold an address that we would not take
        return person_key(salesforce_id=record, name=name)


def _opportunities_of(session: TenantSession, records: Collection[str]) -> dict[str, UUID]:
    rows = session.execute(
        select(RecordLink.salesforce_id, RecordLink.opportunity_id).where(
            RecordLink.salesforce_id.in_(records), RecordLink.opportunity_id.is_not(None)
        )
    )
    return {record: opportunity for record, opportunity in rows if opportunity is not None}


def _link_opportunities(session: TenantSession, fresh: dict[str, UUID]) -> dict[str, UUID]:
    """Tie new opportunities to their records; another's tie made meanwhile holds."""
    if not fresh:
        return {}
    now = utcnow()
    rows = [_link_row(record, opportunity, now) for record, opportunity in fresh.items()]
    session.upsert_many(RecordLink, rows, key=["org_id", "salesforce_id"])
    stored = _opportunities_of(session, fresh)
    orphans = set(fresh.values()) - set(stored.values())
    if orphans:
        session.execute(
            delete(Opportunity)
            .where(Opportunity.id.in_(orphans))
            .execution_options(synchronize_session=False)
        )
    return stored


def _forget_older(session: TenantSession, records: Collection[str], now: datetime) -> None:
    """Remove roles of these records that the present answer did not name."""
    linked = select(RecordLink.opportunity_id).where(
        RecordLink.salesforce_id.in_(records), RecordLink.opportunity_id.is_not(None)
    )
    people = select(RecordLink.person_id).where(
        RecordLink.salesforce_id.in_(records), RecordLink.person_id.is_not(None)
    )
    session.execute(
        delete(OpportunityRole)
        .where(
            or_(
                OpportunityRole.opportunity_id.in_(linked),
                OpportunityRole.person_id.in_(people),
            ),
            OpportunityRole.read_at < now,
        )
        .execution_options(synchronize_session=False)
    )


def _role_row(opportunity: UUID, person: UUID, role: RoleFacts, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "opportunity_id": opportunity,
        "person_id": person,
        "role": (role.role or "")[:80],
        "is_primary": role.is_primary,
        "read_at": now,
    }


def _opportunity_row(id_: UUID, fact: OpportunityFacts, now: datetime) -> dict[str, Any]:
    return {
        "id": id_,
        "name": fact.name[:255],
        "is_closed": fact.is_closed,
        "opened_at": fact.opened_at,
        "read_at": now,
    }


def _link_row(record: str, opportunity: UUID, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "sobject": SObject.OPPORTUNITY,
        "salesforce_id": record,
        "person_id": None,
        "company_id": None,
        "opportunity_id": opportunity,
        "created_at": now,
    }
