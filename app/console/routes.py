"""The console's room with all its pages, and what its failures are answered with."""

from __future__ import annotations

import structlog
from flask import Response, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from app.console import entry, frame, health
from app.console.activity import pages as activity
from app.console.connect import popup, secret_link, show, typed
from app.console.data import pages as data
from app.console.destinations import brand, defaults, domain, one, overview, template
from app.console.errors import ConsoleError
from app.console.guard import is_navigation
from app.console.pages import trouble, wants_json
from app.console.preflight import answer
from app.console.room import room
from app.console.setup import keys, people, sending, steps, syncing
from app.console.sign_in import by_provider, by_salesforce
from app.console.support import audit, features, life, orgs, people_of_staff, system, view_as
from app.console.why import pages as why
from app.errors import InlayError
from app.orgs.errors import NotAdmittedError
from app.salesforce.errors import SalesforceError
from app.web.errors import text_of
from app.web.limits import TooManyRequestsError
from app.web.problem import problem
from canvas.errors import CanvasError

_log = structlog.get_logger("inlay.console")

#: Whoever imports these has given the room its routes.
PAGES = (
    *(entry, by_provider, by_salesforce, frame),
    *(health, activity, why),
    *(steps, syncing, sending, people, keys),
    *(show, typed, popup, secret_link),
    *(answer, data, view_as),
    *(overview, one, defaults, domain, brand, template),
    *(orgs, features, life, audit, people_of_staff, system),
)

__all__ = ["PAGES", "room"]


@room.errorhandler(ConsoleError)
def refused(error: ConsoleError) -> Response:
    """A no that somebody thought of; who is signed out is shown the ways in."""
    _log.info("refused", reason=error.reason)
    by_cookie = "Authorization" not in request.headers  # a frame's script renews its bearer
    if error.reason == "signed_out" and request.method == "GET" and by_cookie:
        return redirect(url_for("console.sign_in"), 303)  # type: ignore[return-value]
    if error.reason == "ask_again" and is_navigation() and not wants_json():
        here = request.full_path.rstrip("?")
        return redirect(url_for("console.ask_salesforce", to=here), 303)  # type: ignore[return-value]
    return _answer(error.status, error.reason, error.message)


@room.errorhandler(TooManyRequestsError)
def limited(error: TooManyRequestsError) -> Response:
    """Too fast for a person."""
    response = _answer(429, error.reason, error.message)
    response.headers["Retry-After"] = "60"
    return response


@room.errorhandler(InlayError)
def unexpected(error: InlayError) -> Response:
    """A no of another room that this page did not think of: its sentence says the next step."""
    _log.error("unexpected_refusal", reason=error.reason, exc_info=error)
    return _answer(500, error.reason, error.message)


@room.errorhandler(NotAdmittedError)
@room.errorhandler(SalesforceError)
@room.errorhandler(CanvasError)
def not_proven(error: NotAdmittedError | SalesforceError | CanvasError) -> Response:
    """The org, or Salesforce, does not vouch for whoever asks, or cannot at the moment."""
    _log.info("refused", reason=error.reason)
    return _answer(403, error.reason, error.message)


@room.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """An address or a method that is none."""
    status = error.code or 500
    return _answer(status, "http_error", text_of(status, error.description or ""))


def _answer(status: int, reason: str, detail: str) -> Response:
    if wants_json():
        return problem(status, reason, detail)
    return trouble(status, reason, detail)
