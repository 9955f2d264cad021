"""The way of every REST call: login, counting, faults, latency, one transaction, the answer."""

from __future__ import annotations

import socket
import time
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from devorg import history
from devorg.errors import ApiError, DropError
from devorg.faults.scope import objects_touched
from devorg.org import Org, org_of
from devorg.rest import families, reading, versions
from devorg.rest.call import Answer, Call
from devorg.rest.replying import limit_info, reply
from devorg.rest.routing import Route
from devorg.rest.subrequests import path_of
from devorg.users import User

_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")

# Calls that hold others.
_TOGETHER = ("composite", "composite/batch")
_FAMILIES = families.LOADED  # importing them fills the routing table
blueprint = Blueprint("rest", __name__)


@blueprint.get("/services/data", strict_slashes=False)
def list_versions() -> Response:
    """The versions of the API; needs no login."""
    return reply(request, Answer(body=versions.listed()))


@blueprint.route(
    "/services/data/<version>/", defaults={"path": ""}, methods=_METHODS, strict_slashes=False
)
@blueprint.route("/services/data/<version>/<path:path>", methods=_METHODS)
def answer(version: str, path: str) -> Response:
    """Any call of the REST API."""
    org = org_of(current_app)
    try:
        result = _answer(org, version, path)
    except ApiError as error:
        result = Answer(error.status, error.body(), dict(error.headers))
    except DropError:
        return drop_connection()
    return limit_info(org, reply(request, result))


@blueprint.errorhandler(Exception)
def unexpected(error: Exception) -> Response | HTTPException:
    """A mistake of devorg's own, in the form in which a real org reports one."""
    if isinstance(error, HTTPException):
        return error
    current_app.logger.error("An unexpected error", exc_info=error)
    message = "An unexpected error occurred in devorg; its log says where."
    body = [{"message": message, "errorCode": "UNKNOWN_EXCEPTION"}]
    return reply(request, Answer(500, body))


def _answer(org: Org, version: str, path: str) -> Answer:
    resets = org.resets
    user = signed_in(org)
    org.rights.check_api(user)
    versions.check(version)
    method = reading.method_of(request)
    route = Route(method, path)
    org.usage.count(route.resource)
    reading.check_accept(request)
    body = reading.body_of(request)
    parts = _parts(body) if route.template in _TOGETHER else []
    paths = [request.path, *(str(part.get("url")) for part in parts)]
    rows = rows_written(method, path, body)
    objects = objects_touched(path, request.args.get("q", ""), body)
    org.faults.strike_call(paths, rows, after=False, objects=objects)
    org.faults.strike_status(request.path, after=False, objects=objects)
    # Outside the transaction: a slow row must not hold up other calls.
    time.sleep(org.per_row_ms * rows / 1000)
    writes = method != "GET" and (
        not parts or any(str(p.get("method")).upper() != "GET" for p in parts)
    )
    with org.store.writing() if writes else org.store.reading() as connection:
        if writes and org.resets != resets:
            raise DropError  # the org that it was meant for is gone
        call = Call(
            org, user, connection, version, method, path, request.args,
            {key.lower(): value for key, value in request.headers}, body,
            request.host_url.rstrip("/"), org.rights.hidden_fields(connection, user),
        )  # fmt: skip
        result = route.handler(call, **route.values)
    history.tell_parts(body, result.body)
    org.faults.strike_call(paths, rows, after=True, objects=objects)
    org.faults.strike_status(request.path, after=True, objects=objects)
    return result


def signed_in(org: Org) -> User:
    """The user of the request's bearer token. Raises the 401 of a real org."""
    authorization = request.headers.get("Authorization", "")
    return org.tokens.api_session(authorization, request.remote_addr or "").user


def _parts(body: Any) -> list[dict[str, Any]]:
    given = body if isinstance(body, dict) else {}
    parts = given.get("compositeRequest") or given.get("batchRequests")
    return [each for each in parts if isinstance(each, dict)] if isinstance(parts, list) else []


def rows_written(method: str, path: str, body: Any) -> int:
    """How many rows a call would write; a composite's are those of its parts."""
    if method == "GET" or path.startswith("jobs/"):
        return 0
    if path.strip("/") in _TOGETHER:
        return sum(
            rows_written(
                str(part.get("method")).upper(),
                path_of(str(part.get("url"))),
                part.get("body") or part.get("richInput"),
            )
            for part in _parts(body)
        )
    if path.startswith("composite/sobjects"):
        if method == "DELETE":
            return len([each for each in request.args.get("ids", "").split(",") if each])
        records = body.get("records") if isinstance(body, dict) else None
        return len(records) if isinstance(records, list) else 0
    return 1


def drop_connection() -> Response:
    """Close the connection under the server's feet: the client sees it end without an answer."""
    history.tell(dropped=True)
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
