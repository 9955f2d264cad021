"""Days that are over become one activity for each person; found by the index on what is due.

Exactly one of a person and day: the outbox takes one row of each (``once_key``). What was written
too late for the digest of its day, while that was made, goes to the one of today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update

from app.clock import utcnow
from app.db import SystemSession, TenantSession
from app.orgs import settings
from app.orgs.settings import DIGEST
from app.outbox.composing.zones import org_zone
from app.outbox.digests.days import closes_at
from app.outbox.digests.models import DigestEntry
from app.outbox.models import OutboxRow
from app.outbox.once import digest_key
from app.outbox.planned import ensure_delivery, linked_people, new_row

#: Due entries that one look finds; a look takes about as long whatever else there is.
MOST_AT_ONCE = 1000
_AGAIN_AFTER = timedelta(minutes=10)

_Day = tuple[UUID, date]


class _Entry(NamedTuple):
    event_id: UUID
    person_id: UUID
    day: date
    occurred_at: datetime


def due(session: SystemSession, limit: int = MOST_AT_ONCE) -> Mapping[UUID, set[UUID]]:
    """People of all orgs of whom some day is over; by org. Answered by an index of what is due."""
    rows = session.execute(
        select(DigestEntry.org_id, DigestEntry.person_id)
        .where(DigestEntry.anchor_id.is_(None), DigestEntry.due_at <= utcnow())
        .order_by(DigestEntry.due_at)
        .limit(limit)
    ).all()
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for org_id, person_id in rows:
        found[org_id].add(person_id)
    return found


def make(session: TenantSession, people: Collection[UUID]) -> int:
    """Make the digests of these people whose days are over; how many. Up to nine statements."""
    now = utcnow()
    entries = _without_told(session, _take(session, people, now))
    days: dict[_Day, list[_Entry]] = defaultdict(list)
    for entry in entries:
        days[entry.person_id, entry.day].append(entry)
    if not days:
        return 0
    anchors = {day: max(each, key=_when).event_id for day, each in days.items()}
    ours = _insert(session, anchors, now)
    late = [entry for day, each in days.items() if day not in ours for entry in each]
    _anchor(session, [(entry, anchors[day]) for day in ours for entry in days[day]])
    _postpone(session, late, now)
    return len(ours)


def defer(session: TenantSession, people: Collection[UUID]) -> None:
    """Look at these again later: what fails must not stand before the days of other orgs."""
    session.execute(
        update(DigestEntry)
        .where(
            DigestEntry.person_id.in_(people),
            DigestEntry.anchor_id.is_(None),
            DigestEntry.due_at <= utcnow(),
        )
        .values(due_at=utcnow() + _AGAIN_AFTER)
        .execution_options(synchronize_session=False)
    )


def _take(session: TenantSession, people: Collection[UUID], now: datetime) -> list[_Entry]:
    """What is due of these people, but for what another worker has just taken."""
    rows = session.execute(
        select(
            DigestEntry.event_id, DigestEntry.person_id, DigestEntry.day, DigestEntry.occurred_at
        )
        .where(
            DigestEntry.person_id.in_(people),
            DigestEntry.anchor_id.is_(None),
            DigestEntry.due_at <= now,
        )
        .with_for_update(skip_locked=True)
    )
    return [_Entry._make(row) for row in rows]


def _without_told(session: TenantSession, entries: Sequence[_Entry]) -> Sequence[_Entry]:
    """Without events that have an activity of their own by now, through a back-fill."""
    events = {entry.event_id for entry in entries}
    if not events:
        return entries
    told = set(
        session.scalars(
            select(OutboxRow.event_id).where(OutboxRow.event_id.in_(events), OutboxRow.rank == 0)
        )
    )
    if told:
        session.execute(
            delete(DigestEntry)
            .where(DigestEntry.event_id.in_(told))
            .execution_options(synchronize_session=False)
        )
    return [entry for entry in entries if entry.event_id not in told]


def _insert(session: TenantSession, anchors: Mapping[_Day, UUID], now: datetime) -> set[_Day]:
    """The rows of these days; the days whose row is ours, and not of a digest made before."""
    linked = linked_people(session, {person for person, _ in anchors})
    rows = [
        {
            **new_row(anchor, person, DIGEST, is_linked=person in linked, now=now),
            "once_key": digest_key(person, day),
        }
        for (person, day), anchor in anchors.items()
    ]
    session.upsert_many(OutboxRow, rows, key=[])
    ensure_delivery(session)
    keys = {digest_key(*day): day for day in anchors}
    stored = session.execute(
        select(OutboxRow.once_key, OutboxRow.event_id).where(OutboxRow.once_key.in_(keys))
    )
    return {keys[key] for key, event in stored if key and anchors[keys[key]] == event}


def _anchor(session: TenantSession, told: Iterable[tuple[_Entry, UUID]]) -> None:
    rows: list[dict[str, Any]] = [
        {"event_id": entry.event_id, "anchor_id": anchor} for entry, anchor in told
    ]
    session.update_many(DigestEntry, rows, key="event_id")


def _postpone(session: TenantSession, late: Sequence[_Entry], now: datetime) -> None:
    if not late:
        return
    zone = org_zone(session, settings.read(session))
    today = now.astimezone(zone).date()
    due_at = closes_at(today, zone)
    rows = [{"event_id": each.event_id, "day": today, "due_at": due_at} for each in late]
    session.update_many(DigestEntry, rows, key="event_id")


def _when(entry: _Entry) -> tuple[datetime, UUID]:
    return entry.occurred_at, entry.event_id
