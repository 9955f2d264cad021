"""All data of an org: exported, deleted after a delay, and whether support may view as."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, request, url_for

from app.console.files import file
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.crm import sights
from app.orgs import audit, service, settings
from app.orgs.data import deletion, export
from app.orgs.data.models import DeletionState
from app.web import context, limits
from app.web.i18n import _

_LONGEST = 300
#: A file is made as it is read; two at once are enough.
_EXPORTS_PER_MINUTE = 2


@room.get("/console/orgs/<org_id>/data")
def data() -> Response:
    """What can be done, and what was asked for."""
    return _data()


@room.get("/console/orgs/<org_id>/data/everything.zip")
def export_data() -> Response:
    """The file, written as it is read: nothing is kept of it here."""
    org, database = current_org(), context.database()
    limits.hit(database, f"export:{org.id}", _EXPORTS_PER_MINUTE)
    with database.writing(org.id) as tenant:
        audit.record(tenant, audit.Tag.DATA_EXPORTED, current_principal().actor)
    pieces = export.file_of(database, org)
    return file(pieces, f"inlay-{org.salesforce_id}.zip", "application/zip")


@room.post("/console/orgs/<org_id>/data/delete")
def ask_deletion() -> Response:
    """Ask for everything to be deleted; the org's name, typed, is the confirmation."""
    typed = request.form.get("name", "").strip()[:_LONGEST]
    if not deletion.is_name(current_org(), typed):
        problem = _("This is not the name of the org. Type it as it stands above.")
        return _data(typed=typed, problem=problem, status=422)
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        deletion.ask(session, org, current_principal().actor)
    return cast(Response, redirect(url_for("console.data", done="asked"), 303))


@room.post("/console/orgs/<org_id>/data/keep")
def cancel_deletion() -> Response:
    """Call the deletion off."""
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        kept = deletion.cancel(session, org, current_principal().actor)
    done = "kept" if kept else "late"
    return cast(Response, redirect(url_for("console.data", done=done), 303))


@room.post("/console/orgs/<org_id>/data/view-as/<any(on, off):switch>")
def allow_view(switch: str) -> Response:
    """Whether support may look at cards as reps saw them; if not, what was kept goes at once."""
    is_allowed, principal = switch == "on", current_principal()
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        settings.write(session, org, support_view=is_allowed)
        tag = audit.Tag.ORG_SETTING
        audit.record_for(session, org.id, tag, principal.actor, support_view=is_allowed)
    if not is_allowed:
        with context.database().writing(current_org().id) as tenant:
            sights.forget_all(tenant)
    return cast(Response, redirect(url_for("console.data", done=switch), 303))


@room.get("/console/deletions")
def deletions() -> Response:
    """Orgs that are to be deleted, and receipts of those that were."""
    with context.database().system_reading() as session:
        found = deletion.receipts(session)
    return page("data/receipts.html", found=[(each, sum(each.counts.values())) for each in found])


def _data(*, typed: str = "", problem: str = "", status: int = 200) -> Response:
    org = current_org()
    with context.database().system_reading() as session:
        asked = deletion.of_org(session, org.id)
    with context.database().reading(org.id) as tenant:
        is_allowed = settings.read(tenant).support_view
    return page(
        "data/data.html",
        status=status,
        asked=asked,
        is_going=asked is not None and asked.state is DeletionState.RUNNING,
        is_allowed=is_allowed,
        typed=typed,
        problem=problem,
        days=deletion.DELAY.days,
        done=request.args.get("done", ""),
        may_change=current_principal().may(Permission.MANAGE_DATA),
        may_consent=current_principal().may(Permission.CONSENT),
    )
