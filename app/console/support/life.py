"""The life of an org: let in, suspended with a message that reps see, invited admins."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import Response, redirect, request, url_for

from app.console import links
from app.console.models import LinkPurpose
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.orgs import audit, service
from app.orgs.models import OrgState
from app.web import context
from app.web.i18n import _

_LONGEST = 500
_INVITED_FOR = timedelta(hours=24)


@room.get("/console/orgs/<org_id>/state")
def org_state() -> Response:
    """Whether the org is served, and what can be done about it."""
    return _org_state()


@room.post("/console/orgs/<org_id>/state/<any(active, suspended, pending):state>")
def change_state(state: str) -> Response:
    """Let in, suspend, or put back; with a reason for the audit and a message for reps."""
    why = request.form.get("why", "").strip()[:_LONGEST]
    message = request.form.get("message", "").strip()[:_LONGEST]
    if not why:
        problem = _("Say why: it stands in the audit.")
        return _org_state(asked=state, problem=problem, message=message, status=422)
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        service.set_state(
            session, org, OrgState(state), current_principal().actor, why=why, message=message
        )
    return cast(Response, redirect(url_for("console.org_state", done=1), 303))


@room.post("/console/orgs/<org_id>/invite")
def invite_admin() -> Response:
    """A link that makes its holder an admin of this org, once; it is shown this once."""
    org, actor = current_org(), current_principal().actor
    with context.database().system_writing() as session:
        token = links.make(
            session,
            context.keyring(),
            LinkPurpose.ORG_INVITE,
            by=actor,
            lasts=_INVITED_FOR,
            org_id=org.id,
        )
        audit.record_for(session, org.id, audit.Tag.ADMIN_INVITED, actor, hours=24)
    return _org_state(invitation=f"{context.config().app_url}/console/enter/{token}")


def _org_state(
    *,
    asked: str = "",
    problem: str = "",
    message: str = "",
    invitation: str = "",
    status: int = 200,
) -> Response:
    return page(
        "support/state.html",
        status=status,
        asked=asked,
        problem=problem,
        message=message,
        invitation=invitation,
        done=request.args.get("done") == "1",
        may_invite=current_principal().may(Permission.INVITE_ADMINS),
    )
