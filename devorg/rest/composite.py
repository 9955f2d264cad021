"""Composite: up to 25 calls in one, counted once; later ones may use what earlier ones gave."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from devorg.errors import ApiError
from devorg.rest import subrequests
from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource
from devorg.rest.subrequests import path_of

MAX_PARTS = 25
# Of the 25, so many may be queries or collections.
MAX_LARGE = 5
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."
_INHERITED = frozenset({"accept", "authorization", "content-type"})
_LARGE = ("query", "queryall", "composite/sobjects")

Part = dict[str, Any]


def _parts(call: Call) -> list[Part]:
    """The subrequests. Raises ApiError for what is no well-formed composite."""
    parts = call.object_body().get("compositeRequest")
    if not isinstance(parts, list) or not all(_is_part(each) for each in parts):
        message = "compositeRequest must be a list of {method, url, referenceId}."
        raise ApiError(400, "JSON_PARSER_ERROR", message)
    if len(parts) > MAX_PARTS:
        message = f"Cannot have more than {MAX_PARTS} subrequests in a single request."
        raise ApiError(400, "LIMIT_EXCEEDED", message, [])
    large = sum(path_of(each["url"]).lower().startswith(_LARGE) for each in parts)
    if large > MAX_LARGE:
        message = f"Cannot have more than {MAX_LARGE} query or collection subrequests."
        raise ApiError(400, "LIMIT_EXCEEDED", message, [])
    names = [each["referenceId"] for each in parts]
    if len(set(names)) < len(names) or not all(
        re.fullmatch(r"\w+", each, re.ASCII) for each in names
    ):
        message = "Each referenceId must be unique, of letters, digits and underscores."
        raise ApiError(400, "INVALID_INPUT", message, [])
    _check_headers(parts)
    return parts


def _check_headers(parts: list[Part]) -> None:
    """The whole request's headers of these names serve its parts. Raises ApiError."""
    for part in parts:
        headers = part.get("httpHeaders") or {}
        named = sorted(_INHERITED & {str(key).lower() for key in headers})
        if named:
            message = f"The subrequest {part['referenceId']} cannot set the header {named[0]}."
            raise ApiError(400, "INVALID_INPUT", message, [])


def _is_part(part: Any) -> bool:
    words = ("method", "url", "referenceId")
    return (
        isinstance(part, dict)
        and all(isinstance(part.get(each), str) for each in words)
        and isinstance(part.get("httpHeaders", {}), dict | None)
    )


@resource("GET", "composite")
def kinds(call: Call) -> Answer:
    """The resources that bring several calls together, but for this one."""
    return Answer(body={each: f"{call.root}/composite/{each}" for each in ("batch", "sobjects")})


@resource("POST", "composite")
def composite(call: Call) -> Answer:
    """Answer each part in order; with allOrNone, all or nothing."""
    parts = _parts(call)
    all_or_none = call.object_body().get("allOrNone") is True
    results: dict[str, Answer] = {}
    call.connection.execute("SAVEPOINT composite")
    for part in parts:
        results[part["referenceId"]] = _one(call, part, results)
        if all_or_none and results[part["referenceId"]].status >= 400:
            call.connection.execute("ROLLBACK TO composite")
            results = _halted(parts, part["referenceId"], results)
            break
    call.connection.execute("RELEASE composite")
    return Answer(
        body={
            "compositeResponse": [
                {
                    "body": answer.body,
                    "httpHeaders": answer.headers,
                    "httpStatusCode": answer.status,
                    "referenceId": name,
                }
                for name, answer in results.items()
            ]
        }
    )


def _halted(parts: list[Part], culprit: str, results: dict[str, Answer]) -> dict[str, Answer]:
    halted = Answer(400, [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}])
    names = [part["referenceId"] for part in parts]
    return {name: results[name] if name == culprit else halted for name in names}


def _one(call: Call, part: Part, results: dict[str, Answer]) -> Answer:
    """One part, with what it takes from earlier ones."""
    try:
        url, body = _resolved_url(part["url"], results), _resolved(part.get("body"), results)
    except ApiError as error:
        return Answer(error.status, error.body())
    return subrequests.answer(call, part["method"], url, body, part.get("httpHeaders") or {})


def _resolved_url(url: str, results: dict[str, Answer]) -> str:
    """The same for a URL, where values behind the question mark must not end their parameter."""
    path, mark, query = url.partition("?")
    quoted = _REFERENCE.sub(lambda match: quote(str(_looked_up(match, results)), safe=""), query)
    return f"{_resolved(path, results)}{mark}{quoted}"


def _resolved(value: Any, results: dict[str, Answer]) -> Any:
    """The value with every `@{reference.path}` replaced. Raises ApiError."""
    if isinstance(value, dict):
        return {key: _resolved(each, results) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, results) for each in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _looked_up(whole, results)
    return _REFERENCE.sub(lambda match: str(_looked_up(match, results)), value)


def _looked_up(match: re.Match[str], results: dict[str, Answer]) -> Any:
    name, steps = match[1], match[2]
    answer = results.get(name)
    value = answer.body if answer is not None and answer.status < 400 else None
    for key, index in _STEP.findall(steps):
        if key and isinstance(value, dict):
            value = value.get(key)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            value = None
    if value is None:
        message = f"Invalid reference specified. No value for {name}{steps} found in {name}"
        raise ApiError(400, "PROCESSING_HALTED", message)
    return value
