"""From an answer to an HTTP response: JSON or CSV, compressed for who asks, with the usage."""

from __future__ import annotations

import gzip
import json

from flask import Request, Response

from devorg.org import Org
from devorg.rest.call import Answer

JSON = "application/json;charset=UTF-8"
# Smaller bodies fit into a packet or two; compressing them saves nothing.
_WORTH_PACKING = 2048


def reply(request: Request, result: Answer) -> Response:
    """The response to a request."""
    data = result.raw
    if data is None:
        data = _text(request, result).encode()
    headers = {"Content-Type": JSON, **result.headers}
    if len(data) > _WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        data = gzip.compress(data, compresslevel=1, mtime=0)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(data, result.status, headers)


def _text(request: Request, result: Answer) -> str:
    """JSON for machines, or laid out for people who send X-PrettyPrint."""
    if result.body is None:
        return ""
    if request.headers.get("X-PrettyPrint", "").lower() in {"1", "true"}:
        return json.dumps(result.body, indent=2, separators=(",", " : "))
    return json.dumps(result.body, separators=(",", ":"))


def limit_info(org: Org, response: Response) -> Response:
    """Say how much of the daily limit is used, on every answer."""
    usage = f"api-usage={org.usage.total()}/{org.config.daily_api_requests}"
    response.headers["Sforce-Limit-Info"] = usage
    return response
