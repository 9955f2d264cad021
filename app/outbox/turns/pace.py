"""How fast an org takes activities: batch size that adapts, pauses that grow, tries that end."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Five collections of 200 rows: what one counted composite call takes.
COLLECTION_SIZE = 200
COLLECTIONS_PER_CALL = 5
LARGEST_BATCH = COLLECTION_SIZE * COLLECTIONS_PER_CALL

#: A batch grows only while a call stays under this.
COMFORTABLE_SECONDS = 5.0
#: After automation ran into its limits the batch stays small for a while, else every second call
#: would fail again.
STAY_SMALL = timedelta(minutes=10)

#: After so many tries a row needs a person.
MOST_ATTEMPTS = 8

_LONGEST_PAUSE = {
    "limit_reached": timedelta(minutes=15),
    "storage_full": timedelta(minutes=60),
}
_USUAL_LONGEST_PAUSE = timedelta(minutes=5)
#: An org that rests until a known time is looked at so often: no call is made for it.
LOOK_AGAIN = timedelta(minutes=1)
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_RETRY = timedelta(minutes=10)
_JITTER = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Pace:
    """Batch size from now on, and since when it may grow again."""

    batch_size: int
    grow_after: datetime | None


def after_call(
    pace: Pace, *, sent: int, seconds: float, was_load: bool, was_refused: bool, now: datetime
) -> Pace:
    """The pace after a call that was answered.

    ``was_load``: a lock or a limit of the org's automation. ``was_refused``: a collection was
    refused as a whole; the bad row is found by halving, and the batch grows again at once.
    """
    if was_load:
        return Pace(max(1, min(pace.batch_size, sent) // 2), now + STAY_SMALL)
    if was_refused:
        return Pace(max(1, min(pace.batch_size, sent) // 2), pace.grow_after)
    is_full = sent >= pace.batch_size
    may_grow = pace.grow_after is None or pace.grow_after <= now
    if is_full and may_grow and seconds < COMFORTABLE_SECONDS:
        return Pace(min(LARGEST_BATCH, pace.batch_size * 2), None)
    return pace


def pause(reason: str, failures: int) -> timedelta:
    """How long an org rests after so many calls in a row without results (at least 1)."""
    longest = _LONGEST_PAUSE.get(reason, _USUAL_LONGEST_PAUSE)
    return min(longest, _doubled(_FIRST_PAUSE, failures))


def retry_after(attempts: int) -> timedelta:
    """When a row is tried again after so many tries, with jitter so that locks come apart."""
    base = min(_LONGEST_RETRY, _doubled(timedelta(seconds=2), attempts))
    return base * _JITTER.uniform(0.5, 1.0)


def _doubled(first: timedelta, times: int) -> timedelta:
    return first * float(1 << min(max(times, 1) - 1, 20))
