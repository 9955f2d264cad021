"""Orgs without the package's key field: no exactly-once claim, but no haste either."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from sqlalchemy import update

from app.clock import utcnow
from app.outbox.models import OutboxRow
from tests.outbox.world import World

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
_FIELDS = ("Key", "Kind", "Occurred_At", "Confidence", "Link")


@pytest.fixture
def bare(world: World) -> World:
    """The integration user sees no field of the package."""
    for sobject in ("Task", "Event"):
        for name in _FIELDS:
            hidden = {"user": "integration", "field": f"{sobject}.Inlay_{name}__c"}
            url = f"{world.devorg.url}/_devorg/access"
            requests.post(url, json={**hidden, "visible": False}, timeout=30).raise_for_status()
    return world


def _as_if_sent_long_ago(world: World) -> None:
    """Eleven minutes have passed since the last send."""
    long_ago = utcnow() - timedelta(minutes=11)
    with world.writing() as session:
        session.execute(update(OutboxRow).values(leased_at=long_ago))
    world.hurry()


def test_activities_are_written_with_the_key_in_the_description(bare: World) -> None:
    """C4: the package is no condition."""
    bare.record([bare.contacts()[0]], 2)

    bare.drain()

    assert bare.states() == ["delivered", "delivered"]
    assert len(bare.activities()) == 2


def test_nothing_is_sent_again_before_ten_minutes(bare: World) -> None:
    """An earlier call may still be running in Salesforce."""
    bare.record([bare.contacts()[0]])
    bare.fault(kind="drop", match="/composite/sobjects", after=True, times=1)
    bare.drain()
    (row,) = bare.rows()

    assert row.is_unsure
    assert row.not_before > utcnow() + timedelta(minutes=9)
    bare.hurry()
    bare.drain()
    assert bare.states() == ["waiting"]
    assert bare.rows()[0].not_before > utcnow() + timedelta(minutes=9)


def test_what_is_found_by_its_reference_is_delivered(bare: World) -> None:
    """A query decides: it is there."""
    bare.record([bare.contacts()[0]], 3)
    bare.fault(kind="drop", match="/composite/sobjects", after=True, times=1)
    bare.drain()
    _as_if_sent_long_ago(bare)

    bare.drain()

    assert set(bare.states()) == {"delivered"}
    assert len(bare.activities()) == 3


def test_what_is_surely_missing_is_sent(bare: World) -> None:
    """A query decides: nothing of it is there."""
    bare.record([bare.contacts()[0]], 3)
    bare.fault(kind="drop", match="/composite/sobjects", times=1)
    bare.drain()
    _as_if_sent_long_ago(bare)

    bare.drain()

    assert set(bare.states()) == {"delivered"}
    assert len(bare.activities()) == 3


def test_what_nobody_can_decide_is_parked_as_unsure(bare: World) -> None:
    """Automation has rewritten the description: a person must look."""
    bare.record([bare.contacts()[0]])
    bare.fault(kind="drop", match="/composite/sobjects", after=True, times=1)
    bare.drain()
    (task,) = bare.activities()
    client = bare.gateway.for_org(bare.org.id)
    path = f"/services/data/v60.0/sobjects/Task/{task['Id']}"
    client.call("PATCH", path, feature="test", body={"Description": "cleaned"})
    _as_if_sent_long_ago(bare)

    bare.drain()

    (row,) = bare.rows()
    assert (row.state.value, row.error_reason) == ("parked", "unsure")
    assert row.is_unsure
