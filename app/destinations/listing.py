"""All Destinations of an org, for whoever looks after them: newest first, paged by key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, literal, or_, select, tuple_

from app.db import TenantSession
from app.destinations.models import Destination, DestinationState
from app.orgs.models import OrgUser

PAGE_SIZE = 50


class Listed(NamedTuple):
    """A Destination as a list shows it."""

    id: UUID
    title: str
    sobject: str
    record_id: str
    state: DestinationState
    created_at: datetime
    created_by: str
    creator: str | None
    views: int
    last_viewed_at: datetime | None


def destinations(
    session: TenantSession,
    *,
    words: str = "",
    record_id: str = "",
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[Listed]:
    """Destinations after a place (created, id): one statement.

    Args:
        session: Of the org.
        words: Part of the title, or of the name of who made it.
        record_id: The record (18) that it belongs to.
        after: The place of the last one shown.
        limit: How many.
    """
    statement = (
        select(
            Destination.id, Destination.title, Destination.sobject, Destination.record_id,
            Destination.state, Destination.created_at, Destination.created_by, OrgUser.name,
            Destination.views, Destination.last_viewed_at,
        )
        .outerjoin(
            OrgUser,
            (OrgUser.org_id == Destination.org_id)
            & (OrgUser.salesforce_id == Destination.created_by),
        )
        .order_by(Destination.created_at.desc(), Destination.id.desc())
        .limit(limit)
    )  # fmt: skip
    if record_id:
        statement = statement.where(Destination.record_id == record_id)
    elif words:
        columns = (Destination.title, OrgUser.name)
        matches = [func.lower(each).contains(words.lower(), autoescape=True) for each in columns]
        statement = statement.where(or_(*matches))
    if after is not None:
        moment, last = after
        place = tuple_(
            literal(moment, Destination.created_at.type), literal(last, Destination.id.type)
        )
        statement = statement.where(tuple_(Destination.created_at, Destination.id) < place)
    return [Listed._make(row) for row in session.execute(statement)]


def set_state(session: TenantSession, destination_id: UUID, state: DestinationState) -> str:
    """Close a page, or open it again; its title, or "" when there is no such Destination."""
    found = session.get(Destination, destination_id, with_for_update=True)
    if found is None:
        return ""
    if found.state is not state:
        found.state = state
        found.version += 1
    return found.title
