"""What a person paused is left alone by all that moves rows, and goes on once (X4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select, update

from app.db import TenantSession
from app.outbox import decisions, service
from app.outbox.log import Asked
from app.outbox.models import DeliveryState, OutboxRow
from tests.outbox.world import World


def _pause(world: World, *states: DeliveryState) -> int:
    with world.writing() as session:
        wanted = select(OutboxRow.seq).where(OutboxRow.state.in_(states))
        seqs = session.scalars(wanted).all()
        return decisions.pause(session, seqs, by="mara@example.com", why="a question")


def test_nothing_that_is_paused_is_sent_and_all_of_it_goes_on(world: World) -> None:
    """Later ones of the same person are not held back; Salesforce has each once in the end."""
    ada, ben = world.contacts()[:2]
    world.record([ada], 2)
    assert _pause(world, DeliveryState.PENDING) == 2
    world.record([ada, ben], 2)
    world.record(["nobody-yet@example.com"])
    assert _pause(world, DeliveryState.UNLINKED) == 1
    world.drain()
    assert world.states() == ["paused", "paused", "delivered", "delivered", "paused"]
    assert len(world.activities()) == 2
    with world.writing() as session:
        service.backfill(session, [row.person_id for row in world.rows()])
        assert decisions.resume(session, Asked(state=DeliveryState.PAUSED)) == 3
    world.drain()
    assert world.states() == [*["delivered"] * 4, "unlinked"]
    assert len(world.activities()) == 4


def test_what_was_unsure_when_it_was_paused_is_asked_after_first(world: World) -> None:
    """The answer was lost, the activity is there: it is found, not sent twice."""
    world.record([world.contacts()[0]])
    world.fault(kind="drop", match="/composite/sobjects", after=True, times=1)
    turn = world.claim()
    assert turn is not None
    world.courier().serve(turn)
    assert world.states() == ["waiting"]
    before = world.rows()[0].activity_key
    assert _pause(world, DeliveryState.WAITING) == 1
    world.hurry()
    world.drain()
    assert world.states() == ["paused"]
    with world.writing() as session:
        decisions.resume(session, Asked(state=DeliveryState.PAUSED))
        assert session.scalars(select(OutboxRow.activity_key)).one() == before
        session.execute(update(OutboxRow).values(not_before=OutboxRow.created_at))
    world.drain()
    assert world.states() == ["delivered"]
    assert len(world.activities()) == 1


@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
@pytest.mark.parametrize(
    "decide",
    [
        lambda session: decisions.pause(session, Asked(), by="mara@example.com", why="a question"),
        lambda session: decisions.resume(session, Asked()),
        lambda session: decisions.retry(session, Asked()),
        lambda session: decisions.drop(session, Asked(), by="mara@example.com"),
    ],
    ids=["pause", "resume", "retry", "drop"],
)
def test_who_decides_holds_the_org_s_turn_first_as_workers_do(
    world: World, decide: Callable[[TenantSession], int]
) -> None:
    """Else a decision about many rows and a breaker that holds or tries some wait in a circle."""
    world.record([world.contacts()[0]])
    seen: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(" ".join(statement.split()))

    event.listen(world.database.engine, "before_cursor_execute", hear)
    with world.writing() as session:
        decide(session)
    event.remove(world.database.engine, "before_cursor_execute", hear)
    of_rows = next(place for place, text in enumerate(seen) if " outbox_row" in text)
    assert any("FROM org_delivery" in text for text in seen[:of_rows]), seen
    is_postgresql = world.database.engine.dialect.name == "postgresql"
    assert any("FOR UPDATE" in text for text in seen[:of_rows]) is is_postgresql
