"""Time travel."""

from __future__ import annotations

from datetime import datetime

from flask import Response, jsonify

from devorg import moments
from devorg.clock import Clock
from devorg.control.call import blueprint, the_body, the_org
from devorg.errors import ControlError

_WORDS = frozenset({"advance_seconds", "at", "stop", "reset"})
_FIRST, _LAST = 1900, 4000
_LONGEST_SECONDS = 100 * 366 * 24 * 3600


@blueprint.get("/clock")
def show_clock() -> Response:
    """What time it is in the org."""
    return jsonify(now=the_org().clock.now().isoformat())


@blueprint.post("/clock")
def change_clock() -> Response:
    """`at` a moment, `advance_seconds`, `stop` or `reset`; what is written from then on is dated
    so, and what depends on time (tokens, archive, date functions) goes by it.
    """
    body, clock = the_body(), the_org().clock
    if not body or set(body) - _WORDS:
        raise ControlError("clock", f"Say one of {', '.join(sorted(_WORDS))}.")
    if body.get("reset"):
        clock.reset()
    if "at" in body:
        clock.set(_moment(body["at"]))
    _pass(clock, body.get("advance_seconds", 0))
    if body.get("stop"):
        clock.stop()
    if not _FIRST < clock.now().year < _LAST:
        clock.reset()
        raise ControlError("clock", f"The clock goes from {_FIRST + 1} to {_LAST - 1}.")
    return jsonify(now=clock.now().isoformat())


def _moment(text: object) -> datetime:
    moment = moments.read(str(text))
    if moment is None:
        raise ControlError("at", "at must be a moment such as 2026-03-01T10:00:00Z.")
    return moment


def _pass(clock: Clock, seconds: object) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ControlError("advance_seconds", "advance_seconds must be a number.")
    if abs(seconds) > _LONGEST_SECONDS:
        raise ControlError("advance_seconds", "advance_seconds must stay within a century.")
    clock.advance(seconds)
