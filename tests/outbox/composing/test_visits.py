"""A visit to a Destination as an activity: whose, where to, what it tells (C4, E2, L5, N12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

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
from app.jobs import sweeps
from app.orgs.settings import OpportunityRule, OrgSettings
from app.outbox.digests.models import DigestEntry
from app.outbox.plan import planner
from devorg.users import USERS
from tests.outbox.world import World

REP = USERS[0]
HUMAN = Judgement(Confidence.HUMAN, "")


def _destination(world: World, opportunity: str) -> UUID:
    rep = RepFacts(REP.id, REP.name, REP.username, "Europe/Stockholm")
    facts = RecordFacts(SObject.OPPORTUNITY, opportunity, "Deal", "Acme", ())
    with world.writing() as session:
        return get_or_create(session, facts, rep, OrgSettings())[0].id


def _visit(world: World, contact: str, destination: UUID, at: datetime) -> None:
    person = world.person(contact)
    place = Place(new_id(), destination, "Plan for Acme", "https://p.example/d/x")
    with world.writing() as session:
        beat = visits.beat(
            session, place, visitor=str(new_id()), person_id=person, now=at, judgement=HUMAN,
            steps=[NewStep("1", Step.BLOCK_SEEN, at, "b1", "Pricing")],
            visible_seconds_so_far=12,
        )  # fmt: skip
        visits.end(session, beat.visit, now=at, recorded=planner(0.0))


def _stranger(world: World) -> tuple[str, dict[str, Any]]:
    """A contact without any role, and an open opportunity."""
    having = {row["ContactId"] for row in world.records("OpportunityContactRole")}
    contact = next(each for each in world.contacts() if each not in having)
    return contact, next(row for row in world.records("Opportunity") if not row["IsClosed"])


@pytest.mark.parametrize("rule", [OpportunityRule.PRIMARY, OpportunityRule.NONE])
def test_a_visit_goes_to_its_own_opportunity_and_belongs_to_the_rep(
    world: World, rule: OpportunityRule
) -> None:
    """E2, N12: also of a person without a role there; the rule "none" writes to people alone."""
    world.prepare(opportunity_rule=rule)
    contact, deal = _stranger(world)
    destination = _destination(world, deal["Id"])

    _visit(world, contact, destination, utcnow() - timedelta(minutes=1))
    world.drain()

    (task,) = world.activities()
    assert task["WhoId"] == contact
    assert task["WhatId"] == (deal["Id"] if rule is OpportunityRule.PRIMARY else None)
    assert task["OwnerId"] == REP.id
    assert task["Subject"] == "Visited “Plan for Acme” (12 s)"
    assert "Looked at: Pricing" in task["Description"].splitlines()


@pytest.mark.parametrize("sobject", ["Task", "Event"])
def test_the_visits_of_a_day_are_told_together(world: World, sobject: str) -> None:
    """L5: at the opportunity, where all of them were of one Destination."""
    world.prepare(kinds={"destination_visit": "digest"}, objects={"digest": sobject})
    contact, deal = _stranger(world)
    destination = _destination(world, deal["Id"])
    now = utcnow()
    for minutes in (3, 2, 1):
        _visit(world, contact, destination, now - timedelta(minutes=minutes))
    with world.writing() as session:
        session.execute(update(DigestEntry).values(due_at=now, day=now.date()))

    assert sweeps.make_digests(world.database) == 1
    world.drain()

    (activity,) = world.activities(sobject)
    assert activity["Subject"] == "3 Destination visits: Plan for Acme"
    assert activity["WhatId"] == deal["Id"]
    assert activity["OwnerId"] == REP.id
    lines = activity["Description"].splitlines()
    assert all(line.endswith(" Visited “Plan for Acme” (12 s)") for line in lines[1:4])
    assert lines[4:] == ["Recorded by Inlay."]
