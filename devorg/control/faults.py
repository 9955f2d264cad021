"""What goes wrong on request."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.control.call import blueprint, the_body, the_org
from devorg.errors import ControlError
from devorg.faults import fault_from


@blueprint.get("/faults")
def list_faults() -> Response:
    """The faults in force, each with its number and how often it has struck."""
    return jsonify(faults=the_org().faults.listed())


@blueprint.post("/faults")
def add_fault() -> Response:
    """One more fault; see `devorg.faults.Fault` for its words."""
    return jsonify(ok=True, number=the_org().faults.add(fault_from(the_body())))


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """No faults; what hangs is let go."""
    the_org().faults.clear()
    return jsonify(ok=True)


@blueprint.delete("/faults/<int:number>")
def remove_fault(number: int) -> Response:
    """One fault less."""
    if not the_org().faults.remove(number):
        raise ControlError("fault", f"No fault {number} is in force.")
    return jsonify(ok=True)
