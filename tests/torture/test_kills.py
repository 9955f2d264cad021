"""X4: SIGKILL of workers and web, the short form; ``make torture`` does it 200 times."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.outbox.conftest import devorg, served, world
from tests.outbox.world import World
from tests.torture.kills import kill_often
from tests.torture.stage import judge

__all__ = ["devorg", "served", "world"]
_KILLS = 10


# names do not matter to who dies when; `make torture` kills in both kinds of org
@pytest.mark.parametrize("served", ["acme"], ids=["namespace"], indirect=True)
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_sigkills_of_workers_and_web_leave_exactly_what_was_sent(
    world: World, tmp_path: Path
) -> None:
    """What the API answered is there, each activity once, on the right person and opportunity."""
    seed = int(os.environ.get("INLAY_TEST_SEED", "1"))
    print(f"INLAY_TEST_SEED={seed}")  # noqa: T201  # to run a failure again

    outcome = judge(world, kill_often(world, _KILLS, tmp_path, random.Random(seed)))

    assert outcome.is_exact, outcome
    assert outcome.expected >= 500
