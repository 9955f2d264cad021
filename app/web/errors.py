"""What a failed request is answered with: problem+json for machines, a calm page for people."""

from __future__ import annotations

import structlog
from flask import Flask, Response, render_template, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from app.errors import InlayError
from app.web.limits import TooManyRequestsError
from app.web.problem import problem

_log = structlog.get_logger("inlay.web")

_TEXTS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "That is more than this address takes at once.",
    415: "Send JSON with the header Content-Type: application/json.",
    429: "Too many requests in this minute. Wait a minute and try again.",
    500: "Something went wrong on our side. Try again; if it stays, tell support the time.",
    503: "This cannot be kept at the moment. Send it again in a few seconds.",
}


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(TooManyRequestsError, _on_limit)
    app.register_error_handler(InlayError, _on_inlay)
    for trouble in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(trouble, _on_database)
    app.register_error_handler(Exception, _on_crash)


def answer(status: int, reason: str, detail: str) -> Response:
    """The failure as problem+json or as a page, by what the caller takes."""
    if _wants_page():
        page = render_template("web/error.html", status=status, detail=detail, reason=reason)
        return Response(page, status=status)
    return problem(status, reason, detail)


def text_of(status: int, default: str) -> str:
    """What to say of a status of HTTP's own."""
    return _TEXTS.get(status, default)


def _wants_page() -> bool:
    best = request.accept_mimetypes.best_match(["application/problem+json", "text/html"])
    return best == "text/html" and not request.path.startswith("/api/")


def _on_http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    reason = (error.name or "error").lower().replace(" ", "_")
    return answer(status, reason, text_of(status, error.description or ""))


def _on_limit(error: TooManyRequestsError) -> Response:
    response = answer(429, error.reason, error.message)
    response.headers["Retry-After"] = "60"
    return response


def _on_inlay(error: InlayError) -> Response:
    _log.error("unexpected_refusal", reason=error.reason, exc_info=error)
    return answer(500, error.reason, _TEXTS[500])


def _on_database(error: Exception) -> Response:
    """Full, locked, restarting or gone: nothing of the request was kept, and it may pass later."""
    _log.error("database_trouble", kind=type(error).__name__, exc_info=error)
    response = answer(503, "database_trouble", _TEXTS[503])
    response.headers["Retry-After"] = "5"
    return response


def _on_crash(error: Exception) -> Response:
    _log.error("crash", kind=type(error).__name__, exc_info=error)
    return answer(500, "crash", _TEXTS[500])
