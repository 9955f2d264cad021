"""From an address to what it opens; whoever knocks with a token that opens nothing learns nothing.

The token is all that is known of a visitor, so this one read spans all orgs; what follows happens
in a session of the org that was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from app.crm.models import Person
from app.db import Database
from app.destinations.domains import host_in
from app.destinations.gate import Gate
from app.destinations.models import Destination, DestinationState, Link, Logo, PageDomain
from app.destinations.tokens import is_token
from app.orgs.gates import GateKind, entries_of
from app.orgs.models import SERVED, Org, OrgSetting
from app.orgs.settings import GATE_DENY


@dataclass(frozen=True, slots=True)
class Entry:
    """An open link: whose (with their address), to which Destination, of which org.

    ``counts_viewers``: it ends after so many (``destinations.expiry``).
    """

    org_id: UUID
    link_id: UUID
    destination_id: UUID
    person_id: UUID | None
    first_name: str
    token: str
    title: str
    email: str = ""
    gate: Gate = field(default_factory=Gate)
    counts_viewers: bool = False


def enter(
    database: Database, token: str, now: datetime, own_host: UUID | None = None
) -> Entry | None:
    """What the token opens; None when it is unknown, revoked or over, or its org not served.

    ``own_host`` is the org on whose own domain somebody knocks: it opens links of that org alone.
    """
    if not is_token(token):
        return None
    statement = (
        select(
            Link.org_id, Link.id, Link.destination_id, Link.person_id, Link.first_name, Link.token,
            Destination.title, func.coalesce(Person.email, ""),
            Destination.most_views > 0, Destination.gate,
            Destination.gate_own_link, Destination.gate_allow, Destination.gate_deny,
            OrgSetting.value,
        )
        .join(
            Destination,
            (Destination.org_id == Link.org_id) & (Destination.id == Link.destination_id),
        )
        .join(Org, Org.id == Link.org_id)
        .outerjoin(Person, (Person.org_id == Link.org_id) & (Person.id == Link.person_id))
        .outerjoin(
            OrgSetting, (OrgSetting.org_id == Link.org_id) & (OrgSetting.name == GATE_DENY)
        )
        .where(
            Link.token == token,
            *([Link.org_id == own_host] if own_host else []),
            Link.revoked_at.is_(None),
            or_(Link.expires_at.is_(None), Link.expires_at > now),
            Destination.state == DestinationState.ACTIVE,
            or_(Destination.expires_at.is_(None), Destination.expires_at > now),
            Org.state.in_(SERVED),
        )
    )  # fmt: skip
    with database.system_reading() as session:
        row = session.execute(statement).one_or_none()
    if row is None:
        return None
    *facts, counts_viewers, kind, own_link, allow, deny, of_org = row
    if kind is GateKind.CLOSED:
        return None
    gate = Gate()
    if kind is not GateKind.OPEN:
        denied = entries_of(of_org["value"]) if of_org else ()
        gate = Gate(kind, own_link, tuple(allow), (*deny, *denied))
    values = *facts, gate, counts_viewers
    return Entry(*values)


def org_at(database: Database, pages_url: str, host: str) -> UUID | None:
    """The org whose own domain, opened, this host of a request is: one statement."""
    name = host_in(pages_url, host)
    if not name:
        return None
    opened = select(PageDomain.org_id).where(
        PageDomain.host == name, PageDomain.opened_at.is_not(None)
    )
    with database.system_reading() as session:
        return session.scalar(opened)


def find_logo(database: Database, token: str, own_host: UUID | None = None) -> Logo | None:
    """The logo of this address, on an own domain that org's; None of no org's present page."""
    if not is_token(token):
        return None
    with database.system_reading() as session:
        found = session.scalar(select(Logo).where(Logo.token == token))
    return found if found is None or own_host in (None, found.org_id) else None
