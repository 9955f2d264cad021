"""An org's first page: is it connected, does delivery flow."""

from __future__ import annotations

from flask import Response

from app.console.pages import page
from app.console.principal import current_org
from app.console.room import room
from app.outbox.queries import depth
from app.salesforce.connections import status
from app.web import context


@room.get("/console/orgs/<org_id>/")
def health() -> Response:
    """How the org fares now."""
    with context.database().reading(current_org().id) as session:
        return page("health.html", connection=status(session), counts=depth(session))
