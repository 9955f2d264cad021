"""Turns at a back-fill: one worker at a time, alive by its heartbeat, like an org's own turn.

It is a turn of its own, so that what is live goes on while history is prepared, sent and waited
for. Functions over all orgs are called by ``jobs`` alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database, SystemSession, TenantSession, database_now
from app.ids import new_id
from app.orgs.catalogue import STOPS_HISTORY
from app.orgs.kill_switches import pulled
from app.orgs.models import SERVED, Org
from app.outbox.backfill.models import Backfill, BackfillState
from app.outbox.errors import LeaseLostError
from app.outbox.turns.lease import LeaseTimes

_log = structlog.get_logger()

OPEN = (BackfillState.RUNNING, BackfillState.STOPPING)


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to work at one back-fill."""

    org_id: UUID
    backfill_id: UUID
    lease_id: UUID


def is_work_waiting(session: SystemSession, times: LeaseTimes) -> bool:
    """Whether any back-fill could be claimed now."""
    return session.scalar(select(Backfill.id).where(_claimable(times)).limit(1)) is not None


def claim(session: SystemSession, worker: str, times: LeaseTimes) -> Hold | None:
    """Take the back-fill that was served longest ago and may be served now."""
    found = session.execute(
        select(Backfill.org_id, Backfill.id)
        .where(_claimable(times))
        .order_by(Backfill.served_at.asc().nulls_first(), Backfill.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Backfill)
    ).one_or_none()
    if found is None:
        return None
    hold = Hold(found.org_id, found.id, new_id())
    session.execute(
        update(Backfill)
        .where(Backfill.org_id == hold.org_id, Backfill.id == hold.backfill_id)
        .values(
            lease_id=hold.lease_id,
            leased_by=worker[:64],
            heartbeat_at=database_now(),
            served_at=database_now(),
        )
        .execution_options(synchronize_session=False)
    )
    return hold


def keep(session: TenantSession, hold: Hold, **values: object) -> None:
    """Keep the turn alive, and write these values of the back-fill.

    Called in every transaction that plans or settles, so that a worker that was taken for dead
    writes nothing.

    Raises:
        LeaseLostError: Another worker has taken over.
    """
    kept = session.execute(
        update(Backfill)
        .where(Backfill.id == hold.backfill_id, Backfill.lease_id == hold.lease_id)
        .values(heartbeat_at=database_now(), **values)
        .execution_options(synchronize_session=False)
    )
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLostError


def give_back(
    session: TenantSession, hold: Hold, *, again_in: float, reason: str = "", failures: int = 0
) -> None:
    """End the turn; the next one is so many seconds away."""
    keep(
        session,
        hold,
        lease_id=None,
        leased_by=None,
        next_at=database_now(again_in),
        pause_reason=reason[:64],
        failures=failures,
    )


@contextmanager
def beating(database: Database, hold: Hold, times: LeaseTimes) -> Iterator[None]:
    """The turn lives as long as this block, however long a call in it takes."""
    stopped = threading.Event()
    thread = threading.Thread(
        target=_beat, args=(database, hold, times.heartbeat_seconds, stopped), daemon=True,
        name="backfill-beat",
    )  # fmt: skip
    thread.start()
    try:
        yield
    finally:
        stopped.set()


def _beat(database: Database, hold: Hold, seconds: float, stopped: threading.Event) -> None:
    while not stopped.wait(seconds):
        try:
            with database.writing(hold.org_id) as session:
                keep(session, hold)
        except LeaseLostError:
            return  # the block finds out when it writes
        except SQLAlchemyError:
            _log.exception("backfill.no_heartbeat", org=str(hold.org_id))


def _claimable(times: LeaseTimes) -> ColumnElement[bool]:
    is_served = exists().where(Org.id == Backfill.org_id, Org.state.in_(SERVED))
    is_dead = Backfill.heartbeat_at < database_now(-times.dead_after_seconds)
    return and_(
        Backfill.state.in_(OPEN),
        Backfill.next_at <= database_now(),
        or_(Backfill.lease_id.is_(None), is_dead),
        is_served,
        ~pulled(*STOPS_HISTORY),
    )
