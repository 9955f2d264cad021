"""Profiles, permission sets and roles of users."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from devorg.control.call import blueprint, the_body, the_org, user_of
from devorg.errors import ControlError
from devorg.rights import stored
from devorg.rights.rights import ACTIONS
from devorg.users import User


@blueprint.get("/rights")
def show_rights() -> Response:
    """What a user has, and may do with each object."""
    return jsonify(_shown(user_of(request.args.get("user"))))


@blueprint.post("/assign")
def assign() -> Response:
    """`user`, and `profile` or `permission_set`; with `remove` true, take it away."""
    org, body = the_org(), the_body()
    user = user_of(body.get("user"))
    name = body.get("permission_set") or body.get("profile")
    if not name:
        raise ControlError("permission_set", "Say which permission_set or profile.")
    org.rights.assign(user, str(name), on=not body.get("remove"))
    org.rights_changed()
    return jsonify(_shown(user))


@blueprint.post("/role")
def give_role() -> Response:
    """`user` and `role`, made if need be, below `parent`."""
    org, body = the_org(), the_body()
    user, role, parent = user_of(body.get("user")), body.get("role"), body.get("parent")
    if not isinstance(role, str) or not role or not isinstance(parent, str | None):
        raise ControlError("role", "role and parent are names of roles.")
    with org.store.writing() as connection:
        stored.set_role(connection, org.schema, user.id, role, parent)
    return jsonify(user=user.alias, role=role, parent=parent)


def _shown(user: User) -> dict[str, Any]:
    rights, schema = the_org().rights, the_org().schema
    return {
        "user": user.alias,
        "profile": rights.profile_of[user.id],
        "permission_sets": sorted(rights.assigned[user.id]),
        "user_permissions": sorted({p for each in rights.of(user) for p in each.user_permissions}),
        "custom_permissions": sorted(
            {p for each in rights.of(user) for p in each.custom_permissions}
        ),
        "objects": {
            each.name: [action for action in ACTIONS if rights.may(user, each, action)]
            for each in schema.objects.values()
        },
    }
