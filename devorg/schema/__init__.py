"""The objects of an org. Every org starts with `STANDARD`, and has a schema of its own."""

from __future__ import annotations

from devorg.schema.activities import EVENT, TASK, TASK_STATUS
from devorg.schema.administration import ORGANIZATION, USER
from devorg.schema.campaigns import CAMPAIGN, CAMPAIGN_MEMBER
from devorg.schema.fields import Field, SObject
from devorg.schema.people import ACCOUNT, CONTACT, LEAD
from devorg.schema.sales import OPPORTUNITY, OPPORTUNITY_CONTACT_ROLE
from devorg.schema.schema import Schema
from devorg.schema.setup import SETUP

STANDARD = Schema(
    (
        ACCOUNT, CONTACT, LEAD, OPPORTUNITY, OPPORTUNITY_CONTACT_ROLE, TASK, EVENT, USER,
        ORGANIZATION, TASK_STATUS, CAMPAIGN, CAMPAIGN_MEMBER, *SETUP,
    )
)  # fmt: skip

__all__ = ["STANDARD", "Field", "SObject", "Schema"]
