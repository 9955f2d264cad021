"""REST v1: ``/api/v1/events``, ``/api/v1/memberships``, ``/api/v1/openapi.json``."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response, current_app

from app.api import incoming, openapi, reading
from app.api.access import calling_org
from app.api.errors import ApiError
from app.api.schemas import EventIn, MembershipsIn, RawEventBatch, RawMembershipBatch
from app.engagement.ports import recorded_of
from app.web import context
from app.web.problem import problem
from app.web.room import Origin, Room

room = Room("api", __name__, origin=Origin.APP)


@room.post("/api/v1/events")
def post_events() -> Response:
    """Take a batch of engagement."""
    org_id = calling_org()
    batch = reading.batch(RawEventBatch)
    checked = reading.check(EventIn, batch.events)
    with context.database().writing(org_id) as session:
        created = incoming.record(
            session, checked.good, recorded_of(current_app), imported=batch.imported
        )
    results = incoming.event_results(batch.events, checked, created)
    incoming.count_events(results)
    return _json({"results": results})


@room.put("/api/v1/memberships")
def put_memberships() -> Response:
    """Replace memberships of people."""
    org_id = calling_org()
    batch = reading.batch(RawMembershipBatch)
    checked = reading.check(MembershipsIn, batch.memberships)
    with context.database().writing(org_id) as session:
        incoming.replace_memberships(session, checked.good.values())
    return _json({"results": incoming.membership_results(batch.memberships, checked)})


@room.get("/api/v1/openapi.json")
def get_openapi() -> Response:
    """The description of this API, for everybody."""
    config = context.config()
    return _json(openapi.document(config.app_url, config.api_rate_per_minute))


@room.errorhandler(ApiError)
def refuse(error: ApiError) -> Response:
    """A refused request, as problem+json."""
    extra = {"errors": error.errors} if error.errors else {}
    response = problem(error.status, error.reason, error.message, **extra)
    response.headers.update(error.headers)
    return response


def _json(body: Any) -> Response:
    return Response(msgspec.json.encode(body), mimetype="application/json")
