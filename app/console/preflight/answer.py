"""The page of the preflight: the last answer, a button for a new one, the text for a ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import Response, redirect, request, url_for

from app.console.pages import page
from app.console.permissions import Permission
from app.console.preflight import shown
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.crm import preflights
from app.engagement.kinds import facts_of
from app.outbox import log
from app.outbox.explaining.rights import is_cured
from app.outbox.log import Cause
from app.salesforce.connect import connections
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import current_gateway
from app.salesforce.preflight import service
from app.salesforce.preflight.result import Preflight
from app.salesforce.preflight.words import as_text, summary
from app.web import context, i18n
from app.web.i18n import _
from app.web.times import friendly

_LONGEST = 500


@room.get("/console/orgs/<org_id>/preflight")
def preflight() -> Response:
    """What the last preflight found."""
    return _show()


@room.post("/console/orgs/<org_id>/preflight")
def run_preflight() -> Response:
    """Ask the org now; whoever asked why something is not in Salesforce goes back there."""
    try:
        preflights.run(current_gateway(), current_org().id)
    except SalesforceError as error:
        return _show(failure=error.message)
    why = request.form.get("why", "").strip()[:_LONGEST]
    url = url_for("console.why", q=why, looked=1) if why else url_for("console.preflight")
    return redirect(url, 303)  # type: ignore[return-value]


@room.get("/console/orgs/<org_id>/preflight.txt")
def preflight_text() -> Response:
    """The same as text, to send along with a ticket."""
    found = _last()
    text = as_text(found, _organization()) if found else ""
    response = Response(text, mimetype="text/plain")
    name = f"inlay-preflight-{current_org().salesforce_id}.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _show(failure: str = "") -> Response:
    org, principal = current_org(), current_principal()
    with context.database().reading(org.id) as session:
        found = service.last(session)
        status = connections.status(session)
        causes = log.causes(session)
    return page(
        "preflight.html",
        found=found,
        cured=_cured(causes, found),
        kind_of=lambda kind: _(facts_of(kind).label),
        may_steer=principal.may(Permission.STEER_DELIVERY),
        failure=failure,
        is_connected=status is not None and status.is_connected,
        may_run=principal.may(Permission.RUN_PREFLIGHT),
        **(_told(found) if found else {}),
    )


def _cured(causes: Iterable[Cause], found: Preflight | None) -> Counter[tuple[str, str]]:
    """How many were refused for a right that is there now, by reason and kind."""
    number = Counter[tuple[str, str]]()
    for each in causes:
        if is_cured(each.reason, each.tried_at, found):
            number[each.reason, each.kind] += each.number
    return number


def _told(found: Preflight) -> dict[str, Any]:
    zone = current_principal().time_zone
    return {
        "ran_at": friendly(found.ran_at, zone, i18n.current_locale()),
        "summary": summary(found),
        "lacking": shown.lacking(found),
        "to_assign": shown.to_assign(found),
        "in_use": shown.in_use(found),
        "switched_off": shown.switched_off(found),
        "of_org": shown.of_org(found),
        "text": as_text(found, _organization()),
    }


def _last() -> Preflight | None:
    with context.database().reading(current_org().id) as session:
        return service.last(session)


def _organization() -> str:
    org = current_org()
    return f"{org.name} ({org.salesforce_id})"
