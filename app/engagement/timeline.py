"""The timeline of one or several people, newest first, read page by page.

Each person gives at most a page of candidates from a partial index, and these few are merged: the
time it takes depends on the number of people and the size of the page, not on their history.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased

from app.crm.models import Person
from app.db import Prepared, TenantReads, UtcDateTime
from app.engagement import paging
from app.engagement.models import Confidence, Event
from app.engagement.paging import Position


class TimelineItem(NamedTuple):
    """One event as the timeline shows it; of a visit, ``properties`` hold what was done."""

    seq: int
    id: UUID
    person_id: UUID
    visit_id: UUID | None
    kind: str
    occurred_at: datetime
    subject: str
    url: str
    properties: Mapping[str, Any]
    confidence: Confidence
    confidence_reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the timeline; ``next_cursor`` is None on the last one."""

    items: list[TimelineItem]
    next_cursor: str | None


def timeline(
    session: TenantReads,
    person_ids: Collection[UUID],
    *,
    kind: str | None = None,
    before: str | None = None,
    since: datetime | None = None,
    limit: int = 20,
) -> Page:
    """A page of what these people did.

    Args:
        session: Of the org.
        person_ids: Whose events.
        kind: Only events of this kind.
        before: Cursor of the page before; its ``next_cursor``.
        since: Only events from this time on (E3: an opportunity's creation).
        limit: Size of a page.

    Raises:
        CursorError: ``before`` is no cursor of ours.
    """
    if not person_ids:
        return Page([], None)
    position = paging.decode(before) if before else None
    shape = _Shape(limit + 1, kind is not None, position is not None, since is not None)
    values = _values(person_ids, kind, position, since)
    statement = _statement(session, shape, values)
    items = [*map(TimelineItem._make, session.read(statement, **values))]
    page = items[:limit]
    is_last = len(items) <= limit
    end = None if is_last else paging.encode(Position(page[-1].occurred_at, page[-1].seq))
    return Page(page, end)


def _values(
    people: Collection[UUID], kind: str | None, position: Position | None, since: datetime | None
) -> dict[str, Any]:
    whose = {"person": next(iter(people))} if len(people) == 1 else {"people": list(people)}
    where = position._asdict() if position else {}
    return {**whose, **where, "kind": kind, "since": since or _BEFORE_ALL}


def _statement(session: TenantReads, shape: _Shape, values: Mapping[str, Any]) -> Prepared:
    if "person" in values:
        return _of_one(shape)
    of_many = _lateral if session.dialect == "postgresql" else _bounded
    return of_many(shape)


class _Shape(NamedTuple):
    """What a statement depends on beside its values; each is built once."""

    limit: int
    has_kind: bool
    has_position: bool
    has_since: bool

    def of(self, event: type[Event]) -> list[ColumnElement[bool]]:
        """As criteria on an alias."""
        found = self.but_since(event)
        if self.has_since:
            found.append(event.occurred_at >= bindparam("since"))
        return found

    def but_since(self, event: type[Event]) -> list[ColumnElement[bool]]:
        """As criteria on an alias that is bounded from below by other means."""
        found: list[ColumnElement[bool]] = [event.folded.is_(False)]
        if self.has_kind:
            found.append(event.kind == bindparam("kind"))
        if self.has_position:
            found.append(tuple_(event.occurred_at, event.seq) < _POSITION)
        return found


_candidate = aliased(Event, name="candidate")
_peer = aliased(Event, name="peer")
_BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
_POSITION = tuple_(
    bindparam("occurred_at", type_=UtcDateTime()), bindparam("seq", type_=BigInteger())
)


@cache
def _of_one(shape: _Shape) -> Prepared:
    return Prepared(_newest(bindparam("person", type_=Uuid()), shape))


def _newest(person: Any, shape: _Shape) -> Select[Any]:
    """The newest events of one person: a walk along the partial index."""
    return (
        select(*_columns(_candidate))
        .where(_candidate.person_id == person, *shape.of(_candidate))
        .order_by(_candidate.occurred_at.desc(), _candidate.seq.desc())
        .limit(shape.limit)
    )


@cache
def _lateral(shape: _Shape) -> Prepared:
    """For PostgreSQL: a lateral join."""
    own = _newest(Person.id, shape).correlate(Person).lateral("own")
    return Prepared(
        select(*own.c)
        .select_from(Person)
        .join(own, true())
        .where(Person.id.in_(bindparam("people", expanding=True)))
        .order_by(own.c.occurred_at.desc(), own.c.seq.desc())
        .limit(shape.limit)
    )


@cache
def _bounded(shape: _Shape) -> Prepared:
    """For SQLite, which has no lateral join: nobody's events from before their own last place.

    A correlated IN would say it too, but its planner reads all events of the org for that.
    """
    last = (
        select(_peer.occurred_at)
        .where(_peer.person_id == Person.id, *shape.of(_peer))
        .order_by(_peer.occurred_at.desc(), _peer.seq.desc())
        .limit(1)
        .offset(shape.limit - 1)
        .correlate(Person)
        .scalar_subquery()
    )
    earliest = bindparam("since", type_=UtcDateTime())
    return Prepared(
        select(*_columns(_candidate))
        .select_from(Person)
        .join(_candidate, _candidate.person_id == Person.id)
        .where(
            Person.id.in_(bindparam("people", expanding=True)),
            *shape.but_since(_candidate),
            # one bound alone: of two, the planner may walk along the looser one
            _candidate.occurred_at >= func.coalesce(last, earliest),
        )
        .order_by(_candidate.occurred_at.desc(), _candidate.seq.desc())
        .limit(shape.limit)
    )


def _columns(event: type[Event]) -> tuple[Any, ...]:
    return (
        event.seq,
        event.id,
        event.person_id,
        event.visit_id,
        event.kind,
        event.occurred_at,
        event.subject,
        event.url,
        event.properties,
        event.confidence,
        event.confidence_reason,
    )
