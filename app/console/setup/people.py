"""People (L14, N12): whose activities are assigned to whom, and to whom the rest."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, request, url_for

from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.errors import InlayError
from app.orgs import audit, service, settings
from app.outbox.owners import service as owners
from app.outbox.owners import users
from app.salesforce.gateway import current_gateway
from app.web import context
from app.web.i18n import _

_LONGEST = 320


@room.get("/console/orgs/<org_id>/setup/people")
def people() -> Response:
    """Who is mapped; suggestions are looked for when asked, since all events are counted."""
    return _people()


@room.post("/console/orgs/<org_id>/setup/people/<any(map, forget, accept, default, read):verb>")
def change_people(verb: str) -> Response:
    """Map a colleague, forget one, take all suggestions, choose who gets the rest, read users."""
    identity = request.form.get("identity", "").strip()[:_LONGEST]
    owner = request.form.get("owner", "").strip()[:_LONGEST]
    if verb == "map" and not identity:
        return _people("identity", _("Write an e-mail address."), status=422)
    try:
        number = _change(verb, identity, owner)
    except InlayError as error:
        return _people(f"owner-{verb}", error.message, status=422)
    return cast(Response, redirect(url_for("console.people", done=verb, number=number), 303))


def _change(verb: str, identity: str, owner: str) -> int:
    """Do it; how many colleagues it concerns."""
    actor, org = current_principal().actor, current_org()
    if verb == "read":
        client = current_gateway().for_org(org.id)
        return users.refresh(context.database(), org.id, client)
    if verb == "default":
        with context.database().system_writing() as system:
            found = service.required(system, org.salesforce_id)
            settings.write(system, found, default_owner=owner)
            audit.record_for(system, org.id, audit.Tag.ORG_SETTING, actor, default_owner=owner)
        return 1
    with context.database().writing(org.id) as session:
        if verb == "accept":
            return owners.accept_suggestions(session, by=actor)
        if verb == "forget":
            return int(owners.remove(session, identity, by=actor))
        owners.set_mapping(session, identity, owner, by=actor)
    return 1


def _people(field: str = "", problem: str = "", *, status: int = 200) -> Response:
    with context.database().reading(current_org().id) as session:
        suggested = owners.suggestions(session) if request.args.get("suggest") else None
        values = {
            "mapped": owners.mappings(session),
            "known": users.known(session),
            "default_owner": settings.read(session).default_owner,
        }
    return page(
        "setup/people.html",
        status=status,
        field=field,
        problem=problem,
        typed=request.form,
        suggested=suggested,
        sure=sum(each.user is not None for each in suggested or ()),
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=bool(request.args.get("done")),
        given=values,
    )
