"""The list of an org's Destinations."""

from __future__ import annotations

from flask import Response, request

from app.clock import utcnow
from app.console.destinations import asked
from app.console.destinations.words import STATES, record_url, state_of
from app.console.pages import page
from app.console.principal import current_org
from app.console.room import room
from app.destinations import overview
from app.salesforce.connect.connections import status
from app.web import context
from app.web.i18n import _


@room.get("/console/orgs/<org_id>/destinations")
def destinations() -> Response:
    """A page of them, the newest first."""
    wanted = asked.asked_of(request.args)
    values = asked.chosen(request.args)
    with context.database().reading(current_org().id) as session:
        found = overview.lines(session, wanted)
        connection = status(session)
    instance_url = connection.instance_url if connection else ""
    is_full = len(found) == overview.PAGE_SIZE
    return page(
        "destinations/list.html",
        values=values,
        lines=[(each, state_of(each, utcnow()), record_url(each, instance_url)) for each in found],
        following=asked.query(values, overview.place_of(found[-1])) if is_full else "",
        states=[(name, _(label)) for name, (label, _style) in STATES.items()],
        is_filtered=any(values.values()) or wanted.before is not None,
    )
