"""What the rule "primary" expects in the org, worked out from its own records, not from ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.crm.models import RecordLink
from app.engagement.models import Event
from tests.outbox.world import World

#: (key, WhoId, WhatId) of one activity.
Written = tuple[str, str | None, str | None]


def written(world: World) -> list[Written]:
    """All activities of ours that the org holds, deleted ones too."""
    return sorted(
        (task["Inlay_Key__c"], task["WhoId"], task["WhatId"])
        for task in world.activities()
    )  # fmt: skip


def expected(world: World) -> list[Written]:
    """One activity for each event of a person with a record."""
    deals = _open_deals(world)
    with world.database.reading(world.org.id) as session:
        rows = session.execute(
            select(Event.id, Event.occurred_at, RecordLink.salesforce_id).join(
                RecordLink, RecordLink.person_id == Event.person_id
            )
        ).all()
    return sorted(
        (f"t:{event_id.hex}", record, _best(deals[record], occurred_at))
        for event_id, occurred_at, record in rows
    )


def _best(deals: Iterable[dict[str, Any]], occurred_at: datetime) -> str | None:
    begun = [deal for deal in deals if deal["opened"] <= occurred_at]
    begun.sort(key=lambda deal: (deal["opened"], deal["id"]), reverse=True)
    primary = [deal for deal in begun if deal["primary"]]
    return next((deal["id"] for deal in primary + begun), None)


def _open_deals(world: World) -> dict[str, list[dict[str, Any]]]:
    opportunities = {row["Id"]: row for row in world.records("Opportunity")}
    deals: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for role in world.records("OpportunityContactRole"):
        opportunity = opportunities[role["OpportunityId"]]
        if not opportunity["IsClosed"] and not role["IsDeleted"]:
            deals[role["ContactId"]].append(
                {
                    "id": opportunity["Id"],
                    "opened": datetime.fromisoformat(opportunity["CreatedDate"]),
                    "primary": role["IsPrimary"],
                }
            )
    return deals
