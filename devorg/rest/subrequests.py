"""One call inside another, as composite and batch make them: each undone if it fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rest.routing import Route

_ROOT = re.compile(r"^/?(services/data/)?v\d+\.\d+/?")
# What cannot be inside another call.
_CLOSED = ("composite/batch", "composite/graph", "composite/tree", "jobs/")


def path_of(url: str) -> str:
    """What follows the version in a subrequest's URL; any version is taken as the call's own."""
    return _ROOT.sub("", unquote(urlsplit(url).path))


def route_of(method: str, path: str) -> Route:
    """Who answers. Raises ApiError."""
    route = Route(method, path)
    if route.template == "composite" or route.template.startswith(_CLOSED):
        message = f"{path} cannot be part of another request."
        raise ApiError(400, "INVALID_INPUT", message, [])
    return route


def answer(call: Call, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Answer:
    """The answer to a subrequest, errors included, in a savepoint of its own."""
    path = path_of(url)
    call.connection.execute("SAVEPOINT part")
    try:
        found = _run(call, method.upper(), url, body, headers)
    except ApiError as error:
        call.connection.execute("ROLLBACK TO part")
        found = Answer(error.status, error.body(), dict(error.headers))
    call.connection.execute("RELEASE part")
    try:
        # Outside the savepoint: what was done stays done, though the answer says it failed.
        call.org.faults.strike_status(f"{call.root}/{path}", after=True)
    except ApiError as error:
        return Answer(error.status, error.body())
    return found


def _run(call: Call, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Answer:
    path = path_of(url)
    route = route_of(method, path)
    call.org.usage.count_subrequest(route.resource)
    inner = replace(
        call,
        method=method,
        path=path,
        query=dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        headers={str(key).lower(): str(value) for key, value in headers.items()},
        body=body,
    )
    call.org.faults.strike_status(f"{call.root}/{path}", after=False)
    return route.handler(inner, **route.values)
