"""Switches of the whole org."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.control.call import blueprint, the_body, the_org
from devorg.errors import ControlError


@blueprint.post("/config")
def change_config() -> Response:
    """`per_row_ms`: how long each written row takes."""
    latency = the_body().get("per_row_ms")
    if not isinstance(latency, int | float) or latency < 0:
        raise ControlError("per_row_ms", "per_row_ms must be a number of milliseconds.")
    the_org().per_row_ms = float(latency)
    return jsonify(per_row_ms=latency)


@blueprint.post("/namespace")
def change_namespace() -> Response:
    """Show the package's fields under this namespace; null or empty for none."""
    the_org().use_namespace(the_body().get("namespace"))
    return jsonify(namespace=the_org().names.namespace)
