"""SIGKILL of real workers at random moments of a back-fill: the count is exact (X4)."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from app.outbox.backfill.models import BackfillState
from tests.outbox.backfill.history import History
from tests.outbox.expected import expected, written
from tests.outbox.processes import forked_workers
from tests.support.waiting import wait_until

_EVENTS = 3000
_KILLS = 8


@pytest.mark.slow
@pytest.mark.parametrize("served", ["acme"], ids=["namespace"], indirect=True)
def test_a_back_fill_survives_the_death_of_its_workers(history: History, tmp_path: Path) -> None:
    """The trial, freezing, the job and its results are each cut off somewhere."""
    seed = int(os.environ.get("INLAY_TEST_SEED", "1"))
    print(f"INLAY_TEST_SEED={seed}")  # noqa: T201  # to run a failure again
    dice = random.Random(seed)
    world = history.world
    history.record(world.contacts(), _EVENTS)
    history.start()
    with forked_workers(world, tmp_path) as running:
        for _ in range(_KILLS):
            pid = running.start()
            time.sleep(dice.uniform(0.1, 1.2))
            running.kill(pid)
        running.start()
        wait_until(lambda: history.backfill().state is BackfillState.DONE, 100, "its end")

    assert written(world) == expected(world)
    assert history.progress().rows == {"delivered": _EVENTS}
