"""Reads of the outbox: what waits, for metrics and pages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from app.db import SystemSession, TenantSession
from app.outbox.lease import in_states
from app.outbox.models import DeliveryState, OutboxRow

_OPEN = (
    DeliveryState.UNLINKED,
    DeliveryState.PENDING,
    DeliveryState.LEASED,
    DeliveryState.WAITING,
    DeliveryState.PARKED,
)


def depth(session: SystemSession | TenantSession) -> Mapping[DeliveryState, int]:
    """Rows that are not settled, by state: of all orgs, or of the session's."""
    rows = session.execute(
        select(OutboxRow.state, func.count())
        .where(in_states(OutboxRow.state, *_OPEN))
        .group_by(OutboxRow.state)
    )
    return dict.fromkeys(_OPEN, 0) | dict(rows.all())
