"""Features of one org (C6): what each does, how it stands and why, and the switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Response, redirect, request, url_for
from sqlalchemy import select

from app.clock import utcnow
from app.console.nav import N_
from app.console.pages import page
from app.console.permissions import ROUTES, Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.console.support import days
from app.orgs import features as switches
from app.orgs import plans, service
from app.orgs.catalogue import PLANS, SPECS, Feature, Plan
from app.orgs.features import Standing
from app.orgs.models import OrgFeature
from app.salesforce.preflight import service as preflight
from app.salesforce.preflight.result import Preflight
from app.web import context
from app.web.i18n import _

_LONGEST = 500

#: What people call them.
LABELS: Mapping[str, str] = {
    "widget": N_("Widget"),
    "create_destination": N_("Creating Destinations"),
    "activity_to_salesforce": N_("Writing activities to Salesforce"),
    "follow_ups": N_("Follow-up tasks"),
    "destination_records": N_("Destination records"),
    "scores": N_("Scores on contacts and leads"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A feature as it stands. ``kept`` is who changed it; ``lacks`` counts missing rights."""

    feature: Feature
    label: str
    description: str
    default: bool
    now: Standing
    kept: OrgFeature | None
    lacks: int

    @property
    def is_of_org(self) -> bool:
        """Whether the org has a switch of its own that counts or would count."""
        return self.kept is not None and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether the org's own switch was for a time that has passed."""
        ends = self.kept.ends_at if self.kept else None
        return ends is not None and ends <= utcnow()


@room.get("/console/orgs/<org_id>/features")
def features() -> Response:
    """All features, with default, state, who, why and when."""
    return _features()


@room.post("/console/orgs/<org_id>/features/<any(on, off, usual):switch>")
def switch_feature(switch: str) -> Response:
    """Switch one, with a reason; the server refuses within the second."""
    name, why = request.form.get("feature", ""), request.form.get("why", "").strip()[:_LONGEST]
    if name not in set(Feature):
        return _features(status=404)
    if not why:
        return _features(asked=name, problem=_("Say why: it stands in the audit."), status=422)
    try:
        until = days.end_of(request.form.get("until", ""))
    except ValueError:
        problem = _("The day must be one to come, such as 2026-12-31.")
        return _features(asked=name, field="until", problem=problem, status=422)
    actor, feature = current_principal().actor, Feature(name)
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        if switch == "usual":
            switches.leave_to_plan(session, org, feature, by=actor, why=why)
        else:
            switches.switch(session, org, feature, switch == "on", by=actor, why=why, until=until)
    return cast(Response, redirect(url_for("console.features", done=name), 303))


@room.post("/console/orgs/<org_id>/plan")
def change_plan() -> Response:
    """Give the org a plan, or none, with a reason; its sandboxes follow."""
    name, why = request.form.get("plan", ""), request.form.get("why", "").strip()[:_LONGEST]
    if name and name not in set(Plan):
        return _features(status=404)
    if not why:
        return _features(asked="plan", problem=_("Say why: it stands in the audit."), status=422)
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        plan = switches.plan_named(name)
        plans.set_plan(session, org, plan, by=current_principal().actor, why=why)
    return cast(Response, redirect(url_for("console.features", done="plan"), 303))


def _features(
    *, asked: str = "", field: str = "why", problem: str = "", status: int = 200
) -> Response:
    with context.database().reading(current_org().id) as session:
        plan, standing = switches.explain(session)
        kept = {row.feature: row for row in session.scalars(select(OrgFeature))}
        found = preflight.last(session)
    done = request.args.get("done", "")
    return page(
        "support/features.html",
        status=status,
        rows=[
            Row(
                each, _(LABELS.get(each, each.value)), _(spec.description), spec.default,
                standing[each], kept.get(each.value),
                _lacks(found, each),
            )
            for each, spec in SPECS.items()
        ],
        asked=asked,
        field=field,
        typed=request.form if problem else {},
        problem=problem,
        done=done if done in {*Feature, "plan"} else "",
        plan=plan,
        plans=[(each.value, _(spec.label)) for each, spec in PLANS.items()],
        plan_label=_(PLANS[Plan(plan)].label) if plan in set(Plan) else plan,
        may_switch=current_principal().may(Permission.SWITCH_FEATURES),
        has_preflight="console.preflight" in ROUTES,
    )  # fmt: skip


def _lacks(found: Preflight | None, feature: Feature) -> int:
    """How many rights the last preflight missed for it."""
    reports = found.features if found else ()
    return sum(len(each.missing) for each in reports if each.feature == feature.value)
