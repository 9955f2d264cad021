"""Staff: who may come in and as what, who is signed in, what was done among them."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Response, redirect, request, url_for

from app.console import sessions, staff
from app.console.models import ConsoleSession, StaffAct
from app.console.models import Staff as Person
from app.console.nav import N_
from app.console.pages import page
from app.console.permissions import STAFF_ROLES, Role
from app.console.principal import current_principal
from app.console.room import room
from app.console.sign_in.provider import current_provider
from app.console.support.agents import agent_of
from app.errors import ConfigError
from app.web import context, limits
from app.web.i18n import _

_ACTS = {
    StaffAct.INVITED: N_("invited"),
    StaffAct.REMOVED: N_("removed"),
    StaffAct.CAME_IN: N_("came in"),
    StaffAct.REFUSED: N_("was refused"),
    StaffAct.SESSION_ENDED: N_("session ended"),
    StaffAct.UNKNOWN: N_("what this version of Inlay does not know"),
}
#: Invitations per minute and person.
_INVITES = 10


@room.get("/console/staff")
def staff_page() -> Response:
    """Everybody, with what they may do."""
    return _staff()


@room.post("/console/staff/invite")
def invite_staff() -> Response:
    """A link for somebody new, or anew for somebody known; it is shown this once."""
    actor, role = current_principal().actor, request.form.get("role", "")
    limits.hit(context.database(), f"console:invite:{actor}", _INVITES)
    email, name = request.form.get("email", ""), request.form.get("name", "").strip()[:255]
    wanted = Role(role) if role in set(STAFF_ROLES) else Role.VIEWER
    if _is_self(email) and wanted is not current_principal().role:
        return _staff(problem=_("Somebody else has to change your role."), status=422)
    try:
        with context.database().system_writing() as session:
            token = staff.invite(session, context.keyring(), email, wanted, name=name, by=actor)
    except ConfigError as error:
        return _staff(problem=error.message, status=422)
    return _staff(invitation=f"{context.config().app_url}/console/enter/{token}")


@room.post("/console/staff/remove")
def remove_staff() -> Response:
    """Close the console to somebody at once; nobody shuts themselves out."""
    email, actor = request.form.get("email", ""), current_principal().actor
    if _is_self(email):
        return _staff(problem=_("Somebody else has to remove you."), status=422)
    try:
        with context.database().system_writing() as session:
            staff.let_go(session, email, by=actor)
    except ConfigError as error:
        return _staff(problem=error.message, status=422)
    return cast(Response, redirect(url_for("console.staff_page"), 303))


@room.post("/console/staff/sessions/<uuid:session_id>")
def end_session(session_id: UUID) -> Response:
    """End one session, of staff or of an invited admin."""
    actor = current_principal().actor
    with context.database().system_writing() as session:
        found = session.get(ConsoleSession, session_id)
        if found is not None:
            person = session.get(Person, found.staff_id) if found.staff_id else None
            about = person.email if person else found.name
            staff.note(session, StaffAct.SESSION_ENDED, actor, about)
            session.delete(found)
    return cast(Response, redirect(url_for("console.staff_page"), 303))


def _is_self(email: str) -> bool:
    """Whether this names whoever asks, however it is written."""
    return current_principal().actor == f"staff:{email.strip().lower()}"


def _staff(*, invitation: str = "", problem: str = "", status: int = 200) -> Response:
    with context.database().system_reading() as session:
        everybody = staff.everybody(session)
        open_ones = sessions.open_ones(session)
        latest = staff.latest(session)
    return page(
        "support/staff.html",
        status=status,
        everybody=everybody,
        open_ones=open_ones,
        latest=[(entry, _(_ACTS[entry.act])) for entry in latest],
        roles=[role.value for role in STAFF_ROLES],
        typed=request.form if problem else {},
        invitation=invitation,
        agent_of=agent_of,
        has_provider=current_provider() is not None,
        problem=problem,
    )
