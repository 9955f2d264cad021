"""What every control call needs: the blueprint, the org, the body, and who or what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from devorg import ids, users
from devorg.errors import ConfigError, ControlError
from devorg.org import Org, org_of
from devorg.schema import SObject
from devorg.users import User

_CENTURY = 36_525
blueprint = Blueprint("control", __name__, url_prefix="/_devorg")


def the_org() -> Org:
    """The org that this request is for."""
    return org_of(current_app)


def the_body() -> dict[str, Any]:
    """The JSON object of the request; empty for none. Raises ControlError."""
    body = request.get_json(silent=True) if request.data else {}
    if not isinstance(body, dict):
        raise ControlError("body", "The body must be a JSON object.")
    return body


def user_of(key: object) -> User:
    """A user by alias, user name or Id. Raises ControlError."""
    user = users.find(str(key))
    if user is None:
        known = ", ".join(each.alias for each in users.USERS)
        raise ControlError("user", f"No user {key!r}; there are {known}.")
    return user


def sobject_of(name: object) -> SObject:
    """An object by its API name. Raises ControlError."""
    sobject = the_org().names.sobject(str(name))
    if sobject is None:
        known = ", ".join(the_org().schema.objects)
        raise ControlError("sobject", f"No object {name!r}; there are {known}.")
    return sobject


def record_of(key: object) -> tuple[SObject, str]:
    """The object of a record, and its 18-character Id. Raises ControlError."""
    record_id = ids.to_18(str(key))
    sobject = the_org().schema.object_of(record_id) if record_id else None
    if record_id is None or sobject is None:
        raise ControlError("record", f"{key!r} is not the Id of a record.")
    return sobject, record_id


def days_of(body: Mapping[str, Any], usual: float) -> float:
    """`days`, up to a century. Raises ControlError."""
    days = body.get("days", usual)
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 <= days <= _CENTURY:
        raise ControlError("days", f"days must be a number from 0 to {_CENTURY}.")
    return days


def base_url() -> str:
    """Where this org answers, as the client wrote it."""
    return request.host_url.rstrip("/")


@blueprint.errorhandler(ControlError)
@blueprint.errorhandler(ConfigError)
def refuse(error: ControlError | ConfigError) -> tuple[Response, int]:
    """A call that cannot be understood."""
    return jsonify(error=error.reason, message=error.message), 400
