"""Verbs of the mirror: who somebody is, which record they are, who plays a role in what."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.crm.models import Person, RecordLink
from app.crm.people import link_row, people_for
from app.crm.roles import remember_opportunities, remember_people, remember_roles
from app.crm.schemas import person_key
from app.crm.values import record_id
from app.db import TenantSession

__all__ = [
    "link",
    "people_for",
    "person_for",
    "remember_opportunities",
    "remember_people",
    "remember_roles",
]


def person_for(
    session: TenantSession,
    *,
    email: str | None = None,
    salesforce_id: str | None = None,
    name: str = "",
) -> Person:
    """The person with this address or of this Contact or Lead; created when new.

    Raises:
        UnknownPersonError: What was given names nobody.
    """
    key = person_key(email=email, salesforce_id=salesforce_id, name=name)
    return session.get_one(Person, people_for(session, [key])[key])


def link(session: TenantSession, person_id: UUID, salesforce_id: str) -> UUID:
    """Tie a Contact or Lead to a person; the id of the person that it belongs to now.

    A record that already belongs to somebody stays theirs.

    Raises:
        UnknownPersonError: The id is none of a Contact or Lead.
    """
    record = record_id(salesforce_id, of_person=True)
    session.upsert_many(RecordLink, [link_row(record, person_id)], key=["org_id", "salesforce_id"])
    holder = select(RecordLink.person_id).where(RecordLink.salesforce_id == record)
    return session.scalars(holder).one() or person_id
