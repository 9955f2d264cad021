"""The ways in and out: the front door, one-time links, signing out."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from flask import Response, redirect, request, url_for

from app.console import links, sessions, staff
from app.console.errors import link_over, org_not_served
from app.console.guard import require_form_of_nobody
from app.console.models import LinkPurpose, OneTimeLink, Staff, StaffAct
from app.console.pages import page
from app.console.principal import current_principal, principal_or_none
from app.console.room import room
from app.console.sign_in.entering import sign_in_page
from app.db import SystemSession
from app.orgs import audit
from app.orgs.models import Org
from app.web import context

_INVITES = (LinkPurpose.STAFF_INVITE, LinkPurpose.ORG_INVITE)


@room.get("/console/")
def front() -> Response:
    """To where whoever asks begins."""
    principal = principal_or_none()
    if principal is None:
        return _to("console.sign_in")
    if principal.org_id is None:
        return _to("console.orgs")
    with context.database().reading(principal.org_id) as session:
        org = session.get(Org, principal.org_id)
    if org is None:
        return _to("console.sign_in")
    return _to("console.health", org_id=org.salesforce_id)


@room.get("/console/sign-in")
def sign_in() -> Response:
    """How one comes in."""
    return sign_in_page()


@room.get("/console/enter/<token>")
def show_link(token: str) -> Response:
    """What a link opens; looking at it (as mail scanners do) does not use it."""
    require_form_of_nobody()
    with context.database().system_reading() as session:
        link = links.find(session, context.keyring(), token, *_INVITES)
        holder = _holder(session, link)
    return page("enter.html", holder=holder, is_staff=link.staff_id is not None)


@room.post("/console/enter/<token>")
def use_link(token: str) -> Response:
    """Use it up: its holder is signed in."""
    require_form_of_nobody()
    with context.database().system_writing() as session:
        link = links.use(session, context.keyring(), token, *_INVITES)
        cookie = _begin(session, link)
    response = _to("console.front")
    sessions.COOKIE.put(response, context.config(), cookie)
    return response


@room.post("/console/sign-out")
def sign_out() -> Response:
    """End this session."""
    principal = current_principal()
    if principal.session_id is not None:
        sessions.end(context.database(), principal.session_id)
    response = _to("console.sign_in")
    sessions.COOKIE.take_away(response, context.config())
    return response


def _holder(session: SystemSession, link: OneTimeLink) -> str:
    """Whom the link lets in: a person of staff, or an admin of an org by its name."""
    if link.staff_id is not None:
        person = session.get(Staff, link.staff_id)
        if person is None or not person.is_active:
            raise link_over()
        return person.name or person.email
    return _org_of(session, link).name


def _org_of(session: SystemSession, link: OneTimeLink) -> Org:
    org = session.get(Org, link.org_id)
    if org is None:
        raise link_over()
    if not org.admits_admins:
        raise org_not_served()
    return org


def _begin(session: SystemSession, link: OneTimeLink) -> str:
    name = _holder(session, link)
    if link.staff_id is not None:
        person = session.get_one(Staff, link.staff_id)
        address = request.remote_addr or ""
        staff.note(session, StaffAct.CAME_IN, person.email, person.email, address=address)
        return sessions.begin(
            session, context.keyring(), request, name=name, staff_id=link.staff_id
        )
    org_id = cast(UUID, link.org_id)
    invited = f"invited by {link.made_by.removeprefix('staff:')}"
    audit.record_for(session, org_id, audit.Tag.ADMIN_CAME_IN, invited, by="one-time link")
    return sessions.begin(session, context.keyring(), request, name=invited, org_id=org_id)


def _to(endpoint: str, **values: Any) -> Response:
    return cast(Response, redirect(url_for(endpoint, **values), 303))
