"""problem+json (RFC 9457): what an API says when it refuses."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from flask import Response


def problem_body(status: int, reason: str, detail: str, **extra: Any) -> dict[str, Any]:
    """The members of a problem; ``type`` is a URN made of the machine reason."""
    return {
        "type": f"urn:inlay:problem:{reason}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "reason": reason,
        "detail": detail,
        **extra,
    }


def problem(status: int, reason: str, detail: str, **extra: Any) -> Response:
    """A problem+json response."""
    body = msgspec.json.encode(problem_body(status, reason, detail, **extra))
    return Response(body, status=status, mimetype="application/problem+json")
