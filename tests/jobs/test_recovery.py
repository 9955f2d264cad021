"""A worker that dies for good: others take over its workflows, and its heart is missed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from dbos import DBOS
from sqlalchemy import update

from app.clock import utcnow
from app.jobs import workflows
from app.jobs.heart import Heart, living_workers
from app.jobs.models import WorkerHeartbeat
from app.jobs.worker import Worker, WorkerOptions
from tests.outbox.processes import ROOT, environment_of
from tests.outbox.world import World
from tests.support.waiting import wait_until
from tests.torture.stage import struck

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


@pytest.fixture
def survivor(world: World) -> Iterator[World]:
    """A worker of another name that lives on."""
    yield world
    workflows.stop()


def _pending(workflow_id: str) -> bool:
    found = DBOS.list_workflows(workflow_ids=[workflow_id], load_input=False, load_output=False)
    return bool(found) and found[0].status == "PENDING"


@pytest.mark.slow
def test_the_workflows_of_a_dead_worker_are_finished_by_another(survivor: World) -> None:
    """SIGKILL in the middle of a step; the worker never comes back under that name."""
    survivor.config.home.mkdir(parents=True, exist_ok=True)
    survivor.fault(kind="hang", match="/services/data", seconds=200)
    with subprocess.Popen(  # our own script
        [sys.executable, "-m", "tests.jobs.doomed_process"],
        cwd=ROOT,
        env=environment_of(survivor.config),
        stdout=subprocess.PIPE,
        text=True,
    ) as doomed:
        assert doomed.stdout is not None
        workflow_id = doomed.stdout.readline().strip()
        workflows.start(survivor.config, survivor.database, survivor.gateway, "survivor")
        # not before: killed while it renewed the token, it would keep the survivor from its turn
        wait_until(lambda: struck(survivor) == 1, what="the call that hangs")
        assert _pending(workflow_id)
        assert workflows.recover({"doomed", "survivor"}) == 0, "it lives"
        doomed.kill()
    survivor.devorg.org.faults.clear()

    worker = Worker(
        survivor.config, survivor.database, survivor.gateway, WorkerOptions(name="survivor")
    )
    assert worker._recover() == 1
    assert workflows.recover({"survivor"}) == 0, "twice asked, once taken"
    DBOS.retrieve_workflow(workflow_id).get_result()
    (done,) = DBOS.list_workflows(workflow_ids=[workflow_id])
    assert (done.status, done.executor_id) == ("SUCCESS", "survivor")


def test_hearts_are_heard_by_the_databases_clock(world: World) -> None:
    """A worker whose own clock is wrong lives; one that was not heard of for a while does not."""
    for name in ("quick", "late"):
        Heart(world.database, name, 10).beat()
    with world.database.system_writing() as session:
        long_ago = utcnow() - timedelta(seconds=50)
        session.execute(
            update(WorkerHeartbeat).where(WorkerHeartbeat.name == "late").values(seen_at=long_ago)
        )

    assert living_workers(world.database, 45) == {"quick"}
