"""When a Destination is over: by its day, days after its first view, after so many viewers (X12).

``Destination.expires_at`` is the earliest of them and all that anybody asks for. Views are those
that a person is thought to have made: one that turns out a scanner's takes back what it ended.

A viewer counts once, however often they look: the person of a link; who is not known by the code
of their address, so that no stranger uses up a page by looking again, with other browsers, or
under made-up names. Those whose code was not noted (before it was counted, or since they objected)
count as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, String, Update, case, cast, func, or_, select, update

from app.db import SystemSession, TenantSession
from app.destinations.models import Destination, Link
from app.engagement.models import Confidence, Visit

#: The last viewer reads on for so long.
READ_ON = timedelta(hours=1)
#: So long after its end an admin may still open a page again that counts as before.
_CODES_AFTER = timedelta(days=30)
_MOST_AT_ONCE = 1000


class Expiry(NamedTuple):
    """What ends a Destination: a moment (None: never), days after the first view, viewers (0: no).

    ``most_views`` is of when each view counted; so its column is named.
    """

    open_until: datetime | None = None
    days_after_view: int = 0
    most_views: int = 0


def expiry_of(destination: Destination) -> Expiry:
    """What was chosen."""
    return Expiry(destination.open_until, destination.days_after_view, destination.most_views)


def viewers(session: TenantSession, destination_id: UUID) -> int:
    """How many looked so far, as they are counted."""
    looked = select(func.count()).select_from(_first_looks(destination_id).subquery())
    return session.scalar(looked) or 0


def codes_over(now: datetime) -> Update:
    """Codes of addresses go where nobody counts by them any more."""
    uncounted = select(Destination.id).where(
        or_(Destination.most_views == 0, Destination.expires_at < now - _CODES_AFTER)
    )
    return (
        update(Visit)
        .where(Visit.viewer.is_not(None), Visit.destination_id.in_(uncounted))
        .values(viewer=None)
    )


def settle(session: TenantSession, destination: Destination) -> None:
    """Bring ``expires_at`` up to what was chosen and what was viewed."""
    ends = [destination.open_until, *_ends_by_use(session, destination)]
    expires_at = min((end for end in ends if end is not None), default=None)
    if destination.expires_at != expires_at:
        destination.expires_at, destination.expiry_told = expires_at, False


def viewed(session: TenantSession, visit: Visit) -> None:
    """The same after this visit began to count, or ceased to, of a Destination that ends by use.

    Whoever is not known and looked before changes nothing: one statement along an index, however
    often they come.
    """
    if not (visit.viewer and _looked_before(session, visit)):
        _settle_anew(session, visit.destination_id)


def _looked_before(session: TenantSession, visit: Visit) -> bool:
    earlier = select(Visit.id).where(
        Visit.destination_id == visit.destination_id,
        Visit.viewer == visit.viewer,
        Visit.confidence == Confidence.HUMAN,
        Visit.started_at <= visit.started_at,
        Visit.id != visit.id,
    )
    return session.scalar(earlier.limit(1)) is not None


def _settle_anew(session: TenantSession, destination_id: UUID) -> None:
    destination = session.scalars(
        select(Destination)
        .where(Destination.id == destination_id)
        .execution_options(populate_existing=True)
    ).one()
    settle(session, destination)


def is_any_over(session: SystemSession, now: datetime) -> bool:
    """Whether the clock ended one of which nobody was told: one statement over those alone."""
    return session.scalar(_over(now).limit(1)) is not None


def tell_over(session: SystemSession, now: datetime) -> int:
    """Open widgets, and records in Salesforce, hear of Destinations that the clock ended; how many.

    Their version grows, once; some at a time.
    """
    told = session.execute(
        update(Destination)
        .where(
            # whom somebody else writes to waits for the next time: nobody waits crosswise
            Destination.id.in_(_over(now).limit(_MOST_AT_ONCE).with_for_update(skip_locked=True)),
            Destination.expiry_told.is_(False),
        )
        .values(version=Destination.version + 1, expiry_told=True)
        .returning(Destination.id)
        .execution_options(synchronize_session=False)
    )
    return len(told.all())


def _over(now: datetime) -> Select[UUID]:
    """In the words of their partial index."""
    return select(Destination.id).where(
        Destination.expires_at.is_not(None),
        Destination.expiry_told.is_(False),
        Destination.expires_at <= now,
    )


def _ends_by_use(session: TenantSession, destination: Destination) -> Iterator[datetime | None]:
    seen = (Visit.destination_id == destination.id, Visit.confidence == Confidence.HUMAN)
    if destination.days_after_view:
        first = session.scalar(select(func.min(Visit.started_at)).where(*seen))
        yield first + timedelta(days=destination.days_after_view) if first else None
    if destination.most_views:
        firsts = _first_looks(destination.id).order_by("first")
        last = session.scalar(firsts.offset(destination.most_views - 1).limit(1))
        yield last + READ_ON if last else None


def _first_looks(destination_id: UUID) -> Select[datetime]:
    """When each viewer first looked."""
    # a person whom only a form names, through a link that is not theirs, is anybody
    known = case((Link.person_id == Visit.person_id, cast(Visit.person_id, String)), else_="")
    return (
        select(func.min(Visit.started_at).label("first"))
        .outerjoin(Link, (Link.org_id == Visit.org_id) & (Link.id == Visit.link_id))
        .where(Visit.destination_id == destination_id, Visit.confidence == Confidence.HUMAN)
        .group_by(func.coalesce(Visit.viewer, known))
    )
