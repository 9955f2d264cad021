"""Engagement and its activities in any state, written as the rooms write them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.crm.models import Opportunity, OpportunityRole, Person, RecordLink, SObject
from app.db import Database
from app.engagement.models import Confidence, Event, Source
from app.ids import new_id
from app.orgs.models import Org
from app.outbox.models import ActivityObject, DeliveryState, OutboxRow
from canvas.ids import to_18

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
CONTACT = to_18("003000000000001")
OTHER = to_18("003000000000002")
DEAL = to_18("006000000000001")
TASK = to_18("00T000000000001")


class Rows:
    """Writes people, events and outbox rows of one org."""

    def __init__(self, database: Database, org: Org) -> None:
        self._database, self._org = database, org
        self._numbers = itertools.count(1)

    def person(self, name: str, email: str, *, contact: str = "", deal: str = "") -> UUID:
        """Somebody, with a Contact and a role on an Opportunity where given."""
        person_id = new_id()
        with self._database.writing(self._org.id) as session:
            session.add(Person(id=person_id, name=name, email=email))
            session.flush()
            if contact:
                session.add(
                    RecordLink(sobject=SObject.CONTACT, salesforce_id=contact, person_id=person_id)
                )
            if deal:
                opportunity = Opportunity(id=new_id(), name="Renewal")
                session.add(opportunity)
                session.flush()
                session.add(
                    RecordLink(
                        sobject=SObject.OPPORTUNITY,
                        salesforce_id=deal,
                        opportunity_id=opportunity.id,
                    )
                )
                session.add(OpportunityRole(opportunity_id=opportunity.id, person_id=person_id))
        return person_id

    def event(self, person: UUID, kind: str = "form_submitted", **more: Any) -> UUID:
        """Something that they did, without an activity."""
        number = next(self._numbers)
        event_id = new_id()
        values: dict[str, Any] = {
            "id": event_id,
            "person_id": person,
            "kind": kind,
            "occurred_at": START + timedelta(minutes=number),
            "subject": f"Subject {number}",
            "confidence": Confidence.HUMAN,
            "source": Source.API,
            "key": f"tests:{number}",
            "folded": False,
        }
        with self._database.writing(self._org.id) as session:
            session.add(Event(**(values | more)))
        return event_id

    def row(
        self,
        person: UUID,
        state: DeliveryState,
        *,
        kind: str = "form_submitted",
        subject: str = "",
        **more: Any,
    ) -> int:
        """An activity of something they did; its number in the log."""
        event_id = self.event(person, kind, **({"subject": subject} if subject else {}))
        sent: dict[str, Any] = {}
        if state is DeliveryState.DELIVERED:
            sent = {"sobject": ActivityObject.TASK, "salesforce_id": TASK, "settled_at": START}
        row = OutboxRow(
            event_id=event_id,
            person_id=person,
            kind=kind,
            state=state,
            created_at=START + timedelta(minutes=next(self._numbers)),
            **(sent | more),
        )
        with self._database.writing(self._org.id) as session:
            session.add(row)
        return row.seq
