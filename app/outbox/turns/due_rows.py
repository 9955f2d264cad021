"""Rows of one org that may be sent now, with their events: one statement."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, bindparam, select

from app.db import Prepared, TenantSession
from app.engagement.models import Confidence, Event
from app.outbox.models import ActivityObject, OutboxRow
from app.outbox.turns.lease import Turn, due


class DueRow(NamedTuple):
    """A row with its event. What is frozen is None until the first send."""

    seq: int
    event_id: UUID
    person_id: UUID
    rank: int
    kind: str
    attempts: int
    is_unsure: bool
    sobject: ActivityObject | None
    activity_key: str | None
    payload: dict[str, Any] | None
    opportunity_id: UUID | None
    leased_at: datetime | None
    occurred_at: datetime
    subject: str
    url: str
    properties: dict[str, Any]
    confidence: Confidence
    visit_id: UUID | None
    backfill_id: UUID | None = None
    user_key: str | None = None


def read(session: TenantSession, turn: Turn) -> list[DueRow]:
    """The next batch, in order; locked on PostgreSQL until the commit. History goes last."""
    rows = _read(session, turn, turn.batch_size, of_history=False)
    if len(rows) < turn.batch_size:
        rows += _read(session, turn, turn.batch_size - len(rows), of_history=True)
    return rows


def _read(session: TenantSession, turn: Turn, limit: int, *, of_history: bool) -> list[DueRow]:
    found = session.read(_statement(of_history), turn=turn.lease_id, most=limit)
    return list(map(DueRow._make, found))


@cache
def _statement(of_history: bool) -> Prepared:
    which = OutboxRow.backfill_id.is_not(None) if of_history else OutboxRow.backfill_id.is_(None)
    return Prepared(
        select(
            OutboxRow.seq, OutboxRow.event_id, OutboxRow.person_id, OutboxRow.rank,
            OutboxRow.kind, OutboxRow.attempts, OutboxRow.is_unsure, OutboxRow.sobject,
            OutboxRow.activity_key, OutboxRow.payload, OutboxRow.opportunity_id,
            OutboxRow.leased_at, Event.occurred_at, Event.subject, Event.url, Event.properties,
            Event.confidence, Event.visit_id,
            OutboxRow.backfill_id, Event.user_key,
        )
        .join(Event, Event.id == OutboxRow.event_id)
        .where(due(of_turn=True), which)
        .order_by(OutboxRow.seq)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True, of=OutboxRow)
    )  # fmt: skip
