"""A back-fill as a turn finds it: what is under way, what waits, what keeps it from going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import TenantSession
from app.outbox.backfill.loads import FEATURE
from app.outbox.backfill.models import Backfill, BackfillLoad, LoadState
from app.outbox.backfill.turns import Hold
from app.outbox.models import (
    BreakerState,
    DeliveryBreaker,
    DeliveryState,
    OrgDelivery,
    OutboxRow,
)
from app.salesforce import budget

#: How soon to look again: after rows that the org's turns send, and after anything else.
SOON = 1.0
#: After its trial sooner, since all waits for it; unless it takes long.
_AFTER_TRIAL = 0.25
_QUICK_TRIAL = timedelta(seconds=10)
LOOK_AGAIN = 60.0

_OPEN = (
    DeliveryState.PENDING,
    DeliveryState.WAITING,
    DeliveryState.LEASED,
    DeliveryState.HELD,
)


@dataclass(frozen=True, slots=True)
class Rest:
    """When there is more to do, and why not earlier."""

    seconds: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a back-fill stands.

    Attributes:
        backfill: Its row.
        loads: Bulk jobs that have not ended.
        has_loads: Whether there ever was one.
        open_rows: Ordinary rows of it that are on their way.
        rest: Why nothing new may begin now.
    """

    backfill: Backfill
    loads: Sequence[BackfillLoad]
    has_loads: bool
    open_rows: int
    rest: Rest | None

    @property
    def due(self) -> list[BackfillLoad]:
        """Loads that can be brought further now."""
        return [load for load in self.loads if load.next_at <= utcnow()]

    @property
    def after_trial(self) -> float:
        """Seconds until the trial is looked after again."""
        is_young = utcnow() - self.backfill.asked_at < _QUICK_TRIAL
        return _AFTER_TRIAL if is_young else SOON

    @property
    def next_poll(self) -> float:
        """Seconds until a load is to be asked after."""
        waits = [(load.next_at - utcnow()).total_seconds() for load in self.loads]
        return max(0.0, min(waits, default=SOON))


def read(session: TenantSession, hold: Hold, unwritten: Mapping[str, int]) -> Standing:
    """Where it stands; ``unwritten`` are calls that the database does not know of yet."""
    backfill = session.get_one(Backfill, hold.backfill_id)
    of_it = BackfillLoad.backfill_id == backfill.id
    loads = session.scalars(
        select(BackfillLoad)
        .where(of_it, BackfillLoad.state != LoadState.DONE)
        .order_by(BackfillLoad.created_at, BackfillLoad.id)
    ).all()
    has_loads = session.scalar(select(BackfillLoad.id).where(of_it).limit(1)) is not None
    return Standing(
        backfill,
        loads,
        has_loads,
        _open_rows(session, hold, [load.id for load in loads]),
        _why_rest(session, backfill, unwritten),
    )


def _open_rows(session: TenantSession, hold: Hold, loads: Sequence[UUID]) -> int:
    """All that are open but those of jobs: both are counted in an index, without their rows."""
    statement = select(func.count()).where(
        OutboxRow.backfill_id == hold.backfill_id, OutboxRow.state.in_(_OPEN)
    )
    found = session.scalar(statement) or 0
    if not loads:
        return found
    in_jobs = select(func.count()).where(OutboxRow.load_id.in_(loads))
    return found - (session.scalar(in_jobs) or 0)


def _why_rest(
    session: TenantSession, backfill: Backfill, unwritten: Mapping[str, int]
) -> Rest | None:
    """History can wait: for an org that rests, a rule to be mended, calls to be left."""
    delivery = session.scalar(select(OrgDelivery))
    if delivery is not None and delivery.paused_until and delivery.paused_until > utcnow():
        return Rest(_until(delivery.paused_until), delivery.pause_reason)
    held = select(DeliveryBreaker.kind).where(
        DeliveryBreaker.state == BreakerState.OPEN, DeliveryBreaker.kind.in_(backfill.kinds)
    )
    if session.scalar(held.limit(1)) is not None:
        return Rest(LOOK_AGAIN, "kind_held")
    if budget.standing(session, unwritten, feature=FEATURE).slow_down:
        return Rest(LOOK_AGAIN, "budget_low")
    return None


def _until(moment: datetime) -> float:
    wait: timedelta = moment - utcnow()
    return min(max(wait.total_seconds(), 0.0), LOOK_AGAIN)
