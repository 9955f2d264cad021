"""What a person decides about activities that do not move by themselves: try again, or drop."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, CursorResult, func, null, select, update

from app.clock import utcnow
from app.db import TenantSession
from app.outbox.follow_ups.rules import FIRST_RANK
from app.outbox.log import Asked, criteria
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.turns import breakers
from app.outbox.turns.lease import in_states

#: States in which a person may try again; those waiting just go sooner.
RETRIED = (DeliveryState.PARKED, DeliveryState.WAITING, DeliveryState.HELD)
DROPPED = (
    DeliveryState.PARKED,
    DeliveryState.WAITING,
    DeliveryState.HELD,
    DeliveryState.UNLINKED,
    DeliveryState.PENDING,
)
_DIGEST = "digest"

Which = Asked | Sequence[int]


def count(session: TenantSession, which: Which, states: Sequence[DeliveryState]) -> int:
    """How many rows a decision would concern."""
    found = select(func.count()).select_from(OutboxRow).where(*_criteria(which, states))
    return session.scalar(found) or 0


def retry(session: TenantSession, which: Which) -> int:
    """Let these be sent again at once; how many they are.

    What Salesforce surely refused is composed anew, since its cause may lie in what it says; where
    that is unsure the worker first asks whether it arrived. Kinds held by a breaker are tried by
    it: some first, the others if one passes.
    """
    chosen = [*_criteria(which, RETRIED)]
    held = session.scalars(
        select(OutboxRow.kind)
        .where(*chosen, in_states(OutboxRow.state, DeliveryState.HELD))
        .distinct()
    ).all()
    for kind in held:
        breakers.reset(session, kind)
    is_ours_to_compose = [
        OutboxRow.is_unsure.is_(False),
        OutboxRow.rank < FIRST_RANK,
        OutboxRow.kind != _DIGEST,
        in_states(OutboxRow.state, DeliveryState.PARKED),
    ]
    _change(
        session, [*chosen, *is_ours_to_compose],
        payload=null(), sobject=None, activity_key=None, first_sent_at=None, leased_at=None,
    )  # fmt: skip
    return _change(
        session,
        [*chosen, in_states(OutboxRow.state, DeliveryState.PARKED, DeliveryState.WAITING)],
        state=DeliveryState.PENDING,
        not_before=utcnow(),
        attempts=0,
    ) + (count(session, which, (DeliveryState.HELD,)) if held else 0)


def drop(session: TenantSession, which: Which, *, by: str) -> int:
    """Never send these; how many they are."""
    return _change(
        session,
        [*_criteria(which, DROPPED)],
        state=DeliveryState.DROPPED,
        settled_by=by[:255],
        settled_at=utcnow(),
    )


def _criteria(which: Which, states: Sequence[DeliveryState]) -> list[ColumnElement[bool]]:
    mine = criteria(which) if isinstance(which, Asked) else [OutboxRow.seq.in_(which)]
    return [*mine, in_states(OutboxRow.state, *states)]


def _change(session: TenantSession, which: Sequence[ColumnElement[bool]], **values: object) -> int:
    changed = session.execute(
        update(OutboxRow)
        .where(*which)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)  # noqa: S101  # what an UPDATE gives
    return changed.rowcount
