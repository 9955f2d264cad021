"""The way of every REST call: login, counting, faults, latency, one transaction, the answer."""

from __future__ import annotations

import json
import socket
import time
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, current_app, request

from devorg.errors import ApiError, DropError
from devorg.org import Org, org_of
from devorg.rest import families
from devorg.rest.call import Answer, Call, not_found
from devorg.rest.routing import Route
from devorg.users import User

FIRST_VERSION, LAST_VERSION = 60, 68
VERSIONS = tuple(f"{number}.0" for number in range(FIRST_VERSION, LAST_VERSION + 1))
_SEASONS = ("Spring", "Summer", "Winter")
_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")

_FAMILIES = families.LOADED  # importing them fills the routing table
blueprint = Blueprint("rest", __name__)


def _release(number: int) -> str:
    """The name of an API version: 60 is Spring '24, three a year."""
    season = _SEASONS[number % 3]
    year = 24 + (number - FIRST_VERSION) // 3 + (season == "Winter")
    return f"{season} '{year}"


@blueprint.get("/services/data", strict_slashes=False)
def list_versions() -> Response:
    """The versions of the API; needs no login."""
    return _reply(
        Answer(
            body=[
                {
                    "label": _release(number),
                    "url": f"/services/data/v{number}.0",
                    "version": f"{number}.0",
                }
                for number in range(FIRST_VERSION, LAST_VERSION + 1)
            ]
        )
    )


@blueprint.route("/services/data/<version>", defaults={"path": ""}, methods=_METHODS)
@blueprint.route("/services/data/<version>/", defaults={"path": ""}, methods=_METHODS)
@blueprint.route("/services/data/<version>/<path:path>", methods=_METHODS)
def answer(version: str, path: str) -> Response:
    """Any call of the REST API."""
    org = org_of(current_app)
    try:
        return _limit_info(org, _answer(org, version, path))
    except ApiError as error:
        return _limit_info(org, _reply(Answer(error.status, error.body())))
    except DropError:
        return drop_connection()


def _answer(org: Org, version: str, path: str) -> Response:
    user = signed_in(org)
    if version.removeprefix("v") not in VERSIONS or not version.startswith("v"):
        raise not_found()
    route = Route(request.method, path)
    org.usage.count(route.resource)
    body = _json_body()
    parts = _parts(body) if route.template == "composite" else []
    paths = [request.path, *(str(part.get("url")) for part in parts)]
    rows = rows_written(request.method, path, body)
    org.faults.strike_call(paths, rows, after=False)
    org.faults.strike_status(request.path, after=False)
    # Outside the transaction: a slow row must not hold up other calls.
    time.sleep(org.per_row_ms * rows / 1000)
    writes = request.method not in {"GET", "HEAD"} and (
        not parts or any(p.get("method") != "GET" for p in parts)
    )
    with org.store.writing() if writes else org.store.reading() as connection:
        call = Call(
            org, user, connection, version, request.method, path, request.args,
            {key.lower(): value for key, value in request.headers}, body,
            request.host_url.rstrip("/"), org.rights.hidden_fields(connection, user),
        )  # fmt: skip
        result = route.handler(call, **route.values)
    org.faults.strike_call(paths, rows, after=True)
    org.faults.strike_status(request.path, after=True)
    return _reply(result)


def signed_in(org: Org) -> User:
    """The user of the request's bearer token. Raises the 401 of a real org."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    user = org.tokens.user_of(token) if scheme in {"Bearer", "OAuth"} else None
    if user is None:
        raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
    return user


def _json_body() -> Any:
    text = request.get_data()
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", str(error)) from error


def _parts(body: Any) -> list[dict[str, Any]]:
    parts = body.get("compositeRequest") if isinstance(body, dict) else None
    return [each for each in parts if isinstance(each, dict)] if isinstance(parts, list) else []


def rows_written(method: str, path: str, body: Any) -> int:
    """How many rows a call would write; a composite's are those of its parts."""
    if method == "GET":
        return 0
    if path.strip("/") == "composite":
        return sum(
            rows_written(str(part.get("method")), _path_of(part), part.get("body"))
            for part in _parts(body)
        )
    if path.startswith("composite/sobjects"):
        if method == "DELETE":
            return len([each for each in request.args.get("ids", "").split(",") if each])
        records = body.get("records") if isinstance(body, dict) else None
        return len(records) if isinstance(records, list) else 0
    return 1


def _path_of(part: dict[str, Any]) -> str:
    path = unquote(str(part.get("url"))).partition("?")[0]
    return "/".join(path.split("/")[4:])


def _reply(result: Answer) -> Response:
    text = "" if result.body is None else json.dumps(result.body, separators=(",", ":"))
    response = Response(text, result.status, content_type="application/json;charset=UTF-8")
    response.headers.extend(result.headers)
    return response


def _limit_info(org: Org, response: Response) -> Response:
    usage = f"api-usage={org.usage.total()}/{org.config.daily_api_requests}"
    response.headers["Sforce-Limit-Info"] = usage
    return response


def drop_connection() -> Response:
    """Close the connection under the server's feet: the client sees it end without an answer."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
