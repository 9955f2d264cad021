"""Switching Destinations and single links off and on, and when they are over (X12)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import TenantSession
from app.destinations.models import Destination, DestinationState, Link
from app.orgs import audit
from app.orgs.audit import Tag


def switch(session: TenantSession, destination_id: UUID, *, on: bool, by: str) -> int | None:
    """Revoke a Destination, or restore it; how many of its links that concerns.

    None when there is no such Destination in the org. What is so already stays unrecorded.
    """
    destination = _locked(session, destination_id)
    if destination is None:
        return None
    number = _number_of_links(session, destination_id)
    state = DestinationState.ACTIVE if on else DestinationState.REVOKED
    if destination.state is not state:
        destination.state = state
        tag = Tag.DESTINATION_RESTORED if on else Tag.DESTINATION_REVOKED
        _changed(session, destination, tag, by, links=number)
    return number


def switch_link(
    session: TenantSession, destination_id: UUID, link_id: UUID, *, on: bool, by: str
) -> bool:
    """Revoke one link, or restore it; False when the Destination has no such link."""
    destination = _locked(session, destination_id)
    link = session.scalar(
        select(Link).where(Link.id == link_id, Link.destination_id == destination_id)
    )
    if destination is None or link is None:
        return False
    if (link.revoked_at is None) is not on:
        link.revoked_at = None if on else utcnow()
        tag = Tag.LINK_RESTORED if on else Tag.LINK_REVOKED
        _changed(session, destination, tag, by, link=str(link.id))
    return True


def set_expiry(
    session: TenantSession, destination_id: UUID, expires_at: datetime | None, *, by: str
) -> bool:
    """From when on the links open nothing (None: never); False without such a Destination."""
    destination = _locked(session, destination_id)
    if destination is None:
        return False
    if destination.expires_at != expires_at:
        destination.expires_at = expires_at
        until = expires_at.isoformat() if expires_at else "never"
        _changed(session, destination, Tag.DESTINATION_EXPIRY, by, expires=until)
    return True


def _locked(session: TenantSession, destination_id: UUID) -> Destination | None:
    return session.scalar(
        select(Destination).where(Destination.id == destination_id).with_for_update()
    )


def _number_of_links(session: TenantSession, destination_id: UUID) -> int:
    """Those that are not revoked by themselves."""
    counted = select(func.count(Link.id)).where(
        Link.destination_id == destination_id, Link.revoked_at.is_(None)
    )
    return session.scalar(counted) or 0


def _changed(
    session: TenantSession, destination: Destination, tag: Tag, by: str, **detail: object
) -> None:
    """Open widgets and the org's own record hear of it."""
    destination.version += 1
    audit.record(
        session, tag, by, title=destination.title, destination=str(destination.id), **detail
    )
