"""Views of a Destination: those of visits that are thought a person's, as far as is known now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.db import TenantSession
from app.destinations import expiry
from app.destinations.models import Destination, Link, Viewer
from app.engagement.models import Confidence, Visit
from app.engagement.visits import Beat
from app.ids import new_id


def count(session: TenantSession, beat: Beat, now: datetime) -> None:
    """Bring the counts up to what a beacon came to; open widgets hear of every change."""
    visit = beat.visit
    is_human = visit.confidence is Confidence.HUMAN
    if beat.trusted or (beat.began and is_human):
        _change(session, visit, 1, now)
        _change_viewer(session, visit.destination_id, visit.person_id, 1, now)
    elif beat.doubted:
        _change(session, visit, -1, None)
        before = None if beat.identified else visit.person_id
        _change_viewer(session, visit.destination_id, before, -1, now)
    elif beat.identified and is_human:
        _change(session, visit, 0, None)
        _change_viewer(session, visit.destination_id, visit.person_id, 1, now)
    elif beat.began or beat.identified:
        _change(session, visit, 0, None)


def forget_viewer(
    session: TenantSession, visit: Visit, person_id: UUID | None, now: datetime
) -> None:
    """The view stays, but is nobody's any more."""
    _change(session, visit, 0, None)
    if visit.confidence is Confidence.HUMAN:
        _change_viewer(session, visit.destination_id, person_id, -1, now)


def _change(session: TenantSession, visit: Visit, views: int, viewed_at: datetime | None) -> None:
    viewed: dict[str, Any] = {"last_viewed_at": viewed_at} if viewed_at else {}
    ends_by_use = session.execute(
        update(Destination)
        .where(Destination.id == visit.destination_id)
        .values(views=Destination.views + views, version=Destination.version + 1, **viewed)
        .returning(Destination.days_after_view + Destination.most_views)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if views:  # after the Destination, as whoever revokes a link
        session.execute(
            update(Link)
            .where(Link.id == visit.link_id)
            .values(views=Link.views + views, **viewed)
            .execution_options(synchronize_session=False)
        )
    if views and ends_by_use:
        expiry.viewed(session, visit)


def _change_viewer(
    session: TenantSession, destination_id: UUID, person_id: UUID | None, by: int, now: datetime
) -> None:
    if person_id is None:
        return
    row = {
        "id": new_id(),
        "destination_id": destination_id,
        "person_id": person_id,
        "views": max(0, by),
        "last_viewed_at": now,
    }
    set_: dict[str, Any] = {"views": Viewer.views + by}
    if by > 0:
        set_["last_viewed_at"] = now
    session.upsert_many(Viewer, [row], key=["org_id", "destination_id", "person_id"], set_=set_)
