"""What to send: as which object, which kinds and how often, to which opportunity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Response, redirect, request, url_for

from app.console.nav import N_
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.console.setup.keeping import keep
from app.engagement.kinds import Kind, facts_of
from app.orgs import settings
from app.orgs.settings import KindPolicy, OpportunityRule, OrgSettings
from app.web import context
from app.web.i18n import _

OBJECTS: Mapping[str, str] = {
    "Task": N_("Completed task: moves Last Activity"),
    "Event": N_("Calendar event: shows when it happened, and for how long"),
}
RULES: Mapping[OpportunityRule, str] = {
    OpportunityRule.PRIMARY: N_("The one where the person is the primary contact, else the latest"),
    OpportunityRule.LATEST: N_("The one that was opened last"),
    OpportunityRule.ALL: N_("All of them: an activity for each"),
    OpportunityRule.NONE: N_("None: only the person"),
}
POLICIES: Mapping[KindPolicy, str] = {
    KindPolicy.OFF: N_("Not at all"),
    KindPolicy.EACH: N_("Each"),
    KindPolicy.FIRST: N_("The first of a person and link"),
    KindPolicy.DIGEST: N_("One a day, together"),
}
_PLAIN = ("activity_object", "opportunity_rule", "time_zone", "api_budget")
#: What is told of a value that its setting does not take.
_WRONG = {"time_zone": N_("Write a name such as Europe/Berlin, or leave it empty.")}
_LONGEST = 300


def kinds_sent(chosen: OrgSettings) -> Sequence[str]:
    """Names of the kinds that become activities."""
    return [
        _(facts_of(kind).label)
        for kind in Kind
        if chosen.policy_of(kind.value) is not KindPolicy.OFF
    ]


@room.get("/console/orgs/<org_id>/setup/sending")
def sending() -> Response:
    """The choices as they are."""
    with context.database().reading(current_org().id) as session:
        chosen = settings.read(session)
    return _sending(_values(chosen), {})


@room.post("/console/orgs/<org_id>/setup/sending")
def save_sending() -> Response:
    """Keep them; what is wrong is said at its field, and all that was typed stays."""
    typed = {name: request.form.get(name, "").strip()[:_LONGEST] for name in _names()}
    problems = _problems(typed)
    if problems:
        return _sending(typed, problems, status=422)
    keep(typed, _values, **_changes(typed))
    return cast(Response, redirect(url_for("console.sending", done=1), 303))


def _names() -> Sequence[str]:
    return (*_PLAIN, *(f"kind-{kind.value}" for kind in Kind))


def _values(chosen: OrgSettings) -> Mapping[str, str]:
    """The settings as the form shows them."""
    kinds = {f"kind-{kind.value}": chosen.policy_of(kind.value).value for kind in Kind}
    return {
        "activity_object": chosen.activity_object,
        "opportunity_rule": chosen.opportunity_rule.value,
        "time_zone": chosen.time_zone,
        "api_budget": str(chosen.api_budget or ""),
        **kinds,
    }


def _problems(typed: Mapping[str, str]) -> Mapping[str, str]:
    told = {name: settings.problem(name, typed[name]) for name in _PLAIN if name != "api_budget"}
    found = {name: _(_WRONG.get(name, words)) for name, words in told.items() if words}
    budget = typed["api_budget"]
    if budget and not (budget.isascii() and budget.isdecimal() and len(budget) < 10):
        found["api_budget"] = _("Write a number of calls, or leave it empty.")
    for kind in Kind:
        name = f"kind-{kind.value}"
        if typed[name] not in set(KindPolicy):
            found[name] = _("Choose one of these.")
    return found


def _changes(typed: Mapping[str, str]) -> dict[str, Any]:
    """What the form means; kinds of the vendor's own stay as they are."""
    with context.database().reading(current_org().id) as session:
        kept = dict(settings.read(session).kinds)
    return {
        "activity_object": typed["activity_object"],
        "opportunity_rule": typed["opportunity_rule"],
        "time_zone": typed["time_zone"],
        "api_budget": int(typed["api_budget"] or 0),
        "kinds": kept | {kind.value: typed[f"kind-{kind.value}"] for kind in Kind},
    }


def _sending(
    values: Mapping[str, str], problems: Mapping[str, str], *, status: int = 200
) -> Response:
    return page(
        "setup/sending.html",
        status=status,
        values=values,
        problems=problems,
        objects=[(name, _(words)) for name, words in OBJECTS.items()],
        rules=[(rule.value, _(words)) for rule, words in RULES.items()],
        policies=[(policy.value, _(words)) for policy, words in POLICIES.items()],
        kinds=[(f"kind-{kind.value}", _(facts_of(kind).label)) for kind in Kind],
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=request.args.get("done") == "1",
    )
