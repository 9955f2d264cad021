"""Reads of the outbox: what waits and why, for metrics and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import SystemSession, TenantSession
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from app.outbox.turns import breakers
from app.outbox.turns.breakers import Breaker
from app.outbox.turns.lease import in_states, undelivered
from app.outbox.turns.outcomes import BUDGET_SPENT, PAUSES
from app.salesforce import budget
from app.salesforce.budget import Standing

_OPEN = (
    DeliveryState.UNLINKED,
    DeliveryState.PENDING,
    DeliveryState.LEASED,
    DeliveryState.WAITING,
    DeliveryState.PARKED,
    DeliveryState.HELD,
    DeliveryState.PAUSED,
)


def depth(session: SystemSession | TenantSession) -> Mapping[DeliveryState, int]:
    """Rows that are not settled, by state: of all orgs, or of the session's."""
    rows = session.execute(
        select(OutboxRow.state, func.count())
        .where(undelivered(OutboxRow.state), in_states(OutboxRow.state, *_OPEN))
        .group_by(OutboxRow.state)
    )
    return dict.fromkeys(_OPEN, 0) | dict(rows.all())


@dataclass(frozen=True, slots=True)
class Condition:
    """How deliveries to an org stand.

    Attributes:
        waiting: Activities that are not settled, by state.
        pause_reason: Why the whole org rests; empty when it does not.
        pause_words: The same in a sentence for an admin.
        paused_until: When it is served again.
        breakers: Kinds that wait for a rule to be mended.
        standing: The budget of API calls.
    """

    waiting: Mapping[DeliveryState, int]
    pause_reason: str
    pause_words: str
    paused_until: datetime | None
    breakers: Sequence[Breaker]
    standing: Standing


def condition(session: TenantSession) -> Condition:
    """How deliveries to the session's org stand: six statements."""
    found = session.scalar(select(OrgDelivery))
    standing = budget.standing(session)
    rests = found is not None and found.paused_until is not None and found.paused_until > utcnow()
    reason = found.pause_reason if found is not None and rests else ""
    until = found.paused_until if found is not None and rests else None
    if reason == BUDGET_SPENT:  # it is looked at every minute, and will go on then
        until = standing.resumes_at
    return Condition(
        waiting=depth(session),
        pause_reason=reason,
        pause_words=PAUSES.get(reason, ""),
        paused_until=until,
        breakers=breakers.opened(session),
        standing=standing,
    )
