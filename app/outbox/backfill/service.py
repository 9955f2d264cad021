"""Verbs of back-fills: start one, stop it, tell how far it is (L5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import TenantSession
from app.ids import new_id
from app.orgs import audit, features, settings
from app.orgs.audit import Tag
from app.orgs.features import Feature
from app.orgs.settings import KindPolicy, OrgSettings
from app.outbox.backfill import preview
from app.outbox.backfill.errors import BackfillRefusedError
from app.outbox.backfill.models import Backfill, BackfillLoad, BackfillState, LoadState
from app.outbox.backfill.span import Span
from app.outbox.backfill.turns import OPEN
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.planned import ensure_delivery


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a back-fill is.

    ``rows`` counts its activities by state; ``jobs`` its Bulk jobs, all and those that have ended.
    """

    backfill: Backfill
    rows: Mapping[DeliveryState, int]
    jobs: int
    jobs_done: int

    @property
    def settled(self) -> int:
        """Activities of which nothing more becomes by itself."""
        ended = (DeliveryState.DELIVERED, DeliveryState.PARKED, DeliveryState.DROPPED)
        by_others = (DeliveryState.UNLINKED, DeliveryState.PAUSED)
        return sum(self.rows.get(state, 0) for state in (*ended, *by_others))


def span_of(
    session: TenantSession, kinds: Sequence[str], since: datetime | None, until: datetime | None
) -> Span:
    """What somebody asks for; without kinds all those that the org wants.

    Raises:
        BackfillRefusedError: A kind is not wanted, or the time is none.
    """
    chosen = settings.read(session)
    refused = [kind for kind in kinds if chosen.policy_of(kind) is KindPolicy.OFF]
    if refused:
        raise BackfillRefusedError(
            f"{', '.join(refused)}: this org wants no activities of it. Switch it on first.",
            reason="kind_off",
        )
    end = min(until or utcnow(), utcnow())
    if since is not None and since >= end:
        raise BackfillRefusedError("The time ends before it begins.", reason="no_time")
    return Span(sorted(set(kinds)) or _wanted_kinds(session, chosen), since, end)


def start(session: TenantSession, span: Span, by: str) -> Backfill:
    """Ask for the history of the session's org; the worker does the rest.

    Raises:
        BackfillRefusedError: One is under way, activities are off, or there is nothing to do.
    """
    if not features.is_enabled(session, Feature.ACTIVITY_TO_SALESFORCE):
        raise BackfillRefusedError(
            "Activities are switched off for this org; switch them on first.", reason="feature_off"
        )
    if session.scalar(select(Backfill.id).where(Backfill.state.in_(OPEN))) is not None:
        raise BackfillRefusedError(
            "A back-fill of this org is under way; wait for its end or stop it.",
            reason="already_running",
        )
    counts = preview.count(session, span)
    if not counts.events:
        raise BackfillRefusedError(
            "There are no such events without an activity.", reason="nothing_to_do"
        )
    backfill = Backfill(
        id=new_id(),
        kinds=list(span.kinds),
        since=span.since,
        until=span.until,
        uses_bulk=counts.activities > preview.BULK_ABOVE,
        expected=counts.events,
        asked_by=by[:255],
        next_at=utcnow(),
    )
    session.add(backfill)
    ensure_delivery(session)
    audit.record(
        session,
        Tag.BACKFILL_STARTED,
        by,
        backfill=str(backfill.id),
        kinds=list(span.kinds),
        since=span.since.isoformat() if span.since else None,
        until=span.until.isoformat(),
        events=counts.events,
    )
    session.flush()
    return backfill


def stop(session: TenantSession, by: str) -> Backfill:
    """Send nothing more of the back-fill under way; what was sent stays.

    What was planned and never sent is taken back, so that it can be asked for again.

    Raises:
        BackfillRefusedError: None is under way.
    """
    found = session.scalar(
        select(Backfill).where(Backfill.state == BackfillState.RUNNING).with_for_update()
    )
    if found is None:
        raise BackfillRefusedError("No back-fill is under way.", reason="not_running")
    found.state = BackfillState.STOPPING
    found.stopped_by = by[:255]
    found.next_at = utcnow()
    audit.record(session, Tag.BACKFILL_STOPPED, by, backfill=str(found.id))
    session.flush()
    return found


def progress(session: TenantSession, limit: int = 20) -> list[Progress]:
    """The org's latest back-fills, newest first: three statements."""
    found = session.scalars(select(Backfill).order_by(Backfill.asked_at.desc()).limit(limit)).all()
    ids = [backfill.id for backfill in found]
    rows = session.execute(
        select(OutboxRow.backfill_id, OutboxRow.state, func.count())
        .where(OutboxRow.backfill_id.in_(ids))
        .group_by(OutboxRow.backfill_id, OutboxRow.state)
    ).all()
    loads = session.execute(
        select(BackfillLoad.backfill_id, BackfillLoad.state).where(
            BackfillLoad.backfill_id.in_(ids)
        )
    ).all()
    return [
        Progress(
            backfill,
            {state: count for owner, state, count in rows if owner == backfill.id},
            sum(owner == backfill.id for owner, _ in loads),
            sum(owner == backfill.id and state is LoadState.DONE for owner, state in loads),
        )
        for backfill in found
    ]


def _wanted_kinds(session: TenantSession, chosen: OrgSettings) -> list[str]:
    kinds = {*settings.DEFAULT_KINDS, *chosen.kinds}
    return sorted(kind for kind in kinds if chosen.policy_of(kind) is not KindPolicy.OFF)
