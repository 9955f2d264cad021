"""All objects of the org. A new object is a new constant here; the store follows."""

from __future__ import annotations

from devorg.schema.activities import EVENT, TASK, TASK_STATUS
from devorg.schema.administration import ORGANIZATION, USER
from devorg.schema.fields import Field, SObject
from devorg.schema.people import ACCOUNT, CONTACT, LEAD
from devorg.schema.sales import OPPORTUNITY, OPPORTUNITY_CONTACT_ROLE

OBJECTS: dict[str, SObject] = {
    each.name: each
    for each in (
        ACCOUNT, CONTACT, LEAD, OPPORTUNITY, OPPORTUNITY_CONTACT_ROLE, TASK, EVENT, USER,
        ORGANIZATION, TASK_STATUS,
    )
}  # fmt: skip
BY_PREFIX: dict[str, SObject] = {each.prefix: each for each in OBJECTS.values()}


def object_of(record_id: str) -> SObject | None:
    """The object that a record id belongs to, by its key prefix."""
    return BY_PREFIX.get(record_id[:3])


__all__ = ["BY_PREFIX", "OBJECTS", "Field", "SObject", "object_of"]
