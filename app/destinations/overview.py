"""Reads of Destinations for those who look after all of an org's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.crm.models import Opportunity, Person, RecordLink, SObject
from app.db import TenantSession
from app.destinations.models import Destination, DestinationState, GatePass, Link, Viewer
from app.orgs.models import OrgUser

PAGE_SIZE = 25

Place = tuple[datetime, UUID]


class Line(NamedTuple):
    """A Destination in the list; ``creator`` and ``record_name`` are "" where nobody told them."""

    id: UUID
    title: str
    sobject: SObject
    record_id: str
    record_name: str
    state: DestinationState
    expires_at: datetime | None
    created_at: datetime
    created_by: str
    creator: str
    views: int
    viewers: int
    last_viewed_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether its time is up."""
        return self.expires_at is not None and self.expires_at <= now


class LinkLine(NamedTuple):
    """A link with the person it was made for; ``person_id`` None is the one for anybody."""

    id: UUID
    person_id: UUID | None
    name: str
    email: str | None
    token: str
    views: int
    last_viewed_at: datetime | None
    revoked_at: datetime | None


class Came(NamedTuple):
    """An address that was typed at a gate, not verified: how often, and when last."""

    email: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """Which Destinations: words in title, record's or creator's name; or an id (18) of either.

    ``state``: ``active``, ``revoked`` or ``over`` as of ``now``; "" for all. ``before`` is the
    place of the last line of the page before.
    """

    now: datetime
    words: str = ""
    salesforce_id: str = ""
    state: str = ""
    before: Place | None = None


_RECORD_NAME = func.coalesce(Person.name, Opportunity.name, "")
_CREATOR = func.coalesce(OrgUser.name, "")
_VIEWERS = (
    select(func.count(Viewer.id))
    .where(Viewer.destination_id == Destination.id, Viewer.views > 0)
    .correlate(Destination)
    .scalar_subquery()
)


def lines(session: TenantSession, asked: Asked) -> Sequence[Line]:
    """A page of Destinations, the newest first: one statement."""
    statement = (
        _LINES.where(*_criteria(asked))
        .order_by(Destination.created_at.desc(), Destination.id.desc())
        .limit(PAGE_SIZE)
    )
    return [Line._make(row) for row in session.execute(statement)]


def line(session: TenantSession, destination_id: UUID) -> Line | None:
    """One Destination of the org."""
    row = session.execute(_LINES.where(Destination.id == destination_id)).one_or_none()
    return Line._make(row) if row else None


def links_of(session: TenantSession, destination_id: UUID) -> Sequence[LinkLine]:
    """All its links, revoked ones too: the general one first, then by name."""
    statement = (
        select(
            Link.id, Link.person_id,
            func.coalesce(Person.name, Link.first_name), Person.email, Link.token,
            Link.views, Link.last_viewed_at, Link.revoked_at,
        )
        .outerjoin(Person, (Person.org_id == Link.org_id) & (Person.id == Link.person_id))
        .where(Link.destination_id == destination_id)
        .order_by(Link.person_id.is_not(None), Person.name, Link.created_at, Link.id)
    )  # fmt: skip
    return [LinkLine._make(row) for row in session.execute(statement)]


def came_by_gate(session: TenantSession, destination_id: UUID) -> Sequence[Came]:
    """The latest addresses that were typed at its gate."""
    last_at = func.max(GatePass.passed_at)
    statement = (
        select(GatePass.email, func.count(GatePass.id), last_at)
        .where(GatePass.destination_id == destination_id, GatePass.objected.is_(False))
        .group_by(GatePass.email)
        .order_by(last_at.desc(), GatePass.email)
        .limit(PAGE_SIZE)
    )
    return [Came._make(row) for row in session.execute(statement)]


def place_of(found: Line) -> Place:
    """Where the next page begins."""
    return found.created_at, found.id


def _select() -> Select[*tuple[object, ...]]:
    record = (RecordLink.org_id == Destination.org_id) & (
        RecordLink.salesforce_id == Destination.record_id
    )
    return (
        select(
            Destination.id, Destination.title, Destination.sobject, Destination.record_id,
            _RECORD_NAME, Destination.state, Destination.expires_at, Destination.created_at,
            Destination.created_by, _CREATOR, Destination.views, _VIEWERS,
            Destination.last_viewed_at,
        )
        .outerjoin(RecordLink, record)
        .outerjoin(
            Person, (Person.org_id == RecordLink.org_id) & (Person.id == RecordLink.person_id)
        )
        .outerjoin(
            Opportunity,
            (Opportunity.org_id == RecordLink.org_id)
            & (Opportunity.id == RecordLink.opportunity_id),
        )
        .outerjoin(
            OrgUser,
            (OrgUser.org_id == Destination.org_id)
            & (OrgUser.salesforce_id == Destination.created_by),
        )
    )  # fmt: skip


_LINES = _select()


def _criteria(asked: Asked) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.salesforce_id:
        named = asked.salesforce_id
        found.append(or_(Destination.record_id == named, Destination.created_by == named))
    elif asked.words:
        texts = (Destination.title, Person.name, Opportunity.name, OrgUser.name)
        found.append(or_(*(text.icontains(asked.words, autoescape=True) for text in texts)))
    if asked.state:
        found += _state(asked.state, asked.now)
    if asked.before:
        at, last = asked.before
        found.append(Destination.created_at <= at)  # what an index can begin at
        found.append(
            or_(
                Destination.created_at < at,
                and_(Destination.created_at == at, Destination.id < last),
            )
        )
    return found


def _state(state: str, now: datetime) -> Sequence[ColumnElement[bool]]:
    if state == DestinationState.REVOKED:
        return [Destination.state == DestinationState.REVOKED]
    is_over = and_(Destination.expires_at.is_not(None), Destination.expires_at <= now)
    return [Destination.state == DestinationState.ACTIVE, is_over if state == "over" else ~is_over]
