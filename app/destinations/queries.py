"""Reads of Destinations for those who share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from app.db import TenantSession
from app.destinations.models import Destination, DestinationState, Link, Viewer
from app.destinations.tokens import link_url, preview_url


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: whose it is (None: anybody's), and how often it was viewed."""

    person_id: UUID | None
    token: str
    channel: str
    views: int
    last_viewed_at: datetime | None

    def url(self, pages_url: str) -> str:
        """The address to share."""
        return link_url(pages_url, self.token)

    def preview_url(self, pages_url: str) -> str:
        """The page for the rep's own eyes: it records nothing."""
        return preview_url(pages_url, self.token)


@dataclass(frozen=True, slots=True)
class DestinationView:
    """A Destination as its rep sees it.

    Attributes:
        links: Those that still work, the general one first, then in the order they were made.
        views: How often people looked at it; scanners and bots are not counted.
        viewers: Known people who did, the latest first.
        anonymous_views: Views of people who are not known.
    """

    id: UUID
    title: str
    state: DestinationState
    version: int
    created_at: datetime
    created_by: str
    links: Sequence[LinkView]
    views: int
    last_viewed_at: datetime | None
    viewers: Sequence[UUID]
    anonymous_views: int


_WITH_LINKS = (
    select(Destination, Link)
    .outerjoin(Link, (Link.destination_id == Destination.id) & Link.revoked_at.is_(None))
    .where(Destination.record_id == bindparam("record_id"))
    .order_by(Link.person_id.is_not(None), Link.created_at, Link.id)
)
_VIEWERS = (
    select(Viewer.person_id, Viewer.views)
    .where(Viewer.destination_id == bindparam("destination_id"), Viewer.views > 0)
    .order_by(Viewer.last_viewed_at.desc(), Viewer.id)
)


def for_record(session: TenantSession, record_id: str) -> DestinationView | None:
    """The Destination of a record (18-character id): one statement if there is none, else two."""
    rows = session.execute(_WITH_LINKS, {"record_id": record_id}).all()
    if not rows:
        return None
    destination = rows[0][0]
    viewers = session.execute(_VIEWERS, {"destination_id": destination.id}).all()
    return DestinationView(
        id=destination.id,
        title=destination.title,
        state=destination.state,
        version=destination.version,
        created_at=destination.created_at,
        created_by=destination.created_by,
        links=[_link_view(link) for _, link in rows if link is not None],
        views=destination.views,
        last_viewed_at=destination.last_viewed_at,
        viewers=[person for person, _ in viewers],
        anonymous_views=max(0, destination.views - sum(views for _, views in viewers)),
    )


def _link_view(link: Link) -> LinkView:
    return LinkView(link.person_id, link.token, link.channel, link.views, link.last_viewed_at)
