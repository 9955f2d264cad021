"""What became of the things that people did: each event with its activity, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.db import TenantSession
from app.engagement.models import Confidence, Event, Source
from app.outbox import log
from app.outbox.log import Asked, Line
from app.outbox.models import OutboxRow


class Happened(NamedTuple):
    """One thing that somebody did, and the activities that came of it."""

    event_id: UUID
    kind: str
    subject: str
    occurred_at: datetime
    confidence: Confidence
    source: Source
    person_id: UUID
    lines: Sequence[Line] = ()


def story(
    session: TenantSession,
    people: Sequence[UUID],
    limit: int = 30,
    *,
    since: datetime | None = None,
) -> list[Happened]:
    """The latest things that these people did, newest first: two statements."""
    rows = session.execute(
        select(
            Event.id, Event.kind, Event.subject, Event.occurred_at, Event.confidence, Event.source,
            Event.person_id,
        )
        .where(Event.person_id.in_(people), Event.folded.is_(False), *_from(since))
        .order_by(Event.occurred_at.desc(), Event.seq.desc())
        .limit(limit)
    ).all()  # fmt: skip
    found = [Happened._make((*row, ())) for row in rows]
    lines: dict[UUID, list[Line]] = {each.event_id: [] for each in found}
    for event_id, line in log.of_events(session, list(lines)):
        lines[event_id].append(line)
    return [each._replace(lines=lines[each.event_id]) for each in found]


def undelivered(
    session: TenantSession,
    people: Sequence[UUID],
    limit: int = 200,
    *,
    since: datetime | None = None,
) -> list[Line]:
    """Activities of these people that are not in Salesforce yet, newest first."""
    waiting = OutboxRow.state.in_(log.UNSETTLED)
    return log.lines(session, Asked(people=people), limit=limit, where=[waiting, *_from(since)])


def _from(since: datetime | None) -> list[ColumnElement[bool]]:
    return [] if since is None else [Event.occurred_at >= since]
