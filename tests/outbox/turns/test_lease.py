"""Turns and leases: fair, alive by heartbeat, safe when lost (house, 'Outbox row')."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.clock import utcnow
from app.db import Database, schema
from app.orgs import kill_switches
from app.orgs.catalogue import KillSwitch
from app.orgs.models import Org, OrgState
from app.outbox.errors import LeaseLostError
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from app.outbox.turns import lease, ledger
from app.outbox.turns.lease import LeaseTimes, Turn
from app.outbox.turns.rounds import Rounds
from app.outbox.turns.settlement import Settlement
from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.outbox.world import World
from tests.support.application import ORG_ID, make_org

_DEAD = LeaseTimes(0.0, -1.0)  # every lease is taken for dead


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    """The namespace changes nothing about leases."""
    with running(DevorgConfig(org_id=ORG_ID)) as org:
        yield org


def _other(world: World, number: int) -> World:
    """Another org, with something due."""
    org = make_org(world.database, f"00D5e0000000{number:03d}EAA", f"Org {number}")
    other = World(world.config, world.database, world.keyring, org, world.devorg)
    other.prepare()
    other.record([world.contacts()[0]])
    return other


def _freeze(world: World, turn: Turn) -> None:
    rounds = Rounds(world.config, world.database, world.gateway)
    assert rounds.prepare(turn, rounds.terms(turn)) is not None


def test_the_org_served_longest_ago_comes_first(world: World) -> None:
    """House: fair across orgs by SQL."""
    world.record(world.contacts(), 1000)
    other = _other(world, 1)
    orgs = []
    for _ in range(4):
        turn = world.claim()
        assert turn is not None
        orgs.append(turn.org_id)
        with world.database.writing(turn.org_id) as session:
            ledger.write(session, Settlement(turn))

    assert orgs == [world.org.id, other.org.id] * 2 or orgs == [other.org.id, world.org.id] * 2


def test_an_org_has_one_turn_at_a_time(world: World) -> None:
    """A hung org blocks one thread; the next claim goes to another org, or to none."""
    world.record([world.contacts()[0]], 2)
    assert world.claim() is not None

    assert world.claim() is None


def test_many_claims_at_once_give_each_org_once(world: World) -> None:
    """Any number of workers: SKIP LOCKED, or BEGIN IMMEDIATE."""
    others = [_other(world, number) for number in range(1, 6)]
    turns: list[Turn | None] = []
    threads = [threading.Thread(target=lambda: turns.append(world.claim())) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while (turn := world.claim()) is not None:
        turns.append(turn)

    assert sorted(turn.org_id for turn in turns if turn) == sorted(o.org.id for o in others)


@pytest.mark.parametrize("state", [OrgState.SUSPENDED, OrgState.PENDING])
def test_an_org_that_is_not_served_is_not_delivered_to(world: World, state: OrgState) -> None:
    """Rows wait until it is active again."""
    world.record([world.contacts()[0]])
    with world.database.system_writing() as session:
        session.execute(update(Org).values(state=state))

    assert world.claim() is None


def test_under_a_kill_switch_nothing_is_sent_and_nothing_lost(world: World) -> None:
    """C6: what happens meanwhile is noted; released, all of it is delivered."""
    contact = world.contacts()[0]
    world.record([contact])
    _kill(world, True)
    world.record([contact])
    assert world.claim() is None
    assert world.states() == ["pending", "pending"]

    _kill(world, False)
    world.drain()
    assert world.states() == ["delivered", "delivered"]


@pytest.mark.parametrize("stop", ["suspend", "kill"])
def test_a_turn_under_way_ends_before_its_next_batch(world: World, stop: str) -> None:
    """C6: within the batch that is being sent, not within the turn."""
    world.record([world.contacts()[0]])
    turn = world.claim()
    assert turn is not None
    rounds = Rounds(world.config, world.database, world.gateway)
    terms = rounds.terms(turn)
    if stop == "kill":
        _kill(world, True)
    else:
        with world.database.system_writing() as session:
            session.execute(update(Org).values(state=OrgState.SUSPENDED))

    assert rounds.prepare(turn, terms) is None
    assert world.states() == ["pending"]


def _kill(world: World, is_pulled: bool) -> None:
    with world.database.system_writing() as session:
        name = KillSwitch.SALESFORCE_WRITES
        kill_switches.turn(session, name, is_pulled, by="staff", why="a test")


def test_a_row_is_held_back_by_an_earlier_one_of_its_person(world: World) -> None:
    """Order per record: waiting and leased hold back, parked and delivered do not."""
    first, second = world.contacts()[:2]
    world.record([first, second], 4)
    rows = world.rows()
    later = utcnow() + timedelta(hours=1)
    with world.writing() as session:
        waits = update(OutboxRow).where(OutboxRow.seq == rows[0].seq)
        session.execute(waits.values(state=DeliveryState.WAITING, not_before=later))
        parked = update(OutboxRow).where(OutboxRow.seq == rows[1].seq)
        session.execute(parked.values(state=DeliveryState.PARKED))

    world.drain()

    assert world.states() == ["waiting", "parked", "pending", "delivered"]


def test_a_dead_turn_is_taken_over_and_its_rows_are_unsure(world: World) -> None:
    """X4: they were frozen, and may have been sent."""
    world.record(world.contacts(), 10)
    first = world.claim()
    assert first is not None
    _freeze(world, first)
    assert set(world.states()) == {"leased"}
    assert world.claim() is None  # its heartbeat is fresh

    second = world.claim(_DEAD)

    assert second is not None
    assert set(world.states()) == {"waiting"}
    assert all(row.is_unsure for row in world.rows())


def test_a_worker_that_lost_its_lease_writes_nothing(world: World) -> None:
    """House: an outcome is written only where the lease id still matches."""
    world.record(world.contacts(), 10)
    first = world.claim()
    assert first is not None
    rounds = Rounds(world.config, world.database, world.gateway)
    prepared = rounds.prepare(first, rounds.terms(first))
    assert prepared is not None
    done = rounds.send(prepared)
    assert world.claim(_DEAD) is not None

    with pytest.raises(LeaseLostError), world.writing() as session:
        ledger.write(session, done)
    with pytest.raises(LeaseLostError), world.writing() as session:
        lease.beat(session, first)
    assert set(world.states()) == {"waiting"}


def test_a_turn_that_is_given_back_leaves_doubt_behind(world: World) -> None:
    """A worker that stops in the middle of a call."""
    world.record(world.contacts(), 10)
    turn = world.claim()
    assert turn is not None
    _freeze(world, turn)

    with world.writing() as session:
        lease.give_back(session, turn)

    assert set(world.states()) == {"waiting"}
    assert all(row.is_unsure for row in world.rows())
    world.drain()
    assert set(world.states()) == {"delivered"}
    assert len(world.activities()) == 10


def test_a_mistake_of_ours_lets_the_org_rest(world: World) -> None:
    """Nothing stays leased, and the other orgs go on."""
    world.record([world.contacts()[0]])
    turn = world.claim()
    assert turn is not None
    _freeze(world, turn)

    with world.writing() as session:
        ledger.abandon(session, turn, "internal_error")

    assert world.states() == ["waiting"]
    assert world.delivery().pause_reason == "internal_error"
    assert world.delivery().lease_id is None


def test_claims_cost_an_index_probe_per_org(tmp_path: Path) -> None:
    """The due rows of an org, and what holds them back, are found through partial indexes.

    SQLite uses these only when the states stand in the SQL text; PostgreSQL plans the same way.
    """
    database = Database(f"sqlite:///{tmp_path / 'plan.sqlite'}")
    schema.upgrade(database)
    statement = select(OrgDelivery.org_id).where(lease.claimable(LeaseTimes()))
    options = {"render_postcompile": True, "literal_binds": True}
    compiled = statement.compile(dialect=database.engine.dialect, compile_kwargs=options)
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    database.dispose()

    used = " ".join(str(row[3]) for row in plan)
    assert "ix_outbox_row_due" in used
    assert "ix_outbox_row_person" in used
    assert "ix_outbox_row_log" not in used  # those of the log hold all that was ever delivered
