"""Which events become activities: fills the port ``engagement.ports.Recorded`` (C4, E5, X4, X20).

Called in the intake's own transaction with the whole batch, so that no event is lost between the
timeline and the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from app.clock import utcnow
from app.crm.models import RecordLink, SObject
from app.db import TenantSession
from app.engagement.models import Confidence, Source
from app.engagement.ports import RecordedEvent
from app.ids import new_id
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.settings import KindPolicy, OrgSettings
from app.outbox.beside import beside
from app.outbox.models import FIRST_BATCH_SIZE, DeliveryState, OrgDelivery, OutboxRow
from app.outbox.ports import Wake, no_wake

_log = structlog.get_logger()

#: A visit's last beacon may arrive after its end; the activity waits for it.
_VISIT = "destination_visit"
_SETTLE_SECONDS = 2.0
_ONE_BY_ONE = (KindPolicy.EACH, KindPolicy.FIRST)


def planner(
    settle_seconds: float, wake: Wake = no_wake
) -> Callable[[TenantSession, Sequence[RecordedEvent]], None]:
    """The port's filling with its settings; ``wake`` is called after commit, and may fail."""

    def planned(session: TenantSession, events: Sequence[RecordedEvent]) -> None:
        beside(session, events)
        if plan(session, events, settle_seconds=settle_seconds) and wake is not no_wake:
            _wake_after_commit(session, wake)

    return planned


def plan(
    session: TenantSession,
    events: Sequence[RecordedEvent],
    *,
    settle_seconds: float = _SETTLE_SECONDS,
) -> int:
    """Put the events that the org wants as activities into the outbox; how many they are.

    A fixed number of statements, whatever the size of the batch. An event is planned once:
    a second call with the same visit changes nothing, with another event it is an error.
    """
    candidates = [event for event in events if _is_deliverable(event)]
    if not candidates or not features.is_enabled(session, Feature.ACTIVITY_TO_SALESFORCE):
        return 0
    chosen = _of_wanted_kinds(settings.read(session), candidates)
    if not chosen:
        return 0
    linked = linked_people(session, {event.person_id for event in chosen if event.person_id})
    now = utcnow()
    rows = [_row(event, linked, now, settle_seconds) for event in chosen]
    session.insert_many(OutboxRow, [row for row in rows if row["kind"] != _VISIT])
    visits = [row for row in rows if row["kind"] == _VISIT]
    if visits:
        session.upsert_many(OutboxRow, visits, key=["org_id", "event_id", "rank"])
    ensure_delivery(session)
    return len(rows)


def linked_people(session: TenantSession, people: set[UUID]) -> set[UUID]:
    """Which of these people have a Contact or Lead in the org: one statement."""
    if not people:
        return set()
    statement = select(RecordLink.person_id).where(
        RecordLink.person_id.in_(people),
        RecordLink.sobject.in_([SObject.CONTACT, SObject.LEAD]),
    )
    return {person for person in session.scalars(statement) if person is not None}


def _is_deliverable(event: RecordedEvent) -> bool:
    """Only what a known person did, now: not history, not scanners, not steps within a visit."""
    return (
        event.person_id is not None
        and not event.folded
        and event.source is not Source.IMPORT
        and event.confidence is Confidence.HUMAN
    )


def _of_wanted_kinds(chosen: OrgSettings, events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    policies = {kind: chosen.policy_of(kind) for kind in {event.kind for event in events}}
    return [event for event in events if policies[event.kind] in _ONE_BY_ONE]


def _row(
    event: RecordedEvent, linked: set[UUID], now: datetime, settle_seconds: float
) -> dict[str, Any]:
    settle = timedelta(seconds=settle_seconds if event.kind == _VISIT else 0)
    is_linked = event.person_id in linked
    return {
        "event_id": event.id,
        "person_id": event.person_id,
        "rank": 0,
        "kind": event.kind,
        "state": DeliveryState.PENDING if is_linked else DeliveryState.UNLINKED,
        "not_before": now + settle,
        "is_unsure": False,
        "attempts": 0,
        "error_reason": "",
        "error_code": "",
        "error_message": "",
        "settled_by": "",
        "created_at": now,
    }


def ensure_delivery(session: TenantSession) -> None:
    """The org's delivery row, which the worker takes turns by."""
    row = {
        "id": new_id(),
        "batch_size": FIRST_BATCH_SIZE,
        "failures": 0,
        "pause_reason": "",
    }
    session.upsert_many(OrgDelivery, [row], key=["org_id"])


def _wake_after_commit(session: TenantSession, wake: Wake) -> None:
    def committed(_session: object) -> None:
        try:
            wake()
        except Exception:  # noqa: BLE001  # a hint may fail in any way
            _log.exception("outbox.wake_failed")

    sqlalchemy_event.listen(session, "after_commit", committed, once=True)
