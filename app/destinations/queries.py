"""Reads of Destinations for those who share them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, bindparam, func, literal, null, or_, select, type_coerce, union_all

from app.crm.models import Person, RecordLink
from app.db import JsonType, Prepared, TenantReads
from app.destinations.domains import url_on
from app.destinations.models import (
    Destination,
    DestinationState,
    GatePass,
    Link,
    PageDomain,
    Viewer,
)
from app.destinations.tokens import link_url, preview_url
from app.engagement.models import Visit
from app.orgs.gates import GateKind
from app.orgs.models import OrgUser

MOST_MESSAGES = 5


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: whose it is (None: anybody's), how often it was viewed, on which domain."""

    person_id: UUID | None
    token: str
    channel: str
    views: int
    last_viewed_at: datetime | None
    own_host: str | None = None

    def url(self, pages_url: str) -> str:
        """The address to share."""
        return link_url(url_on(pages_url, self.own_host), self.token)

    def preview_url(self, pages_url: str) -> str:
        """The page for the rep's own eyes: it records nothing."""
        return preview_url(url_on(pages_url, self.own_host), self.token)


class Introduced(NamedTuple):
    """An address that was typed at the gate, not verified, and when last."""

    email: str
    at: datetime


class SentForm(NamedTuple):
    """A contact form that was sent: name, e-mail and message, and when."""

    form: Mapping[str, str]
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class DestinationView:
    """A Destination as its rep sees it.

    Attributes:
        links: Those that still work, the general one first, then in the order they were made.
        views: How often people looked at it; scanners and bots are not counted.
        viewers: Known people who did, the latest first.
        anonymous_views: Views of people who are not known.
        messages: The latest that stand in nobody's timeline, since their sender is no record in
            Salesforce. Those of people with a record are told where that record is seen: whose
            right it takes is known there.
        introduced: The latest addresses that were typed at its gate, under the same rule; those
            of the org's own users are left out.
    """

    id: UUID
    title: str
    state: DestinationState
    expires_at: datetime | None
    gate: GateKind
    gate_own_link: bool
    version: int
    created_at: datetime
    created_by: str
    links: Sequence[LinkView]
    views: int
    last_viewed_at: datetime | None
    viewers: Sequence[UUID]
    anonymous_views: int
    messages: Sequence[SentForm]
    introduced: Sequence[Introduced]

    def is_open(self, now: datetime) -> bool:
        """Whether its links show the page."""
        is_over = self.expires_at is not None and self.expires_at <= now
        return self.state is DestinationState.ACTIVE and not is_over


_OWN_HOST = (
    select(PageDomain.host)
    .where(PageDomain.org_id == Destination.org_id, PageDomain.opened_at.is_not(None))
    .correlate(Destination)
    .scalar_subquery()
)


class _Facts(NamedTuple):
    """What a view tells of the row itself, under its columns' names."""

    id: UUID
    title: str
    state: DestinationState
    expires_at: datetime | None
    gate: GateKind
    gate_own_link: bool
    version: int
    created_at: datetime
    created_by: str
    views: int
    last_viewed_at: datetime | None


_FACTS = [getattr(Destination, name) for name in _Facts._fields]
_WITH_LINKS = Prepared(
    select(
        *_FACTS,
        Link.person_id, Link.token, Link.channel, Link.views, Link.last_viewed_at, _OWN_HOST,
    )
    .outerjoin(Link, (Link.destination_id == Destination.id) & Link.revoked_at.is_(None))
    .where(Destination.record_id == bindparam("record_id"))
    .order_by(Link.person_id.is_not(None), Link.created_at, Link.id)
)  # fmt: skip

_viewed = select(
    Viewer.person_id.label("person_id"),
    Viewer.views.label("views"),
    type_coerce(null(), JsonType).label("form"),
    type_coerce(null(), String).label("email"),
    Viewer.last_viewed_at.label("at"),
).where(Viewer.destination_id == bindparam("destination_id"), Viewer.views > 0)
# Two questions, an index each: of one with "or" the planner would walk all records.
_has_record = (
    select(RecordLink.id).where(RecordLink.person_id == Visit.person_id).correlate(Visit).exists()
)
_gave_address_of_record = (
    select(Person.id)
    .join(RecordLink, RecordLink.person_id == Person.id)
    .where(Person.email == Visit.form["email"].as_string())
    .correlate(Visit)
    .exists()
)
_written = (
    select(Visit.form, Visit.last_seen_at)
    .where(
        Visit.destination_id == bindparam("destination_id"),
        Visit.form_sent.is_(True),
        or_(
            Visit.person_id.is_(None),
            Visit.person_id.not_in(bindparam("named", expanding=True)),
        ),
        ~_has_record,
        ~_gave_address_of_record,
    )
    .order_by(Visit.started_at.desc(), Visit.id)
    .limit(MOST_MESSAGES)
    .subquery()
)
_is_of_record = (
    select(Person.id)
    .join(RecordLink, RecordLink.person_id == Person.id)
    .where(Person.email == GatePass.email, Person.id.not_in(bindparam("named", expanding=True)))
    .correlate(GatePass)
    .exists()
)
_is_own_user = (
    select(OrgUser.id).where(func.lower(OrgUser.email) == GatePass.email).correlate(GatePass)
).exists()
_last_passed = func.max(GatePass.passed_at)
_introduced = (
    select(GatePass.email, _last_passed.label("at"))
    .where(
        GatePass.destination_id == bindparam("destination_id"),
        GatePass.objected.is_(False),
        ~_is_of_record,
        ~_is_own_user,
    )
    .group_by(GatePass.email)
    .order_by(_last_passed.desc(), GatePass.email)
    .limit(MOST_MESSAGES)
    .subquery()
)
_both = union_all(
    _viewed,
    select(null(), literal(0), _written.c.form, null(), _written.c.last_seen_at),
    select(null(), literal(0), null(), _introduced.c.email, _introduced.c.at),
).subquery()
#: Viewers, messages and who came by the gate: the card counts its statements.
_PEOPLE = Prepared(select(*_both.c).order_by(_both.c.at.desc(), _both.c.person_id))


def for_record(
    session: TenantReads, record_id: str, named: Collection[UUID] = ()
) -> DestinationView | None:
    """The Destination of a record (18-character id): one statement if there is none, else two.

    ``named`` are the people whose timeline is shown beside it; their messages are there.
    """
    rows = session.read(_WITH_LINKS, record_id=record_id)
    if not rows:
        return None
    facts, links = _Facts._make(rows[0][: len(_FACTS)]), [row[len(_FACTS) :] for row in rows]
    people = session.read(_PEOPLE, destination_id=facts.id, named=list(named))
    viewers = [(person, times) for person, times, *_ in people if person is not None]
    return DestinationView(
        **facts._asdict(),
        # a Destination without a link has one row all the same
        links=[LinkView(*link) for link in links if link[1] is not None],
        viewers=[person for person, _ in viewers],
        anonymous_views=max(0, facts.views - sum(times for _, times in viewers)),
        messages=[SentForm(form, at) for *_, form, _, at in people if form is not None],
        introduced=[Introduced(email, at) for *_, email, at in people if email is not None],
    )
