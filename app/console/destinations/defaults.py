"""How long new Destinations stay, what they ask of visitors, and whom none of them lets in."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, redirect, request, url_for

from app.console.destinations import rules
from app.console.destinations.rules import Fields
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.destinations.gate import Gate
from app.orgs import audit, service, settings
from app.orgs.settings import MOST_DAYS, OrgSettings
from app.web import context

_NUMBERS = {"days": MOST_DAYS, **rules.USE}


@room.get("/console/orgs/<org_id>/destinations/defaults")
def defaults() -> Response:
    """The choices as they are."""
    return _defaults(_fields(_read()), {})


@room.post("/console/orgs/<org_id>/destinations/defaults")
def save_defaults() -> Response:
    """Keep them; what is wrong is said at its field, and all that was typed stays."""
    typed = rules.typed_of(request.form, (*_NUMBERS, *rules.GATE))
    problems = rules.number_problems(typed, _NUMBERS) | rules.gate_problems(typed)
    if problems:
        return _defaults(typed, problems, status=422)
    wanted, before = _changes(typed), _read()
    changed = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if changed:
        with context.database().system_writing() as session:
            org = service.required(session, current_org().salesforce_id)
            settings.write(session, org, **changed)
            told = {name: [getattr(before, name), value] for name, value in changed.items()}
            actor = current_principal().actor
            audit.record_for(session, org.id, audit.Tag.ORG_SETTING, actor, **told)
    return cast(Response, redirect(url_for("console.defaults", done=1), 303))


def _read() -> OrgSettings:
    with context.database().reading(current_org().id) as session:
        return settings.read(session)


def _fields(chosen: OrgSettings) -> Fields:
    gate = Gate(
        chosen.gate, chosen.gate_own_link, tuple(chosen.gate_allow), tuple(chosen.gate_deny)
    )
    return {
        "days": str(chosen.destination_days or ""),
        **rules.use_fields(chosen.destination_view_days, chosen.destination_views),
        **rules.gate_fields(gate),
    }


def _changes(typed: Fields) -> dict[str, Any]:
    gate = rules.gate_of(typed)
    return {
        "destination_days": rules.number_of(typed["days"]),
        "destination_view_days": rules.number_of(typed["view_days"]),
        "destination_views": rules.number_of(typed["views"]),
        "gate": gate.kind,
        "gate_own_link": gate.own_link,
        "gate_allow": gate.allow,
        "gate_deny": gate.deny,
    }


def _defaults(values: Fields, problems: Fields, *, status: int = 200) -> Response:
    return page(
        "destinations/defaults.html",
        status=status,
        values=values,
        problems=problems,
        choices=rules.choices(),
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=request.args.get("done") == "1",
    )
