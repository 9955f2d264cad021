"""Who plays a role in which opportunity, read again before targets are chosen (E2, E3).

One counted query per org and interval covers everybody who has something due; people who turn up
in between are read by one more, since a wrong target cannot be mended later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, bindparam, exists, select

from app.clock import utcnow
from app.crm.models import RecordLink, SObject
from app.crm.schemas import ContactFacts, OpportunityFacts, RoleFacts
from app.crm.service import remember_roles
from app.db import Database, Prepared, TenantSession, UtcDateTime
from app.ids import new_id
from app.outbox.models import OutboxRow, RoleRead
from app.outbox.turns import lease
from app.outbox.turns.lease import Turn
from app.salesforce.client import Client
from app.salesforce.soql import soql
from canvas.ids import to_18

#: What the calls are booked to.
FEATURE = "activity_to_salesforce"

#: A query's text may have 100,000 characters; an id takes 21 of them.
_MOST_PEOPLE = 2000
#: Due rows whose people are read along with those of the next batch.
_LOOK_AHEAD = 20_000
#: Rows of one statement, so that SQLite's limit of parameters is kept.
_CHUNK = 1000

_QUERY = (
    "SELECT OpportunityId, ContactId, Role, IsPrimary, Opportunity.Name, Opportunity.CreatedDate, "
    "Opportunity.IsClosed FROM OpportunityContactRole WHERE ContactId IN {}"
)


def unread(
    session: TenantSession, turn: Turn, contacts: Mapping[str, UUID], since: datetime
) -> Mapping[str, UUID]:
    """Contacts (id to person) whose roles were not read after ``since``, and must be.

    Empty when those of the batch are fresh enough: one statement. Otherwise a call is made anyway,
    so it also covers those who come after this batch.
    """
    people = set(contacts.values())
    stale = people - set(_fresh(session, people, since))
    if not stale:
        return {}
    found = {contact: person for contact, person in contacts.items() if person in stale}
    return dict([*found.items(), *unread_of_next(session, turn, since).items()][:_MOST_PEOPLE])


def unread_of_next(
    session: TenantSession, turn: Turn, since: datetime, *, rows: int = _LOOK_AHEAD
) -> Mapping[str, UUID]:
    """Contacts among the people of the next due rows whose roles must be read: one statement."""
    found = session.read(_UNREAD_OF_NEXT, turn=turn.lease_id, most=rows, since=since)
    return {contact: person for contact, person in found if person is not None}


_UNREAD_OF_NEXT = Prepared(
    select(RecordLink.salesforce_id, RecordLink.person_id)
    .where(
        RecordLink.sobject == SObject.CONTACT,  # Leads have no roles
        RecordLink.person_id.in_(
            select(OutboxRow.person_id)
            .where(lease.due(of_turn=True))
            .order_by(OutboxRow.seq)
            .limit(bindparam("most", type_=Integer()))
        ),
        ~exists().where(
            RoleRead.org_id == RecordLink.org_id,
            RoleRead.person_id == RecordLink.person_id,
            RoleRead.read_at > bindparam("since", type_=UtcDateTime()),
        ),
    )
    .limit(_MOST_PEOPLE)
)


def stale(
    session: TenantSession, contacts: Mapping[str, UUID], since: datetime
) -> Mapping[str, UUID]:
    """Those of the contacts (id to person) whose roles were not read after ``since``; at most as
    many as one query takes.
    """
    fresh = set(_fresh(session, set(contacts.values()), since))
    found = [(contact, person) for contact, person in contacts.items() if person not in fresh]
    return dict(found[:_MOST_PEOPLE])


def refresh(
    database: Database,
    org_id: UUID,
    client: Client,
    unread: Mapping[str, UUID],
    feature: str = FEATURE,
) -> None:
    """Ask the org for the roles of these contacts, and keep them in the mirror.

    Raises:
        SalesforceError: No answer; nothing may be sent to people whose targets are unknown.
    """
    asked_at = utcnow()
    rows = client.query(soql(_QUERY, list(unread)), feature=feature)
    by_contact: dict[str, list[RoleFacts]] = {contact: [] for contact in unread}
    for row in rows:
        fact = _fact(row)
        by_contact.setdefault(fact.contact.salesforce_id, []).append(fact)
    with database.writing(org_id) as session:
        _remember(session, by_contact)
        _mark(session, list(unread.values()), asked_at)


def _remember(session: TenantSession, by_contact: Mapping[str, Sequence[RoleFacts]]) -> None:
    """In pieces that keep together what is complete for a contact."""
    piece: dict[str, Sequence[RoleFacts]] = {}
    for contact, facts in by_contact.items():
        if piece and sum(map(len, piece.values())) + len(facts) > _CHUNK:
            _remember_piece(session, piece)
            piece = {}
        piece[contact] = facts
    if piece:
        _remember_piece(session, piece)


def _remember_piece(session: TenantSession, piece: Mapping[str, Sequence[RoleFacts]]) -> None:
    facts = [fact for facts in piece.values() for fact in facts]
    remember_roles(session, facts, complete_for=list(piece))


def _mark(session: TenantSession, people: Sequence[UUID], read_at: datetime) -> None:
    each = dict.fromkeys(people)  # a person may stand for several contacts
    rows = [{"id": new_id(), "person_id": person, "read_at": read_at} for person in each]
    for start in range(0, len(rows), _CHUNK):
        piece = rows[start : start + _CHUNK]
        session.upsert_many(RoleRead, piece, key=["org_id", "person_id"], set_=["read_at"])


def _fresh(session: TenantSession, people: set[UUID], since: datetime) -> Sequence[UUID]:
    if not people:
        return []
    statement = select(RoleRead.person_id).where(
        RoleRead.person_id.in_(people), RoleRead.read_at > since
    )
    return session.scalars(statement).all()


def _fact(row: Mapping[str, Any]) -> RoleFacts:
    deal = row.get("Opportunity") or {}
    created = deal.get("CreatedDate")
    return RoleFacts(
        OpportunityFacts(
            to_18(row["OpportunityId"]),
            deal.get("Name") or "",
            datetime.fromisoformat(created) if created else None,
            bool(deal.get("IsClosed")),
        ),
        ContactFacts(to_18(row["ContactId"])),
        row.get("Role") or "",
        bool(row.get("IsPrimary")),
    )
