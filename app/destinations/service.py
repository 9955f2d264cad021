"""Verbs of Destinations: get the one of a record, or create it from the org's template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.destinations import stored_template
from app.destinations.models import Block, Destination, DestinationState, Link
from app.destinations.schemas import PersonFacts, RecordFacts, RepFacts
from app.destinations.template import blocks_of, title_of, values_of
from app.destinations.tokens import new_token
from app.ids import new_id
from app.orgs import audit
from app.orgs.audit import Tag
from app.orgs.settings import OrgSettings


def get_or_create(
    session: TenantSession, record: RecordFacts, rep: RepFacts, settings: OrgSettings
) -> tuple[Destination, bool]:
    """The one Destination of a record, and whether this call made it (X11).

    Each person of the record gets a link, and anybody else the general one; a later call adds
    links for people who are new and changes nothing else. Two calls at once make one Destination.

    Args:
        session: Of the org, writing.
        record: What the rep may see of the record.
        rep: Who asks; shown on a Destination that is made.
        settings: Of the org.
    """
    destination = _locked(session, record.id)
    created = destination is None
    if destination is None:
        destination, created = _create(session, record, rep, settings)
    _add_missing_links(session, destination, record.people)
    return destination, created


def _locked(session: TenantSession, record_id: str) -> Destination | None:
    """The row is locked, so that two calls do not both add a link for the same person."""
    return session.scalar(
        select(Destination).where(Destination.record_id == record_id).with_for_update()
    )


def _create(
    session: TenantSession, record: RecordFacts, rep: RepFacts, settings: OrgSettings
) -> tuple[Destination, bool]:
    """Insert it, or wait for the call that was quicker and take what that made."""
    template = stored_template.read(session)
    title = title_of(template, values_of(record, rep, settings))
    row = _destination_row(record, rep, title, settings)
    session.upsert_many(Destination, [row], key=["org_id", "record_id"])
    destination = session.scalars(
        select(Destination).where(Destination.record_id == record.id).with_for_update()
    ).one()
    if destination.id != row["id"]:
        return destination, False
    blocks = blocks_of(template, record, rep, settings)
    session.insert_many(
        Block,
        [
            {"destination_id": destination.id, "position": place, "kind": kind, "content": content}
            for place, (kind, content) in enumerate(blocks)
        ],
    )
    audit.record(
        session,
        Tag.DESTINATION_CREATED,
        rep.user_id,
        destination=str(destination.id),
        record=record.id,
    )
    return destination, True


def _destination_row(
    record: RecordFacts, rep: RepFacts, title: str, settings: OrgSettings
) -> dict[str, Any]:
    now, days = utcnow(), settings.destination_days
    open_until = now + timedelta(days=days) if days else None
    return {
        "id": new_id(),
        "sobject": record.sobject,
        "record_id": record.id,
        "title": title,
        "state": DestinationState.ACTIVE,
        "created_by": rep.user_id,
        "created_at": now,
        "expires_at": open_until,
        "open_until": open_until,
        "days_after_view": settings.destination_view_days,
        "most_views": settings.destination_views,
        "gate": settings.gate,
        "gate_own_link": settings.gate_own_link,
        "gate_allow": list(settings.gate_allow),
        "version": 1,
        "views": 0,
    }


def _add_missing_links(
    session: TenantSession, destination: Destination, people: Sequence[PersonFacts]
) -> None:
    known = set(
        session.scalars(select(Link.person_id).where(Link.destination_id == destination.id))
    )
    wanted = {person.person_id: person for person in people}
    rows = [_link_row(destination, wanted[person]) for person in wanted if person not in known]
    if None not in known:
        rows.insert(0, _link_row(destination, None))
    if rows and known:
        destination.version += 1
    session.insert_many(Link, rows)


def _link_row(destination: Destination, person: PersonFacts | None) -> dict[str, Any]:
    return {
        "destination_id": destination.id,
        "person_id": person.person_id if person else None,
        "first_name": _called(person) if person else "",
        "token": new_token(),
    }


def _called(person: PersonFacts) -> str:
    return " ".join((person.first_name or person.name).split())[:255]
