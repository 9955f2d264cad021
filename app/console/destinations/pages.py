"""Addresses of an org's Destinations: the list, closing and opening, the brand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from flask import Response, redirect, request, url_for

from app.console.activity.asked import record_id_in
from app.console.errors import unknown_destination
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.destinations.listing import PAGE_SIZE, Listed, destinations, set_state
from app.destinations.models import DestinationState
from app.orgs import audit, service, settings
from app.salesforce.connect.connections import status
from app.web import context

_LONGEST = 300
_BRAND = ("company_name", "website", "brand_color")
_STATES = {"close": DestinationState.REVOKED, "open": DestinationState.ACTIVE}


@room.get("/console/orgs/<org_id>/destinations")
def list_destinations() -> Response:
    """Newest first; found by title, by who made it, or by its record."""
    words = request.args.get("q", "").strip()[:_LONGEST]
    with context.database().reading(current_org().id) as session:
        found = destinations(
            session,
            words=words,
            record_id=record_id_in(words),
            after=_place(request.args.get("at", ""), request.args.get("id", "")),
            limit=PAGE_SIZE + 1,
        )
        connection = status(session)
    return page(
        "destinations/list.html",
        found=found[:PAGE_SIZE],
        last=found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None,
        words=words,
        url_of=lambda each: _record_url(each, connection.instance_url if connection else ""),
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
    )


@room.post("/console/orgs/<org_id>/destinations/<uuid:destination_id>/<any(close, open):verb>")
def change_destination(destination_id: UUID, verb: str) -> Response:
    """Close a page to everybody who has its link, or open it again."""
    with context.database().writing(current_org().id) as session:
        title = set_state(session, destination_id, _STATES[verb])
        if not title:
            raise unknown_destination()
        actor = current_principal().actor
        audit.record(session, audit.Tag.DESTINATION_STATE, actor, title=title, to=verb)
    return cast(Response, redirect(url_for("console.list_destinations"), 303))


@room.get("/console/orgs/<org_id>/destinations/brand")
def brand() -> Response:
    """How pages look that prospects see."""
    with context.database().reading(current_org().id) as session:
        chosen = settings.read(session)
    return _brand({name: getattr(chosen, name) for name in _BRAND}, {})


@room.post("/console/orgs/<org_id>/destinations/brand")
def save_brand() -> Response:
    """Keep it; pages show it from the next visit on."""
    typed = {name: request.form.get(name, "").strip()[:_LONGEST] for name in _BRAND}
    problems = {name: words for name in _BRAND if (words := settings.problem(name, typed[name]))}
    if problems:
        return _brand(typed, problems, status=422)
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        settings.write(session, org, **typed)
        actor = current_principal().actor
        audit.record_for(session, org.id, audit.Tag.ORG_SETTING, actor, **typed)
    return cast(Response, redirect(url_for("console.brand", done=1), 303))


def _brand(
    values: Mapping[str, str], problems: Mapping[str, str], *, status: int = 200
) -> Response:
    return page(
        "destinations/brand.html",
        status=status,
        values=values,
        problems=problems,
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=request.args.get("done") == "1",
    )


def _record_url(each: Listed, instance_url: str) -> str:
    return (
        f"{instance_url}/lightning/r/{each.sobject}/{each.record_id}/view" if instance_url else ""
    )


def _place(moment: str, last: str) -> tuple[datetime, UUID] | None:
    """Where to go on; a made-up place is none."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(last)
    except (ValueError, OverflowError):
        return None
