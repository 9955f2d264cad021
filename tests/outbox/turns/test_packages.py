"""Orgs whose package is older than Inlay, or gone, or comes back: each has its behaviour (X19)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import update

from app.clock import utcnow
from app.outbox.models import OutboxRow
from tests.outbox.world import World

pytestmark = pytest.mark.any_database  # its rows are written as in test_delivery

_ROWS = "/composite/sobjects"
_OPTIONAL = ["Inlay_Confidence__c", "Inlay_Link__c"]


def _package(world: World, **words: Any) -> None:
    url = f"{world.devorg.url}/_devorg/package"
    requests.post(url, json=words, timeout=30).raise_for_status()


def _deliver(world: World) -> None:
    """The first try finds that the package is another, the second goes in the new form."""
    before = world.calls()
    world.drain()
    assert "parked" not in world.states()
    world.hurry()
    world.drain()
    assert world.calls() - before <= 5, "roles, a refusal, a look at the org, the activities"


def _as_if_sent_long_ago(world: World) -> None:
    long_ago = utcnow() - timedelta(minutes=11)
    with world.writing() as session:
        session.execute(update(OutboxRow).values(leased_at=long_ago))
    world.hurry()


def _tasks(world: World) -> list[dict[str, Any]]:
    """Activities on people that are ours by their subject, with or without a package."""
    return [task for task in world.records("Task") if "Offer " in (task["Subject"] or "")]


def test_an_earlier_version_gets_what_it_has_fields_for(world: World) -> None:
    """Fields that came later are left out; the key is there, so each activity is written once."""
    _package(world, version="0.0.1", without=_OPTIONAL)
    world.record(world.contacts(), 20, url="https://www.example.com/offer")
    world.fault(kind="drop", match=_ROWS, after=True, times=1)

    world.drain()
    world.hurry()
    world.drain()

    assert set(world.states()) == {"delivered"}
    (first, *_), count = world.activities(), len(world.activities())
    assert count == 20
    assert "Inlay_Kind__c" in first
    assert not set(_OPTIONAL) & first.keys()


def test_a_package_that_lost_fields_under_way_is_learnt_anew(world: World) -> None:
    """A downgrade between two calls: one refusal, one look, and the rest goes in the new form."""
    contacts = world.contacts()
    world.record(contacts, 5, url="https://www.example.com/offer")
    world.drain()
    _package(world, version="0.0.1", without=_OPTIONAL)
    world.record(contacts, 5, url="https://www.example.com/offer")

    _deliver(world)

    assert set(world.states()) == {"delivered"}
    assert len(world.activities()) == 10


@pytest.mark.parametrize("count", [1, 12])
def test_a_package_that_is_removed_under_way_leaves_plain_activities(
    world: World, count: int
) -> None:
    """No field, no key: the reference goes into the description, and nothing is parked."""
    world.record(world.contacts(), 3)
    world.drain()
    _package(world, installed=False)
    world.record(world.contacts(), count)

    _deliver(world)

    assert set(world.states()) == {"delivered"}
    written = [task for task in _tasks(world) if "Inlay reference" in task["Description"]]
    assert len(written) == count
    assert len(_tasks(world)) == 3 + count


def test_what_was_unsure_when_the_package_went_is_for_a_person(world: World) -> None:
    """Their keys went with the package, so nobody can tell; they are not doubled, and said so."""
    world.record(world.contacts(), 4)
    world.fault(kind="drop", match=_ROWS, after=True, times=1)
    world.drain()
    _package(world, installed=False)
    world.hurry()
    for _ in range(3):
        _as_if_sent_long_ago(world)
        world.drain()

    assert set(world.states()) == {"parked"}
    assert {row.error_reason for row in world.rows()} == {"unsure"}
    assert len(_tasks(world)) == 4


def test_a_package_that_comes_back_is_used_again(world: World) -> None:
    """Within a day, by the daily look at the org; at once when somebody asks the preflight."""
    _package(world, installed=False)
    world.record(world.contacts(), 3)
    world.drain()
    assert set(world.states()) == {"delivered"}
    _package(world, installed=True)
    world.forget_profile()
    world.record(world.contacts(), 3)

    world.drain()

    assert set(world.states()) == {"delivered"}
    keyed = [row for row in world.activities() if row.get("Inlay_Key__c")]
    assert len(keyed) == 3
    assert len(_tasks(world)) == 6
