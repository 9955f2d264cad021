"""JSON logs with org, user and request; paths are logged as rules, since addresses are secrets."""

from __future__ import annotations

import logging
import time

import structlog
from flask import Flask, Response, g, request

from app.ids import new_id
from app.web.metrics import REQUEST_SECONDS, REQUESTS

_log = structlog.get_logger("inlay.web")


def configure(level: str) -> None:
    """Write one JSON object a line to standard output."""
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    """Bind the request's id, time it, count it, log it."""
    app.before_request(_begin)
    app.after_request(_end)


def bind(**values: str) -> None:
    """Add org, user … to every line of this request."""
    structlog.contextvars.bind_contextvars(**values)


def _begin() -> None:
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=str(new_id()))


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, str(response.status_code)).inc()
    REQUEST_SECONDS.labels(endpoint).observe(seconds)
    rule = request.url_rule.rule if request.url_rule else "unknown"
    _log.info(
        "request",
        method=request.method,
        rule=rule,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
    )
    return response
