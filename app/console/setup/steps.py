"""The steps of the set-up, how far each is, and the switch at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import Response, redirect, request, url_for

from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.console.setup.sending import kinds_sent
from app.console.setup.syncing import told as synced
from app.db import TenantSession
from app.orgs import features, service, settings
from app.orgs.features import Feature
from app.orgs.settings import OrgSettings
from app.outbox.owners import service as owners
from app.salesforce.connect.connections import ConnectionStatus, status
from app.salesforce.preflight import service as preflight
from app.salesforce.preflight.result import Preflight
from app.web import context
from app.web.i18n import _, ngettext

_WRITES = Feature.ACTIVITY_TO_SALESFORCE


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, whether it is done, how it stands in sentences, and where it is done:
    addresses with what their buttons say.
    """

    title: str
    is_done: bool
    told: Sequence[str]
    ways: Sequence[tuple[str, str]]


@room.get("/console/orgs/<org_id>/setup")
def setup() -> Response:
    """The steps in order; nothing goes live before the last."""
    with context.database().reading(current_org().id) as session:
        chosen, connection = settings.read(session), status(session)
        found = preflight.last(session)
        steps = _steps(session, chosen, connection, found)
        writes = features.is_enabled(session, _WRITES)
    return page(
        "setup/steps.html",
        steps=steps,
        writes=writes,
        is_ready=connection is not None and connection.is_connected,
        lacks=_lacks(found),
        kinds=kinds_sent(chosen),
        chosen=chosen,
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=request.args.get("done", ""),
    )


@room.post("/console/orgs/<org_id>/setup/<any(on, off):switch>")
def turn(switch: str) -> Response:
    """Begin, or stop, writing activities to Salesforce."""
    on = switch == "on"
    with context.database().reading(current_org().id) as session:
        connection = status(session)
    if on and (connection is None or not connection.is_connected):
        return cast(Response, redirect(url_for("console.setup"), 303))
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        why = "turned on in the set-up" if on else "turned off in the set-up"
        features.switch(session, org, _WRITES, on, by=current_principal().actor, why=why)
    return cast(Response, redirect(url_for("console.setup", done=switch), 303))


def _steps(
    session: TenantSession,
    chosen: OrgSettings,
    connection: ConnectionStatus | None,
    found: Preflight | None,
) -> Sequence[Step]:
    return [
        _connect(connection, found),
        _what(chosen),
        Step(
            _("Fields"),
            True,
            [_("As usual: names, e-mail address, title, phone and company.")],
            [(url_for("console.default_fields"), _("Look"))],
        ),
        _people(session, chosen),
    ]


def _connect(connection: ConnectionStatus | None, found: Preflight | None) -> Step:
    """The way in, and the rights of its user."""
    is_connected = connection is not None and connection.is_connected
    told = _("Inlay has no way in yet.")
    if connection is not None:
        told = connection.instance_url if is_connected else _("Salesforce no longer lets Inlay in.")
    has_rights, rights = _rights(found)
    ways = [
        (url_for("console.connect"), _("Look") if is_connected else _("Connect")),
        (url_for("console.preflight"), _("Rights")),
    ]
    return Step(_("Connect"), is_connected and has_rights, [told, rights], ways)


def _rights(found: Preflight | None) -> tuple[bool, str]:
    """Whether the preflight found all, and what to tell of it."""
    if found is None:
        return False, _("Its rights were not looked at yet.")
    lacks = _lacks(found)
    if lacks or found.refused:
        text = ngettext("%(n)d right is missing.", "%(n)d rights are missing.", lacks)
        return False, text % {"n": lacks}
    return True, _("No right is missing for what is switched on.")


def _what(chosen: OrgSettings) -> Step:
    sent = _("%(kinds)d kinds of engagement are sent, as %(object)s unless you say otherwise.") % {
        "kinds": len(kinds_sent(chosen)),
        "object": chosen.activity_object,
    }
    ways = [
        (url_for("console.sending"), _("What to send")),
        (url_for("console.syncing"), _("People and companies")),
    ]
    return Step(_("What to sync"), True, [sent, synced(chosen)], ways)


def _people(session: TenantSession, chosen: OrgSettings) -> Step:
    mapped = len(owners.mappings(session))
    text = ngettext("%(n)d colleague is mapped.", "%(n)d colleagues are mapped.", mapped)
    told = text % {"n": mapped}
    if not mapped and not chosen.default_owner:
        told = _("Optional: activities belong to the integration user until you say otherwise.")
    return Step(_("People"), True, [told], [(url_for("console.people"), _("Choose"))])


def _lacks(found: Preflight | None) -> int:
    """Rights that are missing for activities, or for what is on anyway."""
    if found is None:
        return 0
    reports = [each for each in found.features if each.feature == _WRITES.value]
    missing = {finding for report in reports for finding in report.missing}
    return len(missing | set(found.lacks))
