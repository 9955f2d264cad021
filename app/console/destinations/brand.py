"""How an org's public pages look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Response, redirect, request, url_for

from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.orgs import audit, service, settings
from app.web import context

_LONGEST = 300
_BRAND = ("company_name", "website", "brand_color")


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
