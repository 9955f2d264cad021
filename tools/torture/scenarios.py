"""What the long form does: the scenarios of ``tests/torture``, and which database each is for."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.outbox.world import World
from tests.torture import kills, troubles
from tests.torture.stage import Scale, Scenario

#: A scenario that starts processes, whose output goes into a folder.
Run = Callable[[World, Scale, random.Random, Path], int]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One line of the table: what is done, and on which database (empty: on both)."""

    words: str
    run: Run
    dialect: str = ""


def _inside(scenario: Scenario) -> Run:
    return lambda world, scale, dice, _: scenario(world, scale, dice)


def _kill(world: World, scale: Scale, dice: random.Random, folder: Path) -> int:
    return kills.kill_often(world, scale.kills, folder, dice)


def _crash(world: World, scale: Scale, dice: random.Random, folder: Path) -> int:
    return kills.crash_postgresql(world, max(1, scale.kills // 20), folder, dice)


TROUBLES: Mapping[str, Trouble] = {
    "kill": Trouble("SIGKILL of a worker or the web server", _kill),
    "crash": Trouble("PostgreSQL crashes and recovers", _crash, "postgresql"),
    "cut": Trouble(
        "PostgreSQL ends all connections", _inside(troubles.connections_cut), "postgresql"
    ),
    "disk": Trouble("the disk of SQLite is full", _inside(troubles.disk_full), "sqlite"),
    "before": Trouble(
        "connection dropped before the commit", _inside(troubles.dropped_before_commit)
    ),
    "after": Trouble("connection dropped after the commit", _inside(troubles.dropped_after_commit)),
    "late": Trouble("answer after the lease was lost", _inside(troubles.late_answer)),
    "token": Trouble("token revoked in mid-batch", _inside(troubles.token_revoked)),
    "rotation": Trouble("two processes race for a rotated token", _inside(troubles.rotation_raced)),
    "limit": Trouble("API limit reached in mid-batch", _inside(troubles.limit_reached)),
    "trigger": Trouble("trigger that fails above 50 rows", _inside(troubles.small_trigger)),
    "private": Trouble(
        "activities private, owned by others, unseen", _inside(troubles.hidden_activities)
    ),
    "deleted": Trouble("a rep deletes unanswered activities", _inside(troubles.deleted_by_rep)),
    "down": Trouble("the org is down for a while", _inside(troubles.devorg_down)),
    "clock": Trouble("clocks of both sides moved", _inside(troubles.clock_moved)),
}
