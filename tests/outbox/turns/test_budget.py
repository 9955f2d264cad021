"""X14: delivery waits when the budget is spent, says so, and goes on by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.clock import utcnow
from app.ids import new_id
from app.orgs import settings
from app.orgs.models import Org
from app.outbox.queries import Condition, condition
from app.outbox.turns.rounds import Rounds
from app.salesforce.models import ApiCallHour
from tests.outbox.world import World

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


def _set(world: World, **changes: Any) -> None:
    with world.database.system_writing() as session:
        settings.write(session, session.get_one(Org, world.org.id), **changes)


def _spend(world: World, calls: int) -> None:
    hour = utcnow().replace(minute=0, second=0, microsecond=0)
    row = {"id": new_id(), "hour": hour, "feature": "delivery", "calls": calls}
    with world.writing() as session:
        session.insert_many(ApiCallHour, [row])


def _condition(world: World) -> Condition:
    with world.database.reading(world.org.id) as session:
        return condition(session)


def test_deliveries_wait_for_the_budget_and_go_on_when_hours_have_passed(world: World) -> None:
    """No call is made meanwhile; the reason and the time are there to be shown."""
    _set(world, api_budget=100)
    _spend(world, 100)
    world.record(world.contacts(), 30)
    before = world.calls()

    world.drain()

    found = _condition(world)
    assert found.pause_reason == "budget_spent"
    assert found.paused_until is not None
    assert found.paused_until > utcnow() + timedelta(hours=23)
    assert world.calls() == before
    assert set(world.states()) == {"pending"}

    with world.writing() as session:
        long_ago = utcnow() - timedelta(hours=26)
        session.execute(update(ApiCallHour).values(hour=long_ago))
    world.hurry()
    world.drain()
    assert set(world.states()) == {"delivered"}
    assert _condition(world).pause_reason == ""


def test_a_budget_that_is_raised_is_seen_within_a_minute(world: World) -> None:
    """The pause is looked at again meanwhile: that costs no call."""
    _set(world, api_budget=1)
    _spend(world, 5)
    world.record(world.contacts(), 3)
    world.drain()

    paused_until = world.delivery().paused_until
    assert paused_until is not None
    assert paused_until < utcnow() + timedelta(seconds=65)
    assert world.delivery().failures == 0

    _set(world, api_budget=1000)
    world.hurry()
    world.drain()
    assert set(world.states()) == {"delivered"}


def test_calls_that_are_only_in_this_process_count(world: World) -> None:
    """The meter is written every few seconds; the budget knows before."""
    _set(world, api_budget=4)
    world.gateway.accounting.flush()
    for number in range(8):
        world.record([world.contacts()[number]])
        world.drain()

    assert _condition(world).pause_reason == "budget_spent"
    assert 1 <= world.states().count("delivered") < 8
    assert world.calls() <= 6


def test_at_80_percent_roles_are_read_less_often(world: World) -> None:
    """The optional slows down; activities go on."""
    _set(world, api_budget=1000)
    world.record(world.contacts(), 1)
    turn = world.claim()
    assert turn is not None
    rounds = Rounds(world.config, world.database, world.gateway)
    usual = rounds.terms(turn).role_refresh
    _spend(world, 800)

    assert rounds.terms(turn).role_refresh == 4 * usual
