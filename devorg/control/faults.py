"""What goes wrong on request."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.control.call import blueprint, the_body, the_org
from devorg.faults import fault_from


@blueprint.post("/faults")
def add_fault() -> Response:
    """One more fault; see `devorg.faults.Fault` for its words."""
    the_org().faults.add(fault_from(the_body()))
    return jsonify(ok=True)


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """No faults; what hangs is let go."""
    the_org().faults.clear()
    return jsonify(ok=True)
