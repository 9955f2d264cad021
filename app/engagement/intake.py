"""Intake: engagement of other systems, in batches, each event once whatever is sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.clock import utcnow
from app.crm.schemas import PersonKey
from app.crm.service import people_for
from app.db import TenantSession
from app.engagement import rollups
from app.engagement.models import Confidence, Event, Source
from app.engagement.ports import Recorded, RecordedEvent
from app.engagement.score import points_of
from app.ids import new_id


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One thing that somebody did, as another system tells it; the edge has checked it.

    Attributes:
        id: The sender's id, 1 to 120 characters; the same id is the same event, for ever.
        kind: A known kind or a custom one, see ``engagement.kinds``.
        occurred_at: When, aware.
        person: Who; made by ``crm.schemas.person_key``.
        subject: What it was about, at most 255 characters.
        url: http or https address, or empty.
        properties: Whatever the sender wants to keep with it.
        confidence: Who is thought to have acted, with the reason.
        user: Whose contact it was, of the sender's users: e-mail or id; "" when nobody said.
        source: ``IMPORT`` marks history, which is not delivered to Salesforce.
    """

    id: str
    kind: str
    occurred_at: datetime
    person: PersonKey
    subject: str = ""
    url: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    confidence: Confidence = Confidence.HUMAN
    confidence_reason: str = ""
    user: str = ""
    source: Source = Source.API


class Status(StrEnum):
    """What became of an event."""

    CREATED = "created"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one event; ``id`` is the sender's."""

    id: str
    status: Status


def record(
    session: TenantSession, items: Sequence[NewEvent], recorded: Recorded
) -> list[ItemResult]:
    """Write a batch: people, events, rollup, state; then tell the port of the new events.

    Results are in the order of the items. Of two items with one id the first counts. A fixed
    number of statements whatever the size; the caller's transaction holds all of it or nothing.
    """
    if not items:
        return []
    people = people_for(session, list(dict.fromkeys(item.person for item in items)))
    rows = _rows_of(items, people)
    created = _insert(session, rows)
    events = [_told_of(row) for key, row in rows.items() if key in created]
    rollups.add(session, (rollups.change_of(event) for event in events))
    if events:
        recorded(session, events)
    return _results_of(items, created)


def _rows_of(
    items: Sequence[NewEvent], people: Mapping[PersonKey, UUID]
) -> dict[str, dict[str, Any]]:
    now = utcnow()
    rows: dict[str, dict[str, Any]] = {}
    for item in items:
        key = _key_of(item)
        if key not in rows:
            rows[key] = _row_of(item, key, people[item.person], now)
    return rows


def _row_of(item: NewEvent, key: str, person: UUID, now: datetime) -> dict[str, Any]:
    properties = dict(item.properties)
    return {
        "id": new_id(),
        "person_id": person,
        "visit_id": None,
        "folded": False,
        "kind": item.kind,
        "occurred_at": item.occurred_at,
        "subject": item.subject,
        "url": item.url,
        "properties": properties,
        "confidence": item.confidence,
        "confidence_reason": item.confidence_reason,
        "points": points_of(item.kind, item.confidence, properties),
        "source": item.source,
        "user_key": item.user or None,
        "key": key,
        "received_at": now,
    }


def _key_of(item: NewEvent) -> str:
    """Imported history and live events share keys: an import never doubles what was sent."""
    return f"api:{item.id}"


def _insert(session: TenantSession, rows: Mapping[str, dict[str, Any]]) -> set[str]:
    """Insert what is new; the keys of it: those under which our own ids are stored.

    Sorted by key, so that two senders of the same events never wait for each other crosswise.
    """
    written = session.upsert_many(Event, [rows[key] for key in sorted(rows)], key=["org_id", "key"])
    if written.rowcount == len(rows):
        return set(rows)
    stored = session.execute(select(Event.key, Event.id).where(Event.key.in_(rows)))
    return {key for key, event_id in stored if event_id == rows[key]["id"]}


def _told_of(row: Mapping[str, Any]) -> RecordedEvent:
    return RecordedEvent(*(row[name] for name in RecordedEvent._fields))


def _results_of(items: Sequence[NewEvent], created: set[str]) -> list[ItemResult]:
    open_keys = set(created)
    results = []
    for item in items:
        is_first = _key_of(item) in open_keys
        open_keys.discard(_key_of(item))
        results.append(ItemResult(item.id, Status.CREATED if is_first else Status.DUPLICATE))
    return results
