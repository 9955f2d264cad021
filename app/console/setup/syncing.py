"""What to sync: which way per object, how often, deletions; and what the fields are by default."""

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
from app.orgs import settings
from app.orgs.settings import MOST_SYNC_HOURS, OrgSettings, SyncMethod
from app.web import context
from app.web.i18n import _

OBJECTS: Mapping[str, str] = {
    "sync_contacts": N_("Contacts"),
    "sync_leads": N_("Leads"),
    "sync_companies": N_("Companies (accounts)"),
}
METHODS: Mapping[SyncMethod, str] = {
    SyncMethod.NONE: N_("Not at all"),
    SyncMethod.FROM_SALESFORCE: N_("From Salesforce to Inlay"),
    SyncMethod.TO_SALESFORCE: N_("From Inlay to Salesforce"),
    SyncMethod.BOTH: N_("Both ways"),
}
#: Pairs by default: what it is here, and the fields of Contact, Lead and Account.
FIELDS: Sequence[tuple[str, str, str, str]] = (
    (N_("E-mail address"), "Email", "Email", ""),
    (N_("First name"), "FirstName", "FirstName", ""),
    (N_("Last name"), "LastName", "LastName", ""),
    (N_("Title"), "Title", "Title", ""),
    (N_("Phone"), "Phone", "Phone", "Phone"),
    (N_("Company"), "Account", "Company", "Name"),
    (N_("Website"), "", "Website", "Website"),
)
_LONGEST = 16


@room.get("/console/orgs/<org_id>/setup/syncing")
def syncing() -> Response:
    """The choices as they are."""
    with context.database().reading(current_org().id) as session:
        chosen = settings.read(session)
    return _syncing(_values(chosen), {})


@room.post("/console/orgs/<org_id>/setup/syncing")
def save_syncing() -> Response:
    """Keep them; what is wrong is said at its field, and all that was typed stays."""
    typed = {name: request.form.get(name, "").strip()[:_LONGEST] for name in _values(OrgSettings())}
    problems = _problems(typed)
    if problems:
        return _syncing(typed, problems, status=422)
    keep(typed, _values, **_changes(typed))
    return cast(Response, redirect(url_for("console.syncing", done=1), 303))


@room.get("/console/orgs/<org_id>/setup/fields")
def default_fields() -> Response:
    """Which field stands for which, until an org may say otherwise."""
    return page("setup/fields.html", fields=[(_(label), *names) for label, *names in FIELDS])


def told(chosen: OrgSettings) -> str:
    """What was chosen, in a line."""
    synced = [
        f"{_(label)}: {_(METHODS[getattr(chosen, name)]).lower()}"
        for name, label in OBJECTS.items()
        if getattr(chosen, name) is not SyncMethod.NONE
    ]
    return "; ".join(synced) or _("People and companies are not synced.")


def _values(chosen: OrgSettings) -> Mapping[str, str]:
    """The settings as the form shows them."""
    return {
        **{name: getattr(chosen, name).value for name in OBJECTS},
        "sync_hours": str(chosen.sync_hours),
        "sync_deletions": "1" if chosen.sync_deletions else "",
    }


def _changes(typed: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{name: typed[name] for name in OBJECTS},
        "sync_hours": int(typed["sync_hours"]),
        "sync_deletions": typed["sync_deletions"] == "1",
    }


def _problems(typed: Mapping[str, str]) -> Mapping[str, str]:
    wrong = {
        name: _("Choose one of these.") for name in OBJECTS if typed[name] not in set(SyncMethod)
    }
    hours = typed["sync_hours"]
    is_number = hours.isascii() and hours.isdecimal()
    if not is_number or not 1 <= int(hours) <= MOST_SYNC_HOURS:
        words = _("Write a number of hours from 1 to %(most)d.") % {"most": MOST_SYNC_HOURS}
        wrong["sync_hours"] = words
    return wrong


def _syncing(
    values: Mapping[str, str], problems: Mapping[str, str], *, status: int = 200
) -> Response:
    return page(
        "setup/syncing.html",
        status=status,
        values=values,
        problems=problems,
        objects=[(name, _(label)) for name, label in OBJECTS.items()],
        methods=[(method.value, _(label)) for method, label in METHODS.items()],
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=request.args.get("done") == "1",
    )
