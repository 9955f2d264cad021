"""Writes what a round decided: one transaction, and only while the turn is still ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.clock import utcnow
from app.db import TenantSession, database_now
from app.outbox.errors import LeaseLostError
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from app.outbox.owners import users
from app.outbox.turns import breakers, lease, pace
from app.outbox.turns.lease import Turn
from app.outbox.turns.settlement import Settlement

_DELIVERED = {
    "state": DeliveryState.DELIVERED,
    "settled_at": database_now(),
    "lease_id": None,
    "is_unsure": False,
    "error_reason": "",
    "error_code": "",
    "error_message": "",
}


def write(session: TenantSession, settlement: Settlement, *, is_last: bool = True) -> None:
    """Write the outcomes and the org's pace; the last one of a turn gives the turn back.

    Raises:
        LeaseLostError: Another worker holds the org by now; it will find out by itself.
    """
    turn = settlement.turn
    _write_delivery(session, settlement, is_last=is_last)
    breakers.settle(session, settlement)
    users.mark_unfit(session, settlement.unfit_owners)
    still_ours = {"lease_id": turn.lease_id}
    session.update_many(
        OutboxRow, settlement.delivered, key="seq", where=still_ours, set_=_DELIVERED
    )
    session.update_many(
        OutboxRow, settlement.others, key="seq", where=still_ours, set_={"lease_id": None}
    )


def abandon(session: TenantSession, turn: Turn, reason: str) -> None:
    """Give the turn back after a mistake of ours: what was in flight is unsure, the org rests.

    Raises:
        LeaseLostError: Another worker has the turn, and doubts the rows itself.
    """
    _write_delivery(session, Settlement(turn, pause_reason=reason), is_last=True)
    lease.doubt(session, turn.org_id)


def _write_delivery(session: TenantSession, settlement: Settlement, *, is_last: bool) -> None:
    turn = settlement.turn
    speed = settlement.pace()
    values: dict[str, Any] = {
        "batch_size": speed.batch_size,
        "grow_after": speed.grow_after,
        "failures": settlement.failures,
        "pause_reason": settlement.pause_reason[:64],
        "paused_until": None,
        "last_served_at": database_now(),
        "heartbeat_at": database_now(),
    }
    if is_last:
        values |= {"lease_id": None, "leased_by": None, "heartbeat_at": None}
    if settlement.pause_reason:
        values["paused_until"] = database_now(_rest(settlement).total_seconds())
    written = session.execute(
        update(OrgDelivery)
        .where(OrgDelivery.lease_id == turn.lease_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLostError


def _rest(settlement: Settlement) -> timedelta:
    """A rest with a known end is looked at again meanwhile: that costs no call, and somebody may
    have raised the budget.
    """
    if settlement.pause_until is not None:
        return max(timedelta(), min(settlement.pause_until - utcnow(), pace.LOOK_AGAIN))
    return pace.pause(settlement.pause_reason, settlement.failures)
