"""``/healthz`` (the process lives), ``/readyz`` (it can work), ``/metrics`` (how it fares).

The room of every host, so that the hosts' roots are in it too.
"""

from __future__ import annotations

import hmac

from flask import Response, abort, current_app, jsonify, request

from app.db import schema
from app.web import context, metrics
from app.web.front import front
from app.web.room import Origin, Room

room = Room("health", __name__, origin=Origin.ANY)
room.add_url_rule("/", view_func=front)


@room.get("/healthz")
def alive() -> Response:
    """200 while the process answers."""
    return jsonify(status="ok")


@room.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when the database answers and its schema is this release's; 503 otherwise."""
    state = schema.state(context.database())
    return jsonify(status=state), 200 if state == "ready" else 503


@room.get("/metrics")
def exposition() -> Response:
    """Prometheus text of all processes, for those who know the token."""
    if not _may_read_metrics():
        abort(404)
    return Response(metrics.render(current_app), mimetype="text/plain; version=0.0.4")


def _may_read_metrics() -> bool:
    """Without a token they are open where there is no HTTPS: on a developer's own machine."""
    config = context.config()
    if not config.metrics_token:
        return not config.is_https
    expected = f"Bearer {config.metrics_token}".encode()
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected)
