"""Destinations and single links off and on; when they are over, whom they let in (X12)."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import TenantSession
from app.destinations import expiry
from app.destinations.expiry import Expiry
from app.destinations.gate import Gate
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


def set_expiry(session: TenantSession, destination_id: UUID, wanted: Expiry, *, by: str) -> bool:
    """What ends it, also by what was viewed so far; False without such a Destination."""
    destination = _locked(session, destination_id)
    if destination is None:
        return False
    before = expiry.expiry_of(destination)
    if before != wanted:
        destination.open_until, destination.days_after_view, destination.most_views = wanted
        expiry.settle(session, destination)
        changed = _differing(_told(before), _told(wanted))
        _changed(session, destination, Tag.DESTINATION_EXPIRY, by, **changed)
    return True


def set_gate(session: TenantSession, destination_id: UUID, wanted: Gate, *, by: str) -> bool:
    """What it asks of visitors from now on, those that came in before too; False without one."""
    destination = _locked(session, destination_id)
    if destination is None:
        return False
    before = gate_of(destination)
    if before != wanted:
        destination.gate, destination.gate_own_link = wanted.kind, wanted.own_link
        destination.gate_allow, destination.gate_deny = list(wanted.allow), list(wanted.deny)
        changed = _differing(asdict(before), asdict(wanted))
        _changed(session, destination, Tag.DESTINATION_GATE, by, **changed)
    return True


def gate_of(destination: Destination) -> Gate:
    """What was chosen for it; whom the org denies everywhere is beside it."""
    return Gate(
        destination.gate,
        destination.gate_own_link,
        tuple(destination.gate_allow),
        tuple(destination.gate_deny),
    )


def _told(wanted: Expiry) -> dict[str, object]:
    until = wanted.open_until.isoformat() if wanted.open_until else "never"
    return {**wanted._asdict(), "open_until": until}


def _differing(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    """What changed, as [before, after]; lists of a JSON column."""
    return {
        name: [_plain(before[name]), _plain(value)]
        for name, value in after.items()
        if value != before[name]
    }


def _plain(value: object) -> object:
    return " ".join(value) if isinstance(value, tuple) else value


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
