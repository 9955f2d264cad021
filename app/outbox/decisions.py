"""What a person decides about activities: try again, drop, pause, let go on.

*Paused* is a state of the row: whatever looks for rows to send, to link, to hold or to try again
looks for other states, in this version and in those before it. What is under way to Salesforce at
that moment is not paused; what follows of the same person is not held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, func, null, select, update

from app.clock import utcnow
from app.db import TenantSession
from app.outbox.follow_ups.rules import FIRST_RANK
from app.outbox.log import Asked, criteria
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from app.outbox.service import is_linked
from app.outbox.turns import breakers
from app.outbox.turns.lease import in_states, undelivered

#: States in which a person may try again; those waiting just go sooner.
RETRIED = (DeliveryState.PARKED, DeliveryState.WAITING, DeliveryState.HELD)
#: All that is not in Salesforce, under way to it, or given up.
PAUSABLE = (
    DeliveryState.PARKED,
    DeliveryState.WAITING,
    DeliveryState.HELD,
    DeliveryState.UNLINKED,
    DeliveryState.PENDING,
)
DROPPED = (*PAUSABLE, DeliveryState.PAUSED)
RESUMED = (DeliveryState.PAUSED,)
_DIGEST = "digest"

Which = Asked | Sequence[int]


def count(session: TenantSession, which: Which, states: Sequence[DeliveryState]) -> int:
    """How many rows a decision would concern."""
    found = select(func.count()).select_from(OutboxRow).where(*_criteria(which, states))
    return session.scalar(found) or 0


def retry(session: TenantSession, which: Which, *, by_rep: bool = False) -> int:
    """Let these be sent again at once; how many they are.

    ``by_rep``: what Salesforce says to them counts for no breaker, so that nobody's clicks hold
    what others wait for.

    What Salesforce surely refused is composed anew, since its cause may lie in what it says; where
    that is unsure the worker first asks whether it arrived. Kinds held by a breaker are tried by
    it: some first, the others if one passes.
    """
    _hold_turn(session)
    chosen = [*_criteria(which, RETRIED)]
    held = session.scalars(
        select(OutboxRow.kind)
        .where(*chosen, in_states(OutboxRow.state, DeliveryState.HELD))
        .distinct()
    ).all()
    for kind in held:
        breakers.reset(session, kind)
    _compose_anew(session, [*chosen, in_states(OutboxRow.state, DeliveryState.PARKED)])
    return _change(
        session,
        [*chosen, in_states(OutboxRow.state, DeliveryState.PARKED, DeliveryState.WAITING)],
        state=DeliveryState.PENDING,
        not_before=utcnow(),
        attempts=0,
        of_rep=by_rep,
    ) + (count(session, which, (DeliveryState.HELD,)) if held else 0)


def pause(session: TenantSession, which: Which, *, by: str, why: str) -> int:
    """Send none of these until somebody lets them go on; how many they are."""
    _hold_turn(session)
    return _change(
        session,
        [*_criteria(which, PAUSABLE)],
        state=DeliveryState.PAUSED,
        settled_by=by[:255],
        paused_why=why[:200],
    )


def resume(session: TenantSession, which: Which) -> int:
    """Let what was paused go on, as if it were tried for the first time; how many they are.

    Whose person has no record waits for one again.
    """
    _hold_turn(session)
    chosen = _criteria(which, RESUMED)
    _compose_anew(session, chosen)
    begun: dict[str, Any] = {"settled_by": "", "paused_why": None, "attempts": 0}
    begun |= {"not_before": utcnow()}
    unlinked = [*chosen, OutboxRow.rank == 0, ~is_linked()]
    return _change(session, unlinked, state=DeliveryState.UNLINKED, **begun) + _change(
        session, chosen, state=DeliveryState.PENDING, **begun
    )


def _hold_turn(session: TenantSession) -> None:
    """First the org's row, as workers do: nobody waits for another's rows or breakers in a circle.

    While it is held no row of the org is frozen for sending, or settled.
    """
    session.scalar(select(OrgDelivery.id).with_for_update())


def _compose_anew(session: TenantSession, chosen: Sequence[ColumnElement[bool]]) -> None:
    """What surely is not in Salesforce may say something else at the next try."""
    is_ours_to_compose = [
        OutboxRow.is_unsure.is_(False),
        OutboxRow.rank < FIRST_RANK,
        OutboxRow.kind != _DIGEST,
    ]
    _change(
        session, [*chosen, *is_ours_to_compose],
        payload=null(), sobject=None, activity_key=None, first_sent_at=None, leased_at=None,
    )  # fmt: skip


def drop(session: TenantSession, which: Which, *, by: str) -> int:
    """Never send these; how many they are."""
    _hold_turn(session)
    return _change(
        session,
        [*_criteria(which, DROPPED)],
        state=DeliveryState.DROPPED,
        settled_by=by[:255],
        settled_at=utcnow(),
    )


def _criteria(which: Which, states: Sequence[DeliveryState]) -> list[ColumnElement[bool]]:
    if not isinstance(which, Asked):
        return [OutboxRow.seq.in_(which), in_states(OutboxRow.state, *states)]
    # along the index of what is not delivered, which is little
    few = undelivered(OutboxRow.state)
    return [*criteria(which), few, in_states(OutboxRow.state, *states)]


def _change(session: TenantSession, which: Sequence[ColumnElement[bool]], **values: object) -> int:
    changed = session.execute(
        update(OutboxRow)
        .where(*which)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)  # noqa: S101  # what an UPDATE gives
    return changed.rowcount
