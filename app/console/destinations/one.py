"""One Destination: its links, off and on, how long it is open, whom it lets in (X12)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app.clock import utcnow
from app.console.destinations import asked, rules, words
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.destinations import domains, expiry, overview, switching
from app.destinations.expiry import Expiry, expiry_of
from app.destinations.models import Destination, DestinationState
from app.destinations.tokens import link_url, preview_url
from app.salesforce.connect.connections import status
from app.web import context
from app.web.i18n import _, ngettext

NOTHING: Mapping[str, str] = MappingProxyType({})


@room.get("/console/orgs/<org_id>/destinations/<uuid:destination_id>")
def destination(destination_id: UUID) -> Response:
    """What it is, and who has a link."""
    return _page(destination_id)


@room.post("/console/orgs/<org_id>/destinations/<uuid:destination_id>/<any(revoke, restore):verb>")
def switch_destination(destination_id: UUID, verb: str) -> Response:
    """Off or on, with all its links."""
    actor = current_principal().actor
    with context.database().writing(current_org().id) as session:
        number = switching.switch(session, destination_id, on=verb == "restore", by=actor)
    if number is None:
        raise NotFound
    return _back(destination_id, done=verb, number=number)


@room.post(
    "/console/orgs/<org_id>/destinations/<uuid:destination_id>"
    "/links/<uuid:link_id>/<any(revoke, restore):verb>"
)
def switch_link(destination_id: UUID, link_id: UUID, verb: str) -> Response:
    """One link off or on."""
    on, actor = verb == "restore", current_principal().actor
    with context.database().writing(current_org().id) as session:
        if not switching.switch_link(session, destination_id, link_id, on=on, by=actor):
            raise NotFound
    return _back(destination_id, done=verb, number=1)


@room.post("/console/orgs/<org_id>/destinations/<uuid:destination_id>/expiry")
def set_expiry(destination_id: UUID) -> Response:
    """Until which day it is open, and how long after use; empty fields end nothing."""
    typed = rules.typed_of(request.form, ("until", *rules.USE))
    problems, until = rules.number_problems(typed, rules.USE), None
    try:
        if typed["until"]:
            until = asked.end_of_day(typed["until"], current_principal().time_zone)
    except (ValueError, OverflowError):
        problems["until"] = _("Write the day as 2026-11-16.")
    if problems:
        return _page(destination_id, typed, problems, status_code=422)
    wanted = Expiry(until, *(rules.number_of(typed[name]) for name in rules.USE))
    with context.database().writing(current_org().id) as session:
        if not switching.set_expiry(session, destination_id, wanted, by=current_principal().actor):
            raise NotFound
    return _back(destination_id, done="expiry", number=0)


@room.post("/console/orgs/<org_id>/destinations/<uuid:destination_id>/gate")
def set_gate(destination_id: UUID) -> Response:
    """What it asks of visitors, and whom it lets in, from now on."""
    typed = rules.typed_of(request.form, rules.GATE)
    problems = rules.gate_problems(typed)
    if problems:
        return _page(destination_id, typed, problems, status_code=422)
    wanted = rules.gate_of(typed)
    with context.database().writing(current_org().id) as session:
        if not switching.set_gate(session, destination_id, wanted, by=current_principal().actor):
            raise NotFound
    return _back(destination_id, done="gate", number=0)


def _page(
    destination_id: UUID,
    typed: Mapping[str, str] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
    *,
    status_code: int = 200,
) -> Response:
    principal, now = current_principal(), utcnow()
    with context.database().reading(current_org().id) as session:
        line = overview.line(session, destination_id)
        if line is None:
            raise NotFound
        links = overview.links_of(session, destination_id)
        connection = status(session)
        chosen = session.scalars(select(Destination).where(Destination.id == destination_id)).one()
        viewers = expiry.viewers(session, destination_id) if chosen.most_views else 0
        came = overview.came_by_gate(session, destination_id)
        pages_url = domains.pages_url_of(session, context.config().pages_url)
    working = [link for link in links if link.revoked_at is None]
    is_revoked = line.state is DestinationState.REVOKED
    is_open = not is_revoked and not line.is_over(now)
    may_change = principal.may(Permission.CONFIGURE_ORG)
    instance_url = connection.instance_url if connection else ""
    return page(
        "destinations/one.html",
        status=status_code,
        line=line,
        state=words.state_of(line, now),
        record_url=words.record_url(line, instance_url),
        page_url=_preview(working, pages_url) if is_open and working and may_change else "",
        links=[(link, link_url(pages_url, link.token)) for link in links],
        number=len(working),
        is_revoked=is_revoked,
        is_open=is_open,
        values=_fields(chosen, principal.time_zone) | dict(typed),
        problems=problems,
        choices=rules.choices(),
        gate=rules.choice_of(chosen.gate),
        came=came,
        most_viewers=chosen.most_views,
        viewers=viewers,
        may_change=may_change,
        done=_done(),
    )


def _fields(chosen: Destination, zone: str) -> dict[str, str]:
    wanted = expiry_of(chosen)
    return {
        "until": asked.day_before(wanted.open_until, zone),
        **rules.use_fields(wanted.days_after_view, wanted.most_views),
        **rules.gate_fields(switching.gate_of(chosen)),
    }


def _preview(links: list[overview.LinkLine], pages_url: str) -> str:
    """The page as somebody with the first link sees it; looking at it counts nothing."""
    return preview_url(pages_url, links[0].token)


def _back(destination_id: UUID, **values: Any) -> Response:
    url = url_for("console.destination", destination_id=destination_id, **values)
    return cast(Response, redirect(url, 303))


def _done() -> str:
    """What was just done, in words; nothing that the address says is shown."""
    done, given = request.args.get("done", ""), request.args.get("number", "")
    number = int(given[:6]) if given.isascii() and given.isdecimal() else 0
    match done:
        case "revoke":
            text = ngettext(
                "%(n)d link shows nothing any more.", "%(n)d links show nothing any more.", number
            )
        case "restore":
            text = ngettext("%(n)d link works again.", "%(n)d links work again.", number)
        case "expiry" | "gate":
            return _("Saved.")
        case _:
            return ""
    return text % {"n": number}
