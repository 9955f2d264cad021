"""Writes what a round decided: one transaction, and only while the turn is still ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.clock import utcnow
from app.db import TenantSession, database_now
from app.outbox import lease, pace
from app.outbox.errors import LeaseLostError
from app.outbox.lease import Turn
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from app.outbox.settlement import Settlement


def write(session: TenantSession, settlement: Settlement) -> None:
    """Write the outcomes, the org's pace, and give the turn back.

    Raises:
        LeaseLostError: Another worker holds the org by now; it will find out by itself.
    """
    turn = settlement.turn
    _write_delivery(session, settlement)
    still_ours = [OutboxRow.lease_id == turn.lease_id]
    done = {
        "state": DeliveryState.DELIVERED,
        "settled_at": database_now(),
        "lease_id": None,
        "is_unsure": False,
        "error_reason": "",
        "error_code": "",
        "error_message": "",
    }
    session.update_many(OutboxRow, settlement.delivered, key="seq", where=still_ours, set_=done)
    session.update_many(
        OutboxRow, settlement.others, key="seq", where=still_ours, set_={"lease_id": None}
    )


def abandon(session: TenantSession, turn: Turn, reason: str) -> None:
    """Give the turn back after a mistake of ours: what was in flight is unsure, the org rests.

    Raises:
        LeaseLostError: Another worker has the turn, and doubts the rows itself.
    """
    _write_delivery(session, Settlement(turn, pause_reason=reason))
    lease.doubt(session, turn.org_id)


def _write_delivery(session: TenantSession, settlement: Settlement) -> None:
    turn = settlement.turn
    speed = _pace_after(settlement)
    values: dict[str, Any] = {
        "batch_size": speed.batch_size,
        "grow_after": speed.grow_after,
        "failures": settlement.failures,
        "pause_reason": settlement.pause_reason[:64],
        "paused_until": None,
        "last_served_at": database_now(),
        "lease_id": None,
        "leased_by": None,
        "heartbeat_at": None,
    }
    if settlement.pause_reason:
        rest: timedelta = pace.pause(settlement.pause_reason, settlement.failures)
        values["paused_until"] = database_now(rest.total_seconds())
    written = session.execute(
        update(OrgDelivery)
        .where(OrgDelivery.lease_id == turn.lease_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLostError


def _pace_after(settlement: Settlement) -> pace.Pace:
    before = pace.Pace(settlement.turn.batch_size, settlement.turn.grow_after)
    if not settlement.sent or not (settlement.answered or settlement.was_refused):
        return before
    return pace.after_call(
        before,
        sent=settlement.sent,
        seconds=settlement.seconds,
        was_load=settlement.was_load,
        was_refused=settlement.was_refused,
        now=utcnow(),
    )
