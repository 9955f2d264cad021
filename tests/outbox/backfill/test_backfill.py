"""History on request: each event gets its activity, once, where it belongs (L5, C4, X4, X14)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.clock import utcnow
from app.jobs.backfills import Backfills
from app.outbox.backfill.models import BackfillState
from tests.outbox.backfill.history import History
from tests.outbox.expected import expected, written
from tests.outbox.world import TIMES
from tests.support.waiting import wait_until


def test_a_little_history_goes_by_composite_calls(history: History) -> None:
    """Nothing of it is delivered before somebody asks."""
    world = history.world
    history.record(world.contacts(), 300)
    world.drain()
    assert world.rows() == []
    history.start(["email_replied"])
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)
    assert len(world.activities()) == 300
    assert world.calls() < 10
    assert history.progress().jobs == 0


@pytest.mark.usefixtures("small")
def test_much_history_goes_through_bulk_jobs(history: History) -> None:
    """Each event once, with its own person, opportunity and key; the first few are tried before."""
    world = history.world
    history.record(world.contacts(), 120)
    history.start()
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)
    progress = history.progress()
    assert progress.rows == {"delivered": 120}
    assert (progress.jobs, progress.jobs_done) == (4, 4)
    assert all(row.salesforce_id for row in world.rows())
    (task, *_) = world.activities()
    assert task["ActivityDate"] == (utcnow() - timedelta(days=3)).date().isoformat()
    assert task["Description"].startswith("When: ")


@pytest.mark.parametrize("served", ["acme"], ids=["namespace"], indirect=True)
def test_ten_thousand_are_exact(history: History) -> None:
    """One job of full size after the trial, at about one counted call for 1,000 activities."""
    world = history.world
    history.record(world.contacts(), 10_000)
    world.devorg.org.usage.reset()
    history.start()
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)
    assert history.progress().rows == {"delivered": 10_000}
    assert world.calls() <= 16


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
def test_the_workers_threads_do_it_by_themselves(history: History) -> None:
    world = history.world
    history.record(world.contacts(), 60)
    threads = Backfills(world.database, history.runner(), TIMES, "worker")
    history.start()
    threads.start()

    def is_done() -> bool:
        world.drain()
        history.hurry()
        return history.backfill().state is BackfillState.DONE

    try:
        wait_until(is_done, what="the back-fill's end")
    finally:
        threads.stop()
        threads.wait()
    assert written(world) == expected(world)
