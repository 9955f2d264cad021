"""Which events become activities: fills the port ``engagement.ports.Recorded`` (C4, E5, X4, X20).

Called in the intake's own transaction with the whole batch, so that no event is lost between the
timeline and the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import event as sqlalchemy_event

from app.clock import utcnow
from app.db import TenantSession
from app.engagement.models import Confidence, Source
from app.engagement.ports import RecordedEvent
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.settings import KindPolicy, OrgSettings
from app.outbox.beside import beside
from app.outbox.digests.collecting import collect
from app.outbox.models import OutboxRow
from app.outbox.once import first_key
from app.outbox.planned import ensure_delivery, linked_people, new_row
from app.outbox.ports import Wake, no_wake

_log = structlog.get_logger()

#: A visit's last beacon may arrive after its end; the activity waits for it.
_VISIT = "destination_visit"
_SETTLE_SECONDS = 2.0


def planner(
    settle_seconds: float, wake: Wake = no_wake
) -> Callable[[TenantSession, Sequence[RecordedEvent]], None]:
    """The port's filling with its settings; ``wake`` is called after commit, and may fail."""

    def planned(session: TenantSession, events: Sequence[RecordedEvent]) -> None:
        if all(event.person_id is None for event in events):
            return
        switched_on = features.enabled(session)
        beside(session, events, switched_on)
        count = plan(session, events, settle_seconds=settle_seconds, switched_on=switched_on)
        if count and wake is not no_wake:
            _wake_after_commit(session, wake)

    return planned


def plan(
    session: TenantSession,
    events: Sequence[RecordedEvent],
    *,
    settle_seconds: float = _SETTLE_SECONDS,
    switched_on: Collection[Feature] | None = None,
) -> int:
    """Put the events that the org wants as activities into the outbox; how many they may be.

    A fixed number of statements, whatever the size of the batch. An event is planned once:
    a second call with the same visit changes nothing, with another event it is an error. Of what
    is wanted the first time only there is one row; what is wanted as a digest waits for its day.
    ``switched_on``: the org's features, if they were read already.
    """
    candidates = [event for event in events if _is_deliverable(event)]
    if not candidates:
        return 0
    known = features.enabled(session) if switched_on is None else switched_on
    if Feature.ACTIVITY_TO_SALESFORCE not in known:
        return 0
    chosen = settings.read(session)
    wanted = _by_policy(chosen, candidates)
    now = utcnow()
    if told := wanted[KindPolicy.DIGEST]:
        collect(session, chosen, told, now)
    each, first = wanted[KindPolicy.EACH], wanted[KindPolicy.FIRST]
    if not each and not first:
        return 0
    people = {event.person_id for event in (*each, *first) if event.person_id is not None}
    linked = linked_people(session, people)
    rows = [_row(event, linked, now, settle_seconds) for event in each]
    _insert(session, rows)
    if first:
        first_rows = [_row(event, linked, now, settle_seconds) for event in first]
        keyed = zip(first_rows, first, strict=True)
        rows_once = [{**row, "once_key": first_key(event)} for row, event in keyed]
        session.upsert_many(OutboxRow, rows_once, key=[])
    ensure_delivery(session)
    return len(each) + len(first)


def _insert(session: TenantSession, rows: Sequence[dict[str, Any]]) -> None:
    session.insert_many(OutboxRow, [row for row in rows if row["kind"] != _VISIT])
    visits = [row for row in rows if row["kind"] == _VISIT]
    if visits:
        session.upsert_many(OutboxRow, visits, key=["org_id", "event_id", "rank"])


def _is_deliverable(event: RecordedEvent) -> bool:
    """Only what a known person did, now: not history, not scanners, not steps within a visit."""
    return (
        event.person_id is not None
        and not event.folded
        and event.source is not Source.IMPORT
        and event.confidence is Confidence.HUMAN
    )


def _by_policy(
    chosen: OrgSettings, events: Sequence[RecordedEvent]
) -> Mapping[KindPolicy, list[RecordedEvent]]:
    """The events by what becomes of them; what is wanted the first time only, in order of time."""
    policies = {kind: chosen.policy_of(kind) for kind in {event.kind for event in events}}
    found: dict[KindPolicy, list[RecordedEvent]] = {policy: [] for policy in KindPolicy}
    for event in events:
        found[policies[event.kind]].append(event)
    found[KindPolicy.FIRST].sort(key=lambda event: event.occurred_at)
    return found


def _row(
    event: RecordedEvent, linked: set[UUID], now: datetime, settle_seconds: float
) -> dict[str, Any]:
    settle = timedelta(seconds=settle_seconds if event.kind == _VISIT else 0)
    return new_row(
        event.id,
        event.person_id,
        event.kind,
        is_linked=event.person_id in linked,
        now=now,
        not_before=now + settle,
    )


def _wake_after_commit(session: TenantSession, wake: Wake) -> None:
    def committed(_session: object) -> None:
        try:
            wake()
        except Exception:  # noqa: BLE001  # a hint may fail in any way
            _log.exception("outbox.wake_failed")

    sqlalchemy_event.listen(session, "after_commit", committed, once=True)
