"""Which events a back-fill is about: what a person did, of some kinds, in some time, not planned.

Events are taken in the order of the timeline's index (person, time, event), so that a chunk costs
the same at the end of a long history as at its beginning, and a person's activities lie together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Uuid,
    and_,
    bindparam,
    exists,
    or_,
    select,
    tuple_,
)

from app.crm.models import RecordLink, SObject
from app.db import Prepared, TenantSession, UtcDateTime
from app.engagement.models import Confidence, Event, Visit
from app.outbox.backfill.models import Backfill
from app.outbox.digests.models import DigestEntry
from app.outbox.models import OutboxRow
from app.outbox.turns.due_rows import DueRow


@dataclass(frozen=True, slots=True)
class Span:
    """Kinds of events, from ``since`` (None: from the first on) until before ``until``."""

    kinds: Sequence[str]
    since: datetime | None
    until: datetime


class Place(NamedTuple):
    """The last event that was planned."""

    person: UUID
    time: datetime
    seq: int


_IN_ORDER = tuple_(Event.person_id, Event.occurred_at, Event.seq)


def wanted(span: Span) -> ColumnElement[bool]:
    """Events that get an activity: done by a known person, and none planned for them yet.

    A visit that still goes on is left to its end, which plans it.
    """
    return _wanted(span.kinds, span.since, span.until)


def _wanted(kinds: Sequence[str], since: Any, until: Any) -> ColumnElement[bool]:
    """``since`` and ``until`` are times, or bound values of a statement."""
    is_planned = exists().where(
        OutboxRow.org_id == Event.org_id, OutboxRow.event_id == Event.id, OutboxRow.rank == 0
    )
    is_in_digest = exists().where(
        DigestEntry.org_id == Event.org_id, DigestEntry.event_id == Event.id
    )
    goes_on = exists().where(
        Visit.org_id == Event.org_id, Visit.id == Event.visit_id, Visit.ended_at.is_(None)
    )
    return and_(
        Event.folded.is_(False),
        Event.person_id.is_not(None),
        Event.kind.in_(kinds),
        Event.confidence == Confidence.HUMAN,
        Event.occurred_at < until,
        *([Event.occurred_at >= since] if since is not None else []),
        ~is_planned,
        ~is_in_digest,
        or_(Event.visit_id.is_(None), ~goes_on),
    )


def is_linked() -> ColumnElement[bool]:
    """Whether the event's person has a Contact or Lead in the org."""
    return exists().where(
        RecordLink.org_id == Event.org_id,
        RecordLink.person_id == Event.person_id,
        RecordLink.sobject.in_([SObject.CONTACT, SObject.LEAD]),
    )


def place_of(backfill: Backfill) -> Place | None:
    """How far planning is."""
    if backfill.at_person is None or backfill.at_time is None or backfill.at_seq is None:
        return None
    return Place(backfill.at_person, backfill.at_time, backfill.at_seq)


def span_of(backfill: Backfill) -> Span:
    """What was asked for."""
    return Span(backfill.kinds, backfill.since, backfill.until)


def read(
    session: TenantSession, span: Span, place: Place | None, limit: int, backfill_id: UUID
) -> list[tuple[DueRow, Place]]:
    """The next events, as rows that are not in the outbox yet: one statement."""
    statement = _statement(tuple(span.kinds), span.since is not None, place is not None)
    at = place._asdict() if place is not None else {}
    found = session.read(statement, until=span.until, since=span.since, most=limit, **at)
    return [_row(event, backfill_id) for event in found]


@lru_cache(maxsize=64)
def _statement(kinds: tuple[str, ...], has_since: bool, has_place: bool) -> Prepared:
    since = bindparam("since", type_=UtcDateTime()) if has_since else None
    at = tuple_(
        bindparam("person", type_=Uuid()),
        bindparam("time", type_=UtcDateTime()),
        bindparam("seq", type_=BigInteger()),
    )
    return Prepared(
        select(
            Event.seq, Event.id, Event.person_id, Event.kind, Event.occurred_at,
            Event.subject, Event.url, Event.properties, Event.confidence, Event.visit_id,
            Event.user_key,
        )
        .where(
            _wanted(kinds, since, bindparam("until", type_=UtcDateTime())),
            *([at < _IN_ORDER] if has_place else []),
        )
        .order_by(Event.person_id, Event.occurred_at, Event.seq)
        .limit(bindparam("most", type_=Integer()))
    )  # fmt: skip


def people(session: TenantSession, span: Span, place: Place | None, limit: int) -> Sequence[UUID]:
    """The next people of whom something is to be planned: one statement."""
    statement = select(Event.person_id).where(wanted(span)).distinct()
    if place is not None:
        statement = statement.where(Event.person_id >= place.person)
    found = session.scalars(statement.order_by(Event.person_id).limit(limit))
    return [person for person in found if person is not None]


def after(place: Place | None) -> list[ColumnElement[bool]]:
    """What comes later than a place, in the order of events; all for None."""
    if place is None:
        return []
    return [tuple_(place.person, place.time, place.seq) < _IN_ORDER]


def _row(event: Any, backfill_id: UUID) -> tuple[DueRow, Place]:
    (
        seq, event_id, person_id, kind, occurred_at, subject, url, properties, confidence, visit_id,
        user_key,
    ) = event  # fmt: skip
    row = DueRow(
        0, event_id, person_id, 0, kind, 0, False, None, None, None, None, None, occurred_at,
        subject, url, properties, confidence, visit_id, backfill_id, user_key,
    )  # fmt: skip
    return row, Place(person_id, occurred_at, seq)
