"""An org that does not answer holds one thread, and soon not even that (house, numbers)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from app.jobs.deliverers import Deliverers
from app.jobs.heart import Heart
from app.jobs.worker import Worker, WorkerOptions
from app.outbox.turns.delivery import Courier
from app.salesforce import budget
from app.salesforce.gateway import Gateway
from devorg import DevorgConfig
from devorg.server import running
from tests.outbox.world import TIMES, World
from tests.support.application import make_org
from tests.support.waiting import wait_until
from tests.torture.stage import struck

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


@pytest.fixture
def healthy(world: World) -> Iterator[World]:
    """Another org, elsewhere."""
    config = DevorgConfig(org_id="00D5e0000000017EAA")
    with running(config) as box:
        org = make_org(world.database, config.org_id, "Healthy")
        other = World(world.config, world.database, world.keyring, org, box)
        other.prepare()
        yield other
        other.close()


def test_one_thread_serves_others_while_an_org_hangs(world: World, healthy: World) -> None:
    """Even a worker of one thread: a slow turn is replaced, and the stand-in ends afterwards."""
    origins = (world.devorg.url, healthy.devorg.url)
    config = replace(world.config, salesforce_extra_origins=origins)
    gateway = Gateway(config, world.database, world.keyring)
    heart = Heart(world.database, "test", 10)
    courier = Courier(config, world.database, gateway)
    deliverers = Deliverers(world.database, courier, heart, TIMES, "test", slow_seconds=0.3)
    world.fault(kind="hang", match="/composite", seconds=200)
    world.record(world.contacts(), 20)
    others = set(threading.enumerate())

    def delivering() -> int:
        ours = set(threading.enumerate()) - others
        return sum(thread.name == "deliver" for thread in ours)

    with ExitStack() as stack:
        stack.callback(gateway.close)
        stack.callback(deliverers.stop, 5)
        stack.callback(world.devorg.org.faults.clear)
        deliverers.start(1)
        wait_until(lambda: struck(world) == 1, what="the hung call")
        healthy.record(healthy.contacts(), 50)

        def look() -> bool:
            deliverers.tend()
            deliverers.wake()
            return healthy.count_open() == 0

        wait_until(look, what="the healthy org's delivery")
        assert world.delivery().leased_by is not None, "it still hangs"

        world.devorg.org.faults.clear()
        wait_until(lambda: world.delivery().leased_by is None, what="the end of the hung call")
        deliverers.wake()
        wait_until(lambda: delivering() == 1, what="the end of the stand-in")


def test_an_idle_worker_writes_its_books(world: World) -> None:
    """X14: what it spent last is in the meter, though no further call comes."""
    options = WorkerOptions(name="idle", has_schedules=False)
    worker = Worker(world.config, world.database, world.gateway, options)
    world.gateway.accounting.book(world.devorg.org_id, "delivery")

    worker._sweep()

    with world.database.reading(world.org.id) as session:
        assert budget.standing(session).by_feature == {"delivery": 1}
