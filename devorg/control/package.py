"""The package: is it installed, which version, and what that version lacks."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.control.call import blueprint, the_body, the_org
from devorg.errors import ControlError
from devorg.package import Package


@blueprint.get("/package")
def show_package() -> Response:
    """The version that is installed, and what it lacks."""
    return jsonify(_shown())


@blueprint.post("/package")
def change_package() -> Response:
    """`installed` (true), `version`, `without`: names of the fields and objects that an older
    version lacks, such as `Inlay_Key__c` or `Contact.Inlay_Score__c`. What goes takes its data
    with it; who gets it anew holds the permission sets as at the start.
    """
    org, body = the_org(), the_body()
    installed = body.get("installed", True)
    version = body.get("version") or (org.source.version if org.source else "")
    without = body.get("without", [])
    if not isinstance(installed, bool) or not isinstance(version, str):
        raise ControlError("package", "installed is true or false, version a text such as 0.1.0.")
    if not isinstance(without, list) or not all(isinstance(each, str) for each in without):
        raise ControlError("without", "without must be a list of names.")
    org.use_package(Package(version if installed else None, frozenset(without)))
    return jsonify(_shown())


def _shown() -> dict[str, object]:
    org = the_org()
    return {
        "installed": org.package.installed,
        "version": org.package.version,
        "namespace": org.names.namespace,
        "without": sorted(org.package.without),
    }
