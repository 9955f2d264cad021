"""Counted API calls."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.control.call import blueprint, the_org


@blueprint.get("/usage")
def show_usage() -> Response:
    """API calls as the daily limit counts them, by resource."""
    return jsonify(the_org().usage.report())


@blueprint.post("/usage/reset")
def reset_usage() -> Response:
    """Count from zero."""
    the_org().usage.reset()
    return jsonify(ok=True)
