"""Batch sizes, pauses and tries (house, 'Batch size')."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.outbox.turns.pace import Pace, after_call, pause, retry_after

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("size", "grow_after", "sent", "seconds", "load", "refused", "expected"),
    [
        (200, None, 200, 1.0, False, False, 400),  # a quick full batch: twice as many
        (800, None, 800, 1.0, False, False, 1000),  # five collections are the most
        (200, None, 200, 6.0, False, False, 200),  # not quick: as it is
        (200, None, 50, 0.1, False, False, 200),  # a small one proves nothing
        (400, None, 400, 1.0, True, False, 200),  # a lock or limit: half
        (400, None, 100, 1.0, True, False, 50),  # half of what was sent
        (400, None, 400, 1.0, False, True, 200),  # refused as a whole: half
        (1, None, 1, 1.0, False, True, 1),  # never none
        (100, SOON, 100, 1.0, False, False, 100),  # after a limit it stays small for a while
    ],
)
def test_the_batch_adapts(
    size: int, grow_after: datetime | None, sent: int, seconds: float, load: bool, refused: bool,
    expected: int,
) -> None:  # fmt: skip
    """X3: each row says why."""
    after = after_call(
        Pace(size, grow_after), sent=sent, seconds=seconds, was_load=load, was_refused=refused,
        now=NOW,
    )  # fmt: skip

    assert after.batch_size == expected


def test_automation_over_its_limits_keeps_the_batch_small_for_a_while() -> None:
    """Else every second call would fail again."""
    after = after_call(
        Pace(400, None), sent=400, seconds=1, was_load=True, was_refused=False, now=NOW
    )

    assert after.grow_after == NOW + timedelta(minutes=10)


def test_pauses_grow_up_to_a_limit_of_their_reason() -> None:
    """A full storage is looked at once an hour, an outage every five minutes."""
    assert pause("salesforce_down", 1) == timedelta(seconds=1)
    assert pause("salesforce_down", 3) == timedelta(seconds=4)
    assert pause("salesforce_down", 50) == timedelta(minutes=5)
    assert pause("storage_full", 50) == timedelta(hours=1)


def test_tries_come_apart_and_further_and_further() -> None:
    """Jitter, so that rows that locked each other do not meet again."""
    first = {retry_after(1) for _ in range(20)}

    assert len(first) > 1
    assert all(timedelta(seconds=1) <= wait <= timedelta(seconds=2) for wait in first)
    assert retry_after(30) >= timedelta(minutes=5)
