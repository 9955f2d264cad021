"""The life of an org (C6): let in, on trial, suspended with a message, leaving, refreshed."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from uuid import UUID

from flask import Response, redirect, request, url_for

from app.console import links
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.console.support import changes, days
from app.orgs import sandboxes, service, states
from app.orgs.errors import StateChangeError
from app.orgs.models import OrgState
from app.salesforce.connect import connections
from app.web import context
from app.web.i18n import _

_LONGEST = 500
_INVITED_FOR = timedelta(hours=24)


def _no_day() -> str:
    return _("The day must be one to come, such as 2026-12-31.")


@room.get("/console/orgs/<org_id>/state")
def org_state() -> Response:
    """Whether the org is served, and what can be done about it."""
    return _org_state()


@room.post("/console/orgs/<org_id>/state/<any(active, suspended, pending, trial, leaving):state>")
def change_state(state: str) -> Response:
    """Take the org into a state; with a reason, and what the state needs besides."""
    wanted, why = OrgState(state), request.form.get("why", "").strip()[:_LONGEST]
    message = request.form.get("message", "").strip()[:_LONGEST]
    if not why:
        return _org_state(asked=state, problem=_("Say why: it stands in the audit."), status=422)
    try:
        until = days.end_of(request.form.get("until", "")) if wanted in states.ENDING else None
        with context.database().system_writing() as session:
            org = service.required(session, current_org().salesforce_id)
            actor = current_principal().actor
            service.set_state(session, org, wanted, actor, why=why, message=message, until=until)
    except ValueError:
        return _org_state(asked=state, field="until", problem=_no_day(), status=422)
    except StateChangeError as error:
        told = {"field": "until", "problem": _no_day()} if error.reason == "no_end" else {}
        return _org_state(asked=state, **{"problem": _(error.message), **told}, status=422)
    return cast(Response, redirect(url_for("console.org_state", done=1), 303))


@room.post("/console/orgs/<org_id>/refresh")
def accept_refresh() -> Response:
    """Take the org as the refresh of the older sandbox at its domain, which is archived."""
    why, actor = request.form.get("why", "").strip()[:_LONGEST], current_principal().actor
    if not why:
        problem = _("Say why: it stands in the audit.")
        return _org_state(asked="refresh", problem=problem, status=422)
    try:
        with context.database().system_writing() as session:
            org = service.required(session, current_org().salesforce_id)
            old = sandboxes.accept(session, org, by=actor, why=why)
    except StateChangeError as error:
        return _org_state(asked="refresh", problem=_(error.message), status=422)
    with context.database().writing(old.id) as tenant:
        connections.mark_disconnected(tenant, context.keyring())
    return cast(Response, redirect(url_for("console.org_state", done=1), 303))


@room.post("/console/orgs/<org_id>/invite")
def invite_admin() -> Response:
    """A link that makes its holder an admin of this org, once; it is shown this once."""
    org, actor = current_org(), current_principal().actor
    with context.database().system_writing() as session:
        token = links.invite_admin(session, context.keyring(), org.id, by=actor, lasts=_INVITED_FOR)
    return _org_state(invitation=f"{context.config().app_url}/console/enter/{token}")


@room.post("/console/orgs/<org_id>/invite/<uuid:link_id>/withdraw")
def withdraw_invitation(link_id: UUID) -> Response:
    """End an invitation that nobody used; if somebody just did, the list no longer has it."""
    actor = current_principal().actor
    with context.database().system_writing() as session:
        is_withdrawn = links.withdraw(session, current_org().id, link_id, by=actor)
    done = "withdrawn" if is_withdrawn else "late"
    return cast(Response, redirect(url_for("console.org_state", done=done) + "#h-invite", 303))


def _org_state(
    *,
    asked: str = "",
    field: str = "why",
    problem: str = "",
    invitation: str = "",
    status: int = 200,
) -> Response:
    with context.database().system_reading() as session:
        org = service.required(session, current_org().salesforce_id)
        refreshes = sandboxes.replaced_by(session, org)
        production = sandboxes.production_of(session, org)
        invitations = links.open_invitations(session, org.id)
    return page(
        "support/state.html",
        status=status,
        changes=changes.OFFERED[org.state],
        refreshes=refreshes,
        production=production,
        asked=asked,
        field=field,
        problem=problem,
        typed=request.form if problem else {},
        invitation=invitation,
        invitations=invitations,
        done=request.args.get("done", ""),
        may_invite=current_principal().may(Permission.INVITE_ADMINS),
    )
