"""What a digest tells of, read when its row is frozen: two statements for a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app.db import TenantSession
from app.engagement.models import Event
from app.outbox.digests.models import DigestEntry

#: So many events of a day are told of one by one; the rest is counted.
MOST_TOLD = 200


class Told(NamedTuple):
    """One event of a digest."""

    occurred_at: datetime
    kind: str
    subject: str
    url: str
    visit_id: UUID | None
    user_key: str | None


@dataclass(slots=True)
class DayRead:
    """The events of one digest. ``first_at``: when the earliest of them was."""

    day: date
    first_at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    @property
    def user_key(self) -> str | None:
        """Whose contact it was: of the last event that says it."""
        return next((each.user_key for each in reversed(self.told) if each.user_key), None)


def read(session: TenantSession, anchors: Mapping[UUID, UUID]) -> Mapping[UUID, DayRead]:
    """Digests by the event that they are anchored at; ``anchors`` tells their people."""
    if not anchors:
        return {}
    days = _counted(session, anchors)
    for anchor, told in _told(session, anchors).items():
        days[anchor].told.extend(told)
    return days


def visits_of(days: Collection[DayRead]) -> set[UUID]:
    """The visits that these digests tell of."""
    return {told.visit_id for day in days for told in day.told if told.visit_id is not None}


def _counted(session: TenantSession, anchors: Mapping[UUID, UUID]) -> dict[UUID, DayRead]:
    rows = session.execute(
        select(
            DigestEntry.anchor_id,
            DigestEntry.day,
            Event.kind,
            func.count(),
            func.min(DigestEntry.occurred_at),
        )
        .join(Event, Event.id == DigestEntry.event_id)
        .where(DigestEntry.person_id.in_(set(anchors.values())), DigestEntry.anchor_id.in_(anchors))
        .group_by(DigestEntry.anchor_id, DigestEntry.day, Event.kind)
    )
    days: dict[UUID, DayRead] = {}
    for anchor, day, kind, count, first_at in rows:
        assert anchor is not None  # noqa: S101  # it is asked for by name
        found = days.setdefault(anchor, DayRead(day, first_at))
        found.counts[kind] = count
        found.first_at = min(found.first_at, first_at)
    return days


def _told(session: TenantSession, anchors: Mapping[UUID, UUID]) -> Mapping[UUID, Sequence[Told]]:
    place = func.row_number().over(
        partition_by=DigestEntry.anchor_id, order_by=(DigestEntry.occurred_at, DigestEntry.event_id)
    )
    first = (
        select(DigestEntry.event_id, DigestEntry.anchor_id, place.label("place"))
        .where(DigestEntry.person_id.in_(set(anchors.values())), DigestEntry.anchor_id.in_(anchors))
        .subquery()
    )
    rows = session.execute(
        select(
            first.c.anchor_id, Event.occurred_at, Event.kind, Event.subject, Event.url,
            Event.visit_id, Event.user_key,
        )
        .join(first, first.c.event_id == Event.id)
        .where(first.c.place <= MOST_TOLD)
        .order_by(first.c.anchor_id, first.c.place)
    )  # fmt: skip
    found: dict[UUID, list[Told]] = defaultdict(list)
    for anchor, *values in rows:
        found[anchor].append(Told._make(values))
    return found
