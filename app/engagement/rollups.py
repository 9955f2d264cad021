"""The daily rollup and the state of a person, written in the transaction of the events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select

from app.db import TenantSession
from app.engagement.kinds import engages
from app.engagement.models import Confidence, DailyRollup, EngagementState, Event
from app.engagement.ports import RecordedEvent
from app.engagement.score import points_of


@dataclass(frozen=True, slots=True)
class Change:
    """What changes in the rollup: an event more or less, or only its points."""

    person_id: UUID
    occurred_at: datetime
    kind: str
    confidence: Confidence
    points: float
    events: int = 1


def change_of(event: Event | RecordedEvent, *, events: int = 1) -> Change | None:
    """An event as it counts; None for steps and for what nobody known did."""
    if event.folded or event.person_id is None:
        return None
    return Change(
        event.person_id,
        event.occurred_at,
        event.kind,
        event.confidence,
        event.points * (1 if events > 0 else -1),
        events,
    )


def add(session: TenantSession, changes: Iterable[Change | None]) -> None:
    """Book the changes: one upsert of the rollup, one of the people's state."""
    days: dict[tuple[UUID, date, str, Confidence], list[float]] = defaultdict(lambda: [0, 0.0])
    engaged: dict[UUID, datetime | None] = {}
    for change in changes:
        if change is None:
            continue
        key = (
            change.person_id, _day_of(change.occurred_at), change.kind, change.confidence
        )  # fmt: skip
        days[key][0] += change.events
        days[key][1] += change.points
        latest = engaged.setdefault(change.person_id, None)
        if _is_engagement(change) and (latest is None or change.occurred_at > latest):
            engaged[change.person_id] = change.occurred_at
    _book_days(session, days)
    touch(session, engaged)


def touch(session: TenantSession, engaged: dict[UUID, datetime | None]) -> None:
    """Let open widgets know: one more on the version of each person's state.

    Args:
        session: Of the org.
        engaged: When each person last did something, or None when only something else changed.
    """
    if not engaged:
        return
    rows = [
        {"person_id": person, "version": 1, "last_engaged_at": engaged[person]}
        for person in sorted(engaged)
    ]
    session.upsert_many(
        EngagementState,
        rows,
        key=["org_id", "person_id"],
        set_=_TOUCHED,
    )


def rebuild(session: TenantSession, person_ids: Collection[UUID]) -> None:
    """Rescore: count the rollup of these people anew from their events (X5)."""
    events = session.scalars(
        select(Event)
        .where(Event.person_id.in_(person_ids), Event.folded.is_(False))
        .execution_options(yield_per=1000)
    )
    changes: list[Change | None] = []
    for event in events:
        points = points_of(event.kind, event.confidence, event.properties)
        if points != event.points:
            event.points = points
        changes.append(change_of(event))
    session.flush()
    session.execute(
        delete(DailyRollup)
        .where(DailyRollup.person_id.in_(person_ids))
        .execution_options(synchronize_session=False)
    )
    add(session, changes)


def _book_days(
    session: TenantSession, days: dict[tuple[UUID, date, str, Confidence], list[float]]
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "person_id": person,
            "day": day,
            "kind": kind,
            "confidence": confidence,
            "events": int(days[person, day, kind, confidence][0]),
            "points": days[person, day, kind, confidence][1],
        }
        # one order for all writers, so that two of them never wait for each other crosswise
        for person, day, kind, confidence in sorted(days)
    ]
    if rows:
        session.upsert_many(
            DailyRollup,
            rows,
            key=["org_id", "person_id", "day", "kind", "confidence"],
            set_=_BOOKED,
        )


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _is_engagement(change: Change) -> bool:
    return change.events > 0 and change.confidence is Confidence.HUMAN and engages(change.kind)


def _later(told: Any, known: Any) -> Any:
    """The later of two times of which either may be missing."""
    return case((known.is_(None), told), (told > known, told), else_=func.coalesce(known, told))


# The same functions each time, so that the statements are built once.
_TOUCHED = {
    "version": lambda _told: EngagementState.version + 1,
    "last_engaged_at": lambda told: _later(told.last_engaged_at, EngagementState.last_engaged_at),
}
_BOOKED = {
    "events": lambda told: DailyRollup.events + told.events,
    "points": lambda told: DailyRollup.points + told.points,
}
