"""Destinations and people whose records are kept up to date in the org in a box."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.clock import utcnow
from app.crm.models import SObject
from app.destinations import counting
from app.destinations.models import Destination
from app.destinations.schemas import PersonFacts, RecordFacts, RepFacts
from app.destinations.service import get_or_create
from app.engagement import visits
from app.engagement.confidence import Judgement
from app.engagement.models import Confidence
from app.engagement.visits import Place
from app.ids import new_id
from app.orgs import features
from app.orgs.features import Feature
from app.orgs.models import Org
from app.orgs.settings import OrgSettings
from app.outbox.plan import planner
from app.outbox.records import destinations, scores
from app.outbox.records.models import DestinationRecord, PersonScore, RecordRun
from tests.outbox.world import World

HUMAN = Judgement(Confidence.HUMAN, "")


@dataclass
class Desk:
    """The world, with verbs of its records."""

    world: World

    def switch(self, feature: Feature, *, on: bool = True) -> None:
        """Switch a feature of the org."""
        with self.world.database.system_writing() as session:
            org = session.get_one(Org, self.world.org.id)
            features.switch(session, org, feature, on, by="test")

    def rep(self) -> str:
        """An active user of the org."""
        return next(str(r["Id"]) for r in self.world.records("User") if r["IsActive"])

    def destination(
        self, record: str, sobject: SObject = SObject.CONTACT, rep: str | None = None
    ) -> UUID:
        """The Destination of a record, made by a rep, with a link for its person."""
        facts = RepFacts(rep or self.rep(), "Grace Okafor", "grace@northwind.example", "UTC")
        people = []
        if sobject is SObject.CONTACT:
            people = [PersonFacts(self.world.person(record), "Ada", "Ada")]
        with self.world.writing() as session:
            told = RecordFacts(sobject, record, "Ada Lindqvist", "Acme", people)
            return get_or_create(session, told, facts, OrgSettings())[0].id

    def view(self, destination: UUID, who: str | None = None) -> None:
        """Somebody looks at it."""
        person = self.world.person(who) if who else None
        now = utcnow()
        with self.world.writing() as session:
            beat = visits.beat(
                session,
                Place(new_id(), destination, "Plan", "https://x.example/d/1"),
                visitor=str(new_id()),
                person_id=person,
                now=now,
                visible_seconds_so_far=12,
                judgement=HUMAN,
            )
            counting.count(session, beat, now)
            visits.end(session, beat.visit, now=now, recorded=planner(0.0))

    def write(self) -> dict[str, int]:
        """A run of the schedule for Destinations."""
        self._forget_runs()
        return dict(destinations.write(self.world.gateway, "https://pages.example", self._org))

    def write_scores(self) -> dict[str, int]:
        """A run of the schedule for scores."""
        self._forget_runs()
        return dict(scores.write(self.world.gateway, self._org))

    def later(self, **time: float) -> None:
        """As if so much time had passed since the rows were written; org-wide rests stay."""
        by = timedelta(**time)
        with self.world.writing() as session:
            for destination in session.scalars(select(Destination)):
                destination.record_due_at -= by
            for person in session.scalars(select(PersonScore)):
                person.due_at = person.due_at - by if person.due_at else None
                person.earliest_at -= by

    def kept(self) -> list[DestinationRecord]:
        """What is noted of Destinations' records."""
        with self.world.database.reading(self._org) as session:
            return list(session.scalars(select(DestinationRecord)))

    def people(self) -> list[PersonScore]:
        """What is noted of people's scores."""
        with self.world.database.reading(self._org) as session:
            return list(session.scalars(select(PersonScore)))

    def runs(self) -> list[RecordRun]:
        """How the org takes it."""
        with self.world.database.reading(self._org) as session:
            return list(session.scalars(select(RecordRun)))

    def in_org(self, sobject: str = "Inlay_Destination__c") -> list[dict[str, Any]]:
        """Records of the org that are there, with the package's names without namespace."""
        name = self.prefix + sobject if sobject.endswith("__c") else sobject
        return [_plain(row) for row in self.world.records(name) if not row["IsDeleted"]]

    def person_in_org(self, record: str, sobject: str = "Contact") -> dict[str, Any]:
        """One Contact or Lead."""
        return next(row for row in self.in_org(sobject) if row["Id"] == record)

    def call(self, method: str, path: str, body: Any = None) -> None:
        """Somebody in the org does something."""
        client = self.world.gateway.for_org(self._org)
        client.call(method, f"/services/data/v60.0/sobjects/{path}", feature="test", body=body)

    @property
    def prefix(self) -> str:
        """Before the package's names in this org."""
        namespace = self.world.devorg.org.config.namespace
        return f"{namespace}__" if namespace else ""

    @property
    def _org(self) -> UUID:
        return self.world.org.id

    def _forget_runs(self) -> None:
        """The tests' runs come closer together than those of the schedule."""
        with self.world.writing() as session:
            session.execute(update(RecordRun).values(run_at=None))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name.split("__", 1)[1] if name.count("__") == 2 else name: v for name, v in row.items()}


@pytest.fixture
def desk(world: World) -> Desk:
    """Both features on."""
    made = Desk(world)
    made.switch(Feature.DESTINATION_RECORDS)
    made.switch(Feature.SCORES)
    return made
