"""What engagement asks of higher rooms: one typed hook.

``recorded`` is called in the transaction that wrote the events, once, with the whole batch of new
ones; its errors propagate and undo the batch. ``create_app`` plugs the outbox into it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.db import TenantSession
from app.engagement.models import Confidence, Event, Source
from app.web.port import Port


class RecordedEvent(NamedTuple):
    """What is told of an event: its row without what only the timeline shows."""

    id: UUID
    person_id: UUID | None
    folded: bool
    kind: str
    occurred_at: datetime
    subject: str
    confidence: Confidence
    points: float
    source: Source
    key: str
    url: str


def told_of(event: Event) -> RecordedEvent:
    """What is told of an event that was loaded."""
    return RecordedEvent(*(getattr(event, name) for name in RecordedEvent._fields))


Recorded = Callable[[TenantSession, Sequence[RecordedEvent]], None]

_PORT = Port[Recorded](
    "recorded", "Nobody listens to recorded engagement; create_app must call plug_recorded."
)
plug_recorded, recorded_of = _PORT.plug, _PORT.of
