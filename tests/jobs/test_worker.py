"""The worker as a real process: it delivers, stops in order, and is not held up by a hung org."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.crm.schemas import person_key
from app.crm.service import people_for
from app.jobs.models import WorkerHeartbeat
from devorg import DevorgConfig
from devorg.server import running
from tests.outbox.processes import workers
from tests.outbox.world import World
from tests.support.application import make_org
from tests.support.waiting import wait_until
from tests.torture.stage import struck

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)

#: Nobody dies here, and a busy machine may hold a heartbeat back.
_PATIENT = {"TEST_DEAD_AFTER": "60"}


def test_it_delivers_and_says_that_it_lives(world: World, tmp_path: Path) -> None:
    """C4: from the outbox to the org, without a hint."""
    with workers(world, tmp_path, **_PATIENT) as processes:
        processes.start()
        world.record([world.contacts()[0]], 3)

        wait_until(lambda: world.count_open() == 0, what="the delivery")

    with world.database.system_reading() as session:
        (heartbeat,) = session.scalars(select(WorkerHeartbeat))
    assert (utcnow() - heartbeat.seen_at).total_seconds() < 60
    assert len(world.activities()) == 3


@pytest.mark.slow
def test_sigterm_lets_the_call_in_flight_end(world: World, tmp_path: Path) -> None:
    """House: claim nothing new, finish, exit 0."""
    world.devorg.org.per_row_ms = 20
    with workers(world, tmp_path, **_PATIENT) as processes:
        pid = processes.start()
        world.record(world.contacts(), 600)
        wait_until(lambda: "leased" in world.states(), what="a call")

        code = processes.stop(pid, seconds=100)

    assert code == 0, processes.output()
    assert "leased" not in world.states()
    assert world.delivery().lease_id is None
    delivered = world.states().count("delivered")
    assert 200 <= delivered < 600
    assert len(world.activities()) == delivered


@pytest.mark.slow
def test_sigterm_does_not_wait_for_a_call_that_hangs(world: World, tmp_path: Path) -> None:
    """House: after the grace the lease is released, and the rows are unsure."""
    world.fault(kind="hang", match="/composite/sobjects", seconds=200)
    with workers(world, tmp_path, TEST_GRACE="1", TEST_READ_SECONDS="200", **_PATIENT) as processes:
        pid = processes.start()
        world.record(world.contacts(), 5)
        wait_until(lambda: struck(world) == 1, what="a call")

        code = processes.stop(pid, seconds=100)  # the call hangs for longer

    assert code == 0, processes.output()
    assert set(world.states()) == {"waiting"}
    assert all(row.is_unsure for row in world.rows())
    assert world.delivery().lease_id is None


@pytest.mark.slow
def test_a_hung_org_does_not_delay_another(world: World, tmp_path: Path) -> None:
    """House, numbers: it adds at most one second to another org's delivery."""
    config = DevorgConfig(org_id="00D5e0000000017EAA")
    with running(config) as healthy:
        org = make_org(world.database, config.org_id, "Healthy")
        other = World(world.config, world.database, world.keyring, org, healthy)
        other.prepare()
        origins = (world.devorg.url, healthy.url)
        world.config = replace(world.config, salesforce_extra_origins=origins)
        with workers(
            world, tmp_path, TEST_THREADS="4", TEST_READ_SECONDS="200", **_PATIENT
        ) as processes:
            processes.start()
            _seconds_to_deliver(other)  # it is up
            alone = [_seconds_to_deliver(other) for _ in range(3)]
            world.fault(kind="hang", match="/composite", seconds=200)
            world.record(world.contacts(), 50)
            wait_until(lambda: struck(world) == 1, what="the hung call")
            beside = [_seconds_to_deliver(other) for _ in range(3)]
            assert world.delivery().leased_by is not None, "it still hangs"
        other.close()
    assert world.count_open() == 50
    assert min(beside) - min(alone) < 1, f"alone {alone}, beside {beside}"


def _seconds_to_deliver(world: World) -> float:
    begun = time.monotonic()
    world.record([world.contacts()[0]])
    wait_until(lambda: world.count_open() == 0, what="the healthy org's delivery")
    return time.monotonic() - begun


def test_people_who_are_linked_are_backfilled(world: World, tmp_path: Path) -> None:
    """House, flow 4: unlinked rows wait for a record."""
    contact = world.contacts()[0]
    world.record(["ada@elsewhere.example"], 2)
    assert set(world.states()) == {"unlinked"}
    with workers(world, tmp_path, **_PATIENT) as processes:
        processes.start()
        key = person_key(email="ada@elsewhere.example", salesforce_id=contact)
        with world.writing() as session:
            people_for(session, [key])

        wait_until(lambda: world.count_open() == 0, what="the back-fill")

    assert {task["WhoId"] for task in world.activities()} == {contact}
