"""People who visit, in a world whose org wants follow-up tasks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.crm.models import SObject
from app.destinations.schemas import RecordFacts, RepFacts
from app.destinations.service import get_or_create
from app.engagement import visits
from app.engagement.confidence import Judgement
from app.engagement.kinds import Step
from app.engagement.models import Confidence
from app.engagement.visits import NewStep, Place
from app.ids import new_id
from app.orgs import features
from app.orgs.features import Feature
from app.orgs.models import Org
from app.orgs.settings import OrgSettings
from app.outbox.follow_ups import rules
from app.outbox.follow_ups.deciding import make_tasks
from app.outbox.follow_ups.models import FollowUp, Part
from app.outbox.follow_ups.rules import NewRule
from app.outbox.plan import planner
from tests.outbox.world import World

HUMAN = Judgement(Confidence.HUMAN, "")
SCANNER = Judgement(Confidence.LIKELY_SCANNER, "crawler")


@dataclass
class Room:
    """The world, with verbs of follow-ups."""

    world: World

    def rule(self, **wanted: Any) -> int:
        """A rule: the pricing block, twice, as the feature's own example says."""
        chosen = {"subject": "Call {person}", "part": Part.BLOCK, "target": "pricing", "times": 2}
        with self.world.writing() as session:
            return rules.add(session, NewRule(**{**chosen, **wanted}), "tester")

    def with_deal(self) -> tuple[str, dict[str, Any]]:
        """A contact with a role in one open opportunity, and the opportunity."""
        open_ = {r["Id"]: r for r in self.world.records("Opportunity") if not r["IsClosed"]}
        roles = self.world.records("OpportunityContactRole")
        of = {r["ContactId"]: r["OpportunityId"] for r in roles if r["OpportunityId"] in open_}
        counts = Counter(r["ContactId"] for r in roles if r["OpportunityId"] in open_)
        contact = next(c for c, n in counts.items() if n == 1)
        return contact, open_[of[contact]]

    def without_deal(self) -> str:
        """A contact without any role."""
        having = {r["ContactId"] for r in self.world.records("OpportunityContactRole")}
        return next(c for c in self.world.contacts() if c not in having)

    def destination(self, record: str, sobject: SObject = SObject.OPPORTUNITY) -> UUID:
        """The Destination of a record."""
        rep = RepFacts("0055e000000REPAAA2", "Grace Okafor", "grace@northwind.example", "UTC")
        with self.world.writing() as session:
            facts = RecordFacts(sobject, record, "Deal", "Acme", ())
            return get_or_create(session, facts, rep, OrgSettings())[0].id

    def visit(
        self,
        who: str,
        block: str = "Our pricing",
        *,
        judgement: Judgement = HUMAN,
        at: datetime | None = None,
        destination: UUID | None = None,
    ) -> None:
        """A visit that saw a block and ended."""
        person = self.world.person(who)
        now = at or utcnow() - timedelta(minutes=1)
        place = Place(new_id(), destination or new_id(), "Plan for Acme", "https://x.example/d/1")
        with self.world.writing() as session:
            beat = visits.beat(
                session,
                place,
                visitor=str(new_id()),
                person_id=person,
                now=now,
                steps=[NewStep("1", Step.BLOCK_SEEN, now, "b1", block)],
                visible_seconds_so_far=12,
                judgement=judgement,
            )
            visits.end(session, beat.visit, now=now, recorded=planner(0.0))

    def make(self) -> dict[str, int]:
        """Decide what is due."""
        return dict(make_tasks(self.world.gateway, self.world.org.id))

    def tasks(self) -> list[dict[str, Any]]:
        """Follow-up tasks in the org."""
        return [t for t in self.world.activities() if t["Inlay_Kind__c"] == "follow_up"]

    def follow_ups(self) -> list[FollowUp]:
        """What is noted of rules that were met."""
        with self.world.database.reading(self.world.org.id) as session:
            return list(session.scalars(select(FollowUp)))

    def age(self, days: float) -> None:
        """As if all that was noted had happened so long ago."""
        with self.world.writing() as session:
            for row in session.scalars(select(FollowUp)):
                row.quiet_until -= timedelta(days=days)
                row.not_before -= timedelta(days=days)
                row.met_at -= timedelta(days=days)

    def switch(self, feature: Feature, *, on: bool) -> None:
        """Switch a feature of the org."""
        with self.world.database.system_writing() as session:
            org = session.get_one(Org, self.world.org.id)
            features.switch(session, org, feature, on, by="test")


@pytest.fixture
def room(world: World) -> Room:
    """Follow-ups on; visits themselves make no activities, so that tasks stand alone."""
    world.prepare(kinds={"destination_visit": "off"})
    made = Room(world)
    made.switch(Feature.FOLLOW_UPS, on=True)
    return made
