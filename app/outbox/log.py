"""The log of deliveries: lines of one org, newest first, filtered and paged by key; causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_

from app.crm.models import Person
from app.db import TenantSession
from app.engagement.models import Event
from app.outbox.models import NOT_DELIVERED, ActivityObject, DeliveryState, OutboxRow
from app.outbox.turns.lease import in_states, undelivered

PAGE_SIZE = 50
#: States of what is neither in Salesforce nor given up.
UNSETTLED = tuple(state for state in NOT_DELIVERED if state is not DeliveryState.DROPPED)


#: A reason to ask for: Salesforce never refused these.
NEVER_REFUSED = "never_refused"


class Line(NamedTuple):
    """One activity with the event that it tells of and the person whom it is about.

    ``tried_at``: when it was last taken to be sent; None since it was let go again, or if never.
    """

    seq: int
    created_at: datetime
    kind: str
    rank: int
    state: DeliveryState
    not_before: datetime
    attempts: int
    is_unsure: bool
    error_reason: str
    error_code: str
    error_message: str
    sobject: ActivityObject | None
    salesforce_id: str | None
    settled_by: str
    settled_at: datetime | None
    tried_at: datetime | None
    paused_why: str | None
    person_id: UUID
    person: str
    email: str | None
    subject: str
    occurred_at: datetime


class Cause(NamedTuple):
    """Why activities are parked, or paused: how many, the newest, an example of what was said.

    ``tried_at``: when one of them was last tried.
    """

    reason: str
    code: str
    kind: str
    number: int
    latest: datetime
    message: str
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines; everything is optional. ``people`` None means anybody, empty means nobody.

    ``before`` is the place (time, seq) after which to go on, as ``place_of`` tells it.
    """

    state: DeliveryState | None = None
    kind: str = ""
    reason: str = ""
    code: str = ""
    people: Sequence[UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, int] | None = None


_COLUMNS = (
    OutboxRow.seq, OutboxRow.created_at, OutboxRow.kind, OutboxRow.rank, OutboxRow.state,
    OutboxRow.not_before, OutboxRow.attempts, OutboxRow.is_unsure, OutboxRow.error_reason,
    OutboxRow.error_code, OutboxRow.error_message, OutboxRow.sobject, OutboxRow.salesforce_id,
    OutboxRow.settled_by, OutboxRow.settled_at, OutboxRow.leased_at, OutboxRow.paused_why,
    OutboxRow.person_id, Person.name, Person.email, Event.subject, Event.occurred_at,
)  # fmt: skip


def lines(
    session: TenantSession,
    asked: Asked,
    *,
    limit: int = PAGE_SIZE,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Line]:
    """So many lines, newest first: one statement, along an index."""
    rows = session.execute(_select(asked).where(*where).limit(limit)).all()
    return [Line._make(row) for row in rows]


def of_events(session: TenantSession, event_ids: Sequence[UUID]) -> list[tuple[UUID, Line]]:
    """The activities of these events, each with its event: one statement."""
    statement = _select(Asked()).where(OutboxRow.event_id.in_(event_ids)).order_by(None)
    rows = session.execute(statement.add_columns(OutboxRow.event_id)).all()
    return [(row[-1], Line._make(row[:-1])) for row in rows]


def line(session: TenantSession, seq: int) -> Line | None:
    """One line."""
    row = session.execute(_select(Asked()).where(OutboxRow.seq == seq)).first()
    return Line._make(row) if row else None


def place_of(shown: Line) -> tuple[datetime, int]:
    """Where to go on after this line."""
    return shown.created_at, shown.seq


def causes(
    session: TenantSession, state: DeliveryState = DeliveryState.PARKED, limit: int = 20
) -> list[Cause]:
    """Why activities are parked, the most frequent first: one statement.

    Of those that are paused: why Salesforce refused them before; empty if it never did.
    """
    count = func.count().label("count")
    rows = session.execute(
        select(
            OutboxRow.error_reason,
            OutboxRow.error_code,
            OutboxRow.kind,
            count,
            func.max(OutboxRow.created_at),
            func.max(OutboxRow.error_message),
            func.max(OutboxRow.leased_at),
        )
        .where(*_in_state(state))
        .group_by(OutboxRow.error_reason, OutboxRow.error_code, OutboxRow.kind)
        .order_by(count.desc(), OutboxRow.error_reason)
        .limit(limit)
    ).all()
    return [Cause._make(row) for row in rows]


def criteria(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What the rows of a question have in common, its place in the pages left out."""
    if asked.state is not None:
        yield from _in_state(asked.state)
    if asked.kind:
        yield OutboxRow.kind == asked.kind
    if asked.reason:
        yield OutboxRow.error_reason == ("" if asked.reason == NEVER_REFUSED else asked.reason)
    if asked.code:
        yield OutboxRow.error_code == asked.code
    if asked.people is not None:
        yield OutboxRow.person_id.in_(asked.people)
    if asked.since is not None:
        yield OutboxRow.created_at >= asked.since
    if asked.until is not None:
        yield OutboxRow.created_at < asked.until


def _select(asked: Asked) -> Select[*tuple[Any, ...]]:
    statement = (
        select(*_COLUMNS)
        .join(Person, Person.id == OutboxRow.person_id)
        .join(Event, Event.id == OutboxRow.event_id)
        .where(*criteria(asked))
        .order_by(*_newest_first(asked))
    )
    if asked.before is not None:
        moment, seq = asked.before
        place = tuple_(literal(moment, OutboxRow.created_at.type), literal(seq))
        statement = statement.where(tuple_(OutboxRow.created_at, OutboxRow.seq) < place)
    return statement


def _newest_first(asked: Asked) -> Sequence[ColumnElement[Any]]:
    """The order; what a few people did is sorted, rather than all of the org read in order.

    SQLite without statistics would take the index of the order; an expression has none.
    """
    place = (OutboxRow.created_at, OutboxRow.seq)
    if asked.people is None:
        return [column.desc() for column in place]
    return [func.coalesce(column, column).desc() for column in place]


def _in_state(state: DeliveryState) -> Iterator[ColumnElement[bool]]:
    """What is not delivered has an index of its own, which SQLite uses when it is named so."""
    if state in NOT_DELIVERED:
        yield undelivered(OutboxRow.state)
    yield in_states(OutboxRow.state, state)
