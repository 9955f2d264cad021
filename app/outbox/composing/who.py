"""The one record that stands for a person: a Contact before a Lead, the first linked first."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from app.crm.models import SObject
from app.crm.queries import records_of_people
from app.db import TenantSession
from app.outbox.composing.targets import Who


def who_of(session: TenantSession, people: Collection[UUID]) -> dict[UUID, Who]:
    """Records of these people as activities choose them; people without one are left out."""
    if not people:
        return {}
    found: dict[UUID, Who] = {}
    for person, records in records_of_people(session, people).items():
        of_people = [r for r in records if r.sobject in (SObject.CONTACT, SObject.LEAD)]
        of_people.sort(key=lambda record: record.sobject is not SObject.CONTACT)
        if of_people:
            found[person] = Who(of_people[0].sobject, of_people[0].salesforce_id)
    return found
