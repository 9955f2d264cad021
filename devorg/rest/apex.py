"""Apex REST: the one resource that the package brings, and nothing else.

Source: Apex developer guide, Exposing Apex Classes as REST Web Services; the resource is
`InlayMe.cls`. A managed package's resources have its namespace in front of their path.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from devorg.errors import ApiError, DropError
from devorg.org import Org, org_of
from devorg.rest.call import Answer
from devorg.rest.dispatch import drop_connection, signed_in
from devorg.rest.replying import limit_info, reply
from devorg.users import User

_CLASS = "InlayMe"
_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")
blueprint = Blueprint("apex", __name__)


@blueprint.route("/services/apexrest/<path:path>", methods=_METHODS)
def answer(path: str) -> Response:
    """Any call of a class."""
    org = org_of(current_app)
    try:
        result = _answer(org, path)
    except ApiError as error:
        result = Answer(error.status, error.body(), dict(error.headers))
    except DropError:
        return drop_connection()
    return limit_info(org, reply(request, result))


def _answer(org: Org, path: str) -> Answer:
    user = signed_in(org)
    org.rights.check_api(user)
    org.usage.count("apexrest")
    _strike(org, after=False)
    result = _called(org, user, path)
    _strike(org, after=True)
    return result


def _strike(org: Org, *, after: bool) -> None:
    org.faults.strike_call([request.path], 0, after=after)
    org.faults.strike_status(request.path, after=after)


def _called(org: Org, user: User, path: str) -> Answer:
    namespace = f"{org.names.namespace}/" if org.names.namespace else ""
    if not org.package.installed or path != f"{namespace}inlay/me":
        raise ApiError(404, "NOT_FOUND", "Could not find a match for URL")
    if not org.rights.has_class(user, _CLASS):
        message = f"You do not have access to the Apex class named: {_CLASS}"
        raise ApiError(403, "FORBIDDEN", message)
    if request.method != "GET":
        message = f"HTTP Method '{request.method}' not allowed. Allowed are GET"
        raise ApiError(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": "GET"})
    return Answer(body=_me(org, user))


def _me(org: Org, user: User) -> dict[str, Any]:
    """What `InlayMe.answer()` tells."""
    return {
        "userId": user.id,
        "organizationId": org.config.org_id,
        "packageVersion": org.package.version,
        "isUser": org.rights.has_custom(user, "Inlay_User"),
        "isAdmin": org.rights.has_custom(user, "Inlay_Admin"),
    }
