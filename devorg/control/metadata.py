"""Objects, fields, record types and permission sets, added while the org runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Response, jsonify

from devorg.control.call import blueprint, sobject_of, the_body, the_org
from devorg.errors import ControlError
from devorg.metadata import Changes, read_folder
from devorg.metadata.changes import from_json
from devorg.metadata.objects import SHARING_MODELS
from devorg.names import checked_namespace
from devorg.preferences import CONTROLLED_BY_PARENT, PRIVATE, Preferences


@blueprint.get("/metadata")
def show_metadata() -> Response:
    """What the org started with (`--metadata`), and what of it was left out and why."""
    return jsonify(the_org().given.report())


@blueprint.post("/metadata")
def add_metadata() -> Response:
    """`folder` of an SFDX project, or its words as JSON: `objects`, `fields` (each with its
    `object`), `recordTypes`, `permissionSets`, `profiles`. `namespace` goes before custom names;
    `packaged` fields follow the org's own namespace, and permission sets lose what packaging
    strips. Answers what was added, and what was left out and why.
    """
    body, org = the_body(), the_org()
    namespace = checked_namespace(body.get("namespace"))
    changes = Changes(org.schema, namespace, packaged=bool(body.get("packaged")))
    if body.get("folder"):
        read_folder(Path(str(body["folder"])), changes)
    for each in _listed(body, "objects"):
        changes.add_object(str(each.get("fullName", "")), each)
    from_json(changes, body, _listed(body, "fields"))
    for each in _listed(body, "recordTypes"):
        target = str(each.get("object") or body.get("object") or "")
        changes.add_record_type(target, each, name=str(each.get("fullName", "")))
    for key, profile in (("permissionSets", False), ("profiles", True)):
        for each in _listed(body, key):
            changes.add_permission_set(each, name=str(each.get("fullName", "")), profile=profile)
    changes.define(org.rights)
    org.use_schema(changes.schema)
    org.rights_changed()
    return jsonify(changes.report())


def _listed(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = body.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ControlError(key, f"{key} must be a list of objects.")
    return found


@blueprint.get("/sharing")
def show_sharing() -> Response:
    """The org-wide default of each object whose records have owners."""
    return jsonify(_models())


@blueprint.post("/sharing")
def change_sharing() -> Response:
    """`{"Contact": "Private"}`: org-wide defaults, in the words of metadata's sharingModel;
    `Activity` is Private or ControlledByParent.
    """
    org, body = the_org(), the_body()
    if "Activity" in body:
        org.use_preferences(_activity_sharing(body.pop("Activity")))
    models: dict[str, str] = {}
    for name, model in body.items():
        sobject = sobject_of(name)
        if model not in SHARING_MODELS or sobject.sharing not in {"record", "parent"}:
            known = ", ".join(SHARING_MODELS)
            raise ControlError("sharing", f"{name} cannot be {model!r}; models are {known}.")
        models[sobject.name] = SHARING_MODELS[model]
    org.use_schema(org.schema.with_sharing(models))
    return jsonify(_models())


def _activity_sharing(model: object) -> Preferences:
    words = {"Private": PRIVATE, "ControlledByParent": CONTROLLED_BY_PARENT}
    if model not in words:
        raise ControlError(
            "sharing", f"Activity cannot be {model!r}; models are {', '.join(words)}."
        )
    return replace(the_org().preferences, activity_sharing=words[str(model)])


def _models() -> dict[str, str]:
    objects = the_org().schema.objects
    found = {each.name: each.sharing_model for each in objects.values() if each.sharing == "record"}
    return {**found, "Activity": objects["Task"].sharing_model}
