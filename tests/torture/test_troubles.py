"""The short form of ``make torture``: whatever goes wrong, each activity is there once (X4)."""

from __future__ import annotations

import os
import random

import pytest

from tests.outbox.conftest import devorg, served, world
from tests.outbox.world import World
from tests.torture import troubles
from tests.torture.stage import Scale, Scenario, judge

__all__ = ["devorg", "served", "world"]
_SCALE = Scale()


def _dice() -> random.Random:
    seed = int(os.environ.get("INLAY_TEST_SEED", "1"))
    print(f"INLAY_TEST_SEED={seed}")  # noqa: T201  # to run a failure again
    return random.Random(seed)


@pytest.mark.parametrize(
    "scenario",
    [
        troubles.dropped_before_commit,
        troubles.dropped_after_commit,
        troubles.devorg_down,
        troubles.limit_reached,
        troubles.token_revoked,
        troubles.rotation_raced,
        troubles.late_answer,
        troubles.small_trigger,
        troubles.hidden_activities,
        troubles.deleted_by_rep,
        troubles.clock_moved,
    ],
    ids=lambda scenario: scenario.__name__,
)
@pytest.mark.slow
def test_the_count_is_exact(world: World, scenario: Scenario) -> None:
    """None lost, none doubled, each on the right person and opportunity."""
    outcome = judge(world, scenario(world, _SCALE, _dice()))

    assert outcome.is_exact, outcome
    assert outcome.troubles > 0
    assert outcome.expected >= _SCALE.events


@pytest.mark.slow
def test_the_count_is_exact_when_the_database_gives_way(world: World) -> None:
    """SQLite: the disk is full. PostgreSQL: all connections end, as in a restart."""
    is_sqlite = world.database.dialect == "sqlite"
    scenario = troubles.disk_full if is_sqlite else troubles.connections_cut

    outcome = judge(world, scenario(world, _SCALE, _dice()))

    assert outcome.is_exact, outcome
    assert outcome.troubles > 0
