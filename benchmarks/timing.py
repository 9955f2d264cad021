"""Two things timed turn by turn, so that drift of the machine strikes both alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Work = Callable[[], object]


@dataclass(slots=True)
class Pair:
    """Seconds of the subject and of its baseline, round by round."""

    subject: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        """Median of the subject, in seconds."""
        return statistics.median(self.subject)

    @property
    def floor(self) -> float:
        """Median of the baseline, in seconds."""
        return statistics.median(self.baseline)


def alternate(subject: Work, baseline: Work, rounds: int, *, warm_up: int = 3) -> Pair:
    """Time both, ABBA: who goes first changes from round to round.

    Args:
        subject: What is measured.
        baseline: What it is compared to.
        rounds: How often each is timed.
        warm_up: How often each runs before, untimed: caches, plans, connections.
    """
    pair = Pair()
    for _ in range(warm_up):
        subject()
        baseline()
    gc.collect()
    for number in range(rounds):
        if number % 2:
            pair.baseline.append(seconds_of(baseline))
            pair.subject.append(seconds_of(subject))
        else:
            pair.subject.append(seconds_of(subject))
            pair.baseline.append(seconds_of(baseline))
    return pair


def seconds_of(work: Work) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
