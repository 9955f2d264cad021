"""A scenario's frame: a world, how much of it, and the count of activities at its end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from app.outbox.errors import LeaseLostError
from app.outbox.turns.lease import LeaseTimes
from tests.outbox.expected import expected, written
from tests.outbox.world import TIMES, World

#: Every turn is taken for dead, as after the time that a heartbeat may be missing.
DEAD = LeaseTimes(0.0, -1.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """How often trouble is made, and with how many events each time."""

    rounds: int = 2
    events: int = 60
    kills: int = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Salesforce holds after so many troubles, compared with what it should."""

    troubles: int
    expected: int
    lost: int
    doubled: int
    open: int

    @property
    def is_exact(self) -> bool:
        """Every activity once, on the right records, and nothing left to do."""
        return not (self.lost or self.doubled or self.open)

    def __str__(self) -> str:
        return (
            f"{self.troubles} troubles, {self.expected} activities: {self.lost} lost, "
            f"{self.doubled} doubled or wrong, {self.open} not delivered"
        )


#: Makes trouble while activities are delivered; how often. All must be delivered at its end.
Scenario = Callable[[World, Scale, random.Random], int]


def judge(world: World, troubles: int) -> Outcome:
    """Compare the org's activities, deleted ones too, with what the events ask for."""
    wanted, found = Counter(expected(world)), Counter(written(world))
    return Outcome(
        troubles=troubles,
        expected=wanted.total(),
        lost=(wanted - found).total(),
        doubled=(found - wanted).total(),
        open=world.count_open(),
    )


def serve(world: World, times: LeaseTimes = TIMES, turns: int = 50) -> int:
    """Serve what is due, as a worker does; how often the database or a lost turn ended that."""
    courier = world.courier()
    for _ in range(turns):
        try:
            turn = world.claim(times)
            if turn is None:
                return 0
            courier.serve(turn)
        except (LeaseLostError, OperationalError):
            return 1
    return 0


def finish(world: World, attempts: int = 30) -> None:
    """All trouble is over: whatever was begun is taken over and delivered."""
    for _ in range(attempts):
        if world.count_open() == 0:
            return
        world.hurry()
        serve(world, DEAD)


def struck(world: World) -> int:
    """How often the faults of the org in the box have struck: calls, or rows."""
    return sum(int(fault["struck"]) for fault in world.devorg.org.faults.listed())


def tell(world: World, scale: Scale, dice: random.Random) -> None:
    """Events of people in an order of their own."""
    people = world.contacts()
    dice.shuffle(people)
    world.record(people, scale.events)
