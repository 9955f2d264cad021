"""A worker that dies, or an answer that never comes, at every step: the count is exact (X4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.outbox.backfill import loads, planning, results, turns
from app.outbox.backfill.models import BackfillState
from app.salesforce.bulk import Bulk
from tests.outbox.backfill.history import History
from tests.outbox.expected import expected, written

pytestmark = [
    pytest.mark.usefixtures("small"),
    pytest.mark.parametrize("served", ["acme"], ids=["namespace"], indirect=True),
]

EVENTS = 40


class Died(BaseException):
    """The process is gone: nothing catches this."""


def dies(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool, at: int) -> None:
    """The process ends before or after the so-and-so-manieth call of this function, once."""
    original: Callable[..., Any] = getattr(owner, name)
    calls = iter(range(1, 100_000))

    def deadly(*args: Any, **options: Any) -> Any:
        number = next(calls)
        if number == at and not after:
            raise Died(name)
        found = original(*args, **options)
        if number == at:
            raise Died(name)
        return found

    monkeypatch.setattr(owner, name, deadly)


def written_by_jobs(history: History) -> int:
    """Rows that devorg's Bulk jobs have processed in all: more than needed is twice."""
    with history.world.devorg.org.store.reading() as connection:
        (rows,) = connection.execute("SELECT SUM(processed) FROM bulk_job").fetchone()
    return int(rows or 0)


#: Each of these is deadly once: the call with this number.
SEAMS = [
    (planning, "plan", 1),
    (planning, "freeze", 2),
    (Bulk, "create", 1),
    (loads.Loads, "_store", 1),
    (Bulk, "upload", 1),
    (loads.Loads, "_store", 3),
    (Bulk, "close", 1),
    (loads.Loads, "_store", 6),
    (Bulk, "job", 3),
    (Bulk, "results", 1),
    (results, "_write", 1),
    (results, "_end", 1),
    (turns, "give_back", 3),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_workers_that_die_at_every_step_are_replaced_and_nothing_is_lost_or_doubled(
    history: History, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    world = history.world
    history.record(world.contacts(), EVENTS)
    history.start()
    for owner, name, at in SEAMS:
        dies(monkeypatch, owner, name, after=after, at=at)
    died: list[str] = []
    while history.backfill().state is not BackfillState.DONE:
        try:
            history.finish()
        except Died as one:
            died.append(str(one))

    assert sorted(died) == sorted(name for _, name, _ in SEAMS)
    assert written(world) == expected(world)
    assert written_by_jobs(history) == EVENTS - 5


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_connections_that_break_at_every_step_are_no_reason_to_send_twice(
    history: History, after: bool
) -> None:
    world = history.world
    history.record(world.contacts(), EVENTS)
    history.start()
    for match in ("/jobs/ingest", "/batches", "Results", "query?", "jobs/ingest/7"):
        for skip in (0, 3):
            world.fault(kind="drop", match=match, times=1, skip=skip, after=after)
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)
    assert written_by_jobs(history) == EVENTS - 5


def test_a_worker_taken_for_dead_writes_nothing(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its turn went to another one while it was busy; that one's work stands."""
    world = history.world
    history.record(world.contacts(), EVENTS)
    history.start()
    original = planning.freeze

    def slow(*args: Any, **options: Any) -> Any:
        with monkeypatch.context() as patched:
            patched.setattr(planning, "freeze", original)
            history.finish()
        return original(*args, **options)

    monkeypatch.setattr(planning, "freeze", slow)
    history.hurry()
    history.step()
    world.drain()
    history.hurry()
    # what the slow one does is refused by its lease, and undone with its transaction
    with pytest.raises(Exception, match="taken over"):
        history.step()
    assert written(world) == expected(world)
    assert history.backfill().state is BackfillState.DONE
