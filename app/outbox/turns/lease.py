"""Turns: one worker at a time serves an org, and what a dead worker held is taken over.

The turn is a row of the org (``OrgDelivery.lease_id``) that lives by its heartbeat, by the
database's clock. Rows that are being sent carry the turn's id; an outcome is written only where it
still matches. Functions take a session: those over all orgs are called by ``jobs`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    and_,
    bindparam,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from app.db import PreparedForAll, SystemSession, TenantSession, database_now
from app.ids import new_id
from app.orgs.catalogue import KillSwitch
from app.orgs.kill_switches import pulled
from app.orgs.models import SERVED, Org
from app.outbox.errors import LeaseLostError
from app.outbox.models import BreakerState, DeliveryBreaker, DeliveryState, OrgDelivery, OutboxRow


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """How often a turn's heartbeat is written, and after how long without one it is dead."""

    heartbeat_seconds: float = 10.0
    dead_after_seconds: float = 45.0


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send activities to one org; its pace, failures and last pause as they were."""

    org_id: UUID
    lease_id: UUID
    batch_size: int
    failures: int
    grow_after: datetime | None
    pause_reason: str = ""


def in_states(column: Any, *states: StrEnum) -> ColumnElement[bool]:
    """``state IN (…)`` with the values in the SQL text: SQLite proves partial indexes only so.

    Of one state ``state = …``: it takes the one for the other neither in a query nor in an index.
    """
    found: ColumnElement[bool]
    if len(states) == 1:
        one = bindparam(None, states[0], type_=column.type, literal_execute=True)
        found = column == one
    else:
        found = column.in_(bindparam(None, list(states), expanding=True, literal_execute=True))
    return found


def undelivered(column: Any) -> ColumnElement[bool]:
    """``state <> 'delivered'`` in the SQL text: what the index of the undelivered is proven by.

    It goes beside the states that are asked for; in the index, a list of them would have SQLite
    build the list anew for each row that is written.
    """
    delivered = bindparam(None, DeliveryState.DELIVERED, type_=column.type, literal_execute=True)
    found: ColumnElement[bool] = column != delivered
    return found


@cache
def due(*, of_turn: bool = False) -> ColumnElement[bool]:
    """Rows that may be sent now: nothing earlier of the same person is leased or must wait.

    With ``of_turn`` the statement takes a value ``turn``, its lease: what that turn itself holds
    does not hold back the rest: it is sent first, and looked at before anything later goes. Built
    once: putting it together costs more than its answer.
    """
    earlier = aliased(OutboxRow)
    held: ColumnElement[bool] = exists().where(
        earlier.org_id == OutboxRow.org_id,
        earlier.person_id == OutboxRow.person_id,
        earlier.seq < OutboxRow.seq,
        # history holds back history alone
        or_(earlier.backfill_id.is_(None), OutboxRow.backfill_id.is_not(None)),
        *_holds(earlier, of_turn=of_turn),
    )
    if of_turn:
        # asked once a statement: mostly nothing of the org holds, and no row is looked at for it
        anything = aliased(OutboxRow)
        held = and_(
            exists().where(undelivered(anything.state), *_holds(anything, of_turn=True)), held
        )
    return and_(
        in_states(OutboxRow.state, DeliveryState.PENDING, DeliveryState.WAITING),
        OutboxRow.not_before <= database_now(),
        ~held,
    )


def _holds(earlier: Any, *, of_turn: bool) -> tuple[ColumnElement[bool], ...]:
    """Whether a row holds back later ones of its person."""
    is_held = or_(earlier.state == DeliveryState.LEASED, earlier.not_before > database_now())
    if of_turn:
        is_held = and_(is_held, earlier.lease_id.is_distinct_from(bindparam("turn", type_=Uuid())))
    return in_states(earlier.state, DeliveryState.LEASED, DeliveryState.WAITING), is_held


def is_work_waiting(session: SystemSession, times: LeaseTimes) -> bool:
    """Whether any org could be claimed now."""
    return bool(session.read(_waiting(times)))


def claim(session: SystemSession, worker: str, times: LeaseTimes) -> Turn | None:
    """Take the turn of the org that was served longest ago and has something due.

    What a dead worker held becomes *unsure*: it was frozen and may have been sent.
    """
    found = session.read(_next(times))
    if not found:
        return None
    [(org_id, held_by, *pace)] = found
    if held_by is not None:
        doubt(session, org_id)
    turn = Turn(org_id, new_id(), *pace)
    session.execute(
        update(OrgDelivery)
        .where(OrgDelivery.org_id == turn.org_id)
        .values(
            lease_id=turn.lease_id,
            leased_by=worker[:64],
            heartbeat_at=database_now(),
            last_served_at=database_now(),
        )
        .execution_options(synchronize_session=False)
    )
    return turn


@lru_cache(maxsize=16)
def _waiting(times: LeaseTimes) -> PreparedForAll:
    return PreparedForAll(select(OrgDelivery.org_id).where(claimable(times)).limit(1))


@lru_cache(maxsize=16)
def _next(times: LeaseTimes) -> PreparedForAll:
    return PreparedForAll(
        select(
            OrgDelivery.org_id, OrgDelivery.lease_id, OrgDelivery.batch_size,
            OrgDelivery.failures, OrgDelivery.grow_after, OrgDelivery.pause_reason,
        )
        .where(claimable(times))
        .order_by(OrgDelivery.last_served_at.asc().nulls_first(), OrgDelivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=OrgDelivery)
    )  # fmt: skip


def beat(session: TenantSession, turn: Turn) -> None:
    """Keep the turn alive.

    Raises:
        LeaseLostError: Another worker has taken over.
    """
    kept = session.execute(
        update(OrgDelivery)
        .where(OrgDelivery.lease_id == turn.lease_id)
        .values(heartbeat_at=database_now())
        .execution_options(synchronize_session=False)
    )
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLostError


def give_back(session: TenantSession, turn: Turn) -> None:
    """End the turn; rows still in flight become unsure (a worker that stops calls this)."""
    mine = OrgDelivery.lease_id == turn.lease_id
    held = session.scalar(select(OrgDelivery.id).where(mine).with_for_update())
    if held is None:
        return
    doubt(session, turn.org_id)
    session.execute(
        update(OrgDelivery)
        .where(mine)
        .values(lease_id=None, leased_by=None, heartbeat_at=None)
        .execution_options(synchronize_session=False)
    )


def doubt(session: SystemSession | TenantSession, org_id: UUID) -> None:
    """Rows of a turn that ended without an outcome: they were frozen, and may have been sent.

    Rows of a Bulk job are none of a turn's.
    """
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.org_id == org_id, in_states(OutboxRow.state, DeliveryState.LEASED))
        .where(OutboxRow.load_id.is_(None))
        .values(state=DeliveryState.WAITING, lease_id=None, is_unsure=True)
        .execution_options(synchronize_session=False)
    )


@lru_cache(maxsize=16)
def claimable(times: LeaseTimes) -> ColumnElement[bool]:
    """Orgs that are served, rest from nothing, have something due or to try, held by nobody."""
    is_served = exists().where(Org.id == OrgDelivery.org_id, Org.state.in_(SERVED))
    has_due = exists().where(OutboxRow.org_id == OrgDelivery.org_id, due())
    is_dead = OrgDelivery.heartbeat_at < database_now(-times.dead_after_seconds)
    return and_(
        or_(OrgDelivery.paused_until.is_(None), OrgDelivery.paused_until <= database_now()),
        # a dead turn is taken even when nothing is due: its own rows are what holds the rest back
        or_(
            and_(OrgDelivery.lease_id.is_(None), or_(has_due, _has_probe())),
            and_(OrgDelivery.lease_id.is_not(None), is_dead),
        ),
        is_served,
        ~pulled(KillSwitch.SALESFORCE_WRITES),
    )


def _has_probe() -> ColumnElement[bool]:
    """Rows wait under a breaker, and it is time to try some of them (``turns.breakers``)."""
    waits = exists().where(
        OutboxRow.org_id == DeliveryBreaker.org_id,
        OutboxRow.kind == DeliveryBreaker.kind,
        in_states(OutboxRow.state, DeliveryState.HELD),
    )
    return exists().where(
        DeliveryBreaker.org_id == OrgDelivery.org_id,
        DeliveryBreaker.state == BreakerState.OPEN,
        DeliveryBreaker.next_probe_at <= database_now(),
        waits,
    )
