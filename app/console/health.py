"""An org's first page: is it connected, does delivery flow, what does it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound

from app.clock import utcnow
from app.console import chart
from app.console.connect.words import sentence
from app.console.fixes import fixes
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.engagement.kinds import facts_of
from app.orgs import audit, features
from app.orgs.data import deletion
from app.orgs.features import Feature
from app.outbox import log
from app.outbox.explaining.rights import OF_RIGHTS, is_cured
from app.outbox.log import Asked, Cause
from app.outbox.models import DeliveryState
from app.outbox.queries import Condition, condition
from app.outbox.turns import breakers
from app.salesforce import spending
from app.salesforce.connect.connections import status
from app.salesforce.preflight import service as preflight
from app.salesforce.preflight.result import Preflight
from app.web import context
from app.web.i18n import _

#: What a reader has to tell apart: on its way, without a record, refused.
_ON_ITS_WAY = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.WAITING)


@room.get("/console/orgs/<org_id>/")
def health() -> Response:
    """How the org fares now."""
    with context.database().reading(current_org().id) as session:
        now = condition(session)
        values: dict[str, Any] = {
            "connection": status(session),
            "writes": features.is_enabled(session, Feature.ACTIVITY_TO_SALESFORCE),
            "last": next(
                iter(log.lines(session, Asked(state=DeliveryState.DELIVERED), limit=1)), None
            ),
            "causes": log.causes(session),
            "paused": log.causes(session, DeliveryState.PAUSED),
            "spent": chart.draw(spending.by_day(session, utcnow().date())),
        }
        if any(cause.reason in OF_RIGHTS for cause in values["causes"]):
            values["preflight"] = preflight.last(session)
    with context.database().system_reading() as system:
        going = deletion.of_org(system, current_org().id)
    return page(
        "health.html",
        going=going,
        now=now,
        counts=_counts(now),
        why=sentence,
        kind_of=lambda kind: _(facts_of(kind).label),
        fixes=fixes(current_principal()),
        state=current_org().state.value,
        served=current_org().is_served,
        may_steer=current_principal().may(Permission.STEER_DELIVERY),
        reset=request.args.get("reset") == "1",
        cured=_cured(values["causes"], values.get("preflight")),
        size=(chart.WIDTH, chart.HEIGHT),
        never_refused=log.NEVER_REFUSED,
        of_rights=OF_RIGHTS,
        **values,
    )


def _cured(causes: Sequence[Cause], found: Preflight | None) -> set[Cause]:
    """Those that are over, as the preflight saw since."""
    return {each for each in causes if is_cured(each.reason, each.tried_at, found)}


@room.post("/console/orgs/<org_id>/breakers/<kind>")
def reset_breaker(kind: str) -> Response:
    """The rule was mended: try some of this kind at once."""
    with context.database().writing(current_org().id) as session:
        if not breakers.reset(session, kind):
            raise NotFound
        audit.record(session, audit.Tag.BREAKER_RESET, current_principal().actor, kind=kind)
    return cast(Response, redirect(url_for("console.health", reset=1), 303))


def _counts(now: Condition) -> list[tuple[str, int, str]]:
    """Label, number and the state to look for in the log."""
    waiting = now.waiting
    return [
        (_("On their way"), sum(waiting[state] for state in _ON_ITS_WAY), "waiting"),
        (_("No record yet"), waiting[DeliveryState.UNLINKED], "unlinked"),
        (_("Need you"), waiting[DeliveryState.PARKED], "parked"),
        (_("Held"), waiting[DeliveryState.HELD], "held"),
        (_("Paused"), waiting[DeliveryState.PAUSED], "paused"),
    ]
