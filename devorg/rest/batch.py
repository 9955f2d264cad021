"""Composite batch: up to 25 calls in one request that know nothing of one another."""

from __future__ import annotations

from typing import Any

from devorg.errors import ApiError
from devorg.rest import subrequests
from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource

MAX_PARTS = 25
_HALTED = Answer(
    412,
    [
        {
            "errorCode": "BATCH_PROCESSING_HALTED",
            "message": "Batch processing halted per request",
        }
    ],
)


def _parts(call: Call) -> list[dict[str, Any]]:
    parts = call.object_body().get("batchRequests")
    if not isinstance(parts, list) or not all(_is_part(each) for each in parts):
        message = "batchRequests must be a list of {method, url}."
        raise ApiError(400, "JSON_PARSER_ERROR", message)
    if len(parts) > MAX_PARTS:
        message = f"Cannot have more than {MAX_PARTS} subrequests in a single request."
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    return parts


def _is_part(part: Any) -> bool:
    return isinstance(part, dict) and all(isinstance(part.get(w), str) for w in ("method", "url"))


@resource("POST", "composite/batch")
def batch(call: Call) -> Answer:
    """Answer each part; each counts against the limit as if it had come alone."""
    parts = _parts(call)
    halt = call.object_body().get("haltOnError") is True
    results: list[Answer] = []
    for part in parts:
        failed = any(each.status >= 400 for each in results)
        results.append(_HALTED if halt and failed else _one(call, part))
    call.org.usage.count_more("composite/batch", len(parts) - 1)
    return Answer(
        body={
            "hasErrors": any(each.status >= 400 for each in results),
            "results": [{"statusCode": each.status, "result": each.body} for each in results],
        }
    )


def _one(call: Call, part: dict[str, Any]) -> Answer:
    """Headers are those of the batch itself; a part has none of its own."""
    return subrequests.answer(
        call, part["method"], part["url"], part.get("richInput"), call.headers
    )
